package payments

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// candidate is a payout that a line may be about.
type candidate struct {
	PayoutID, ParticipationID                     int64
	AmountCents, FeeCents, VatCents, PrepaidCents Cents
	EndToEndID                                    string
	RunID                                         int64
	Part                                          int
	AwardID                                       int64
	DistributionID                                int64
	ClaimID                                       int64
	Status                                        string
}

// share is what the payout books.
func (c *candidate) share() share {
	return share{PayoutID: c.PayoutID, ParticipationID: c.ParticipationID, AmountCents: c.AmountCents, FeeCents: c.FeeCents, VatCents: c.VatCents, PrepaidCents: c.PrepaidCents}
}

// batch is a whole file that a line may be about.
type batch struct {
	RunID      int64
	Part       int
	ClaimID    int64
	MessageID  string
	Count      int64
	TotalCents Cents
	Sent       int64 // how many of its payouts are on their way
	Matched    bool
}

// settlement is money that is expected.
type settlement struct {
	ID, ClaimID   int64
	Reference     string
	PotCents      Cents
	ReceivedCents Cents
}

// world is everything of ours that the lines at hand may be about.
type world struct {
	payouts     map[string]*candidate
	batches     map[string]*batch
	settlements []*settlement
}

// finding is what a line turned out to be, or why it stays open.
type finding struct {
	line       *Line
	kind       string // empty: it stays open
	why        string // for an open line
	reason     string // for a match, in words
	payout     *candidate
	batch      *batch
	settlement *settlement
}

const (
	payoutColumns = `p.id AS payout_id, p.participation_id, p.amount_cents, a.fee_cents, a.vat_cents, a.prepaid_cents,
		p.end_to_end_id, p.run_id, p.part, p.award_id, a.distribution_id, r.claim_id, p.status
		FROM payouts p JOIN awards a ON a.id = p.award_id JOIN payout_runs r ON r.id = p.run_id`
	batchColumns = `f.run_id, f.part, r.claim_id, f.message_id, f.count, f.total_cents,
		(SELECT count(*) FROM payouts p WHERE p.run_id = f.run_id AND p.part = f.part AND p.status = 'sent') AS sent,
		EXISTS (SELECT FROM line_matches m WHERE m.run_id = f.run_id AND m.part = f.part) AS matched
		FROM payout_files f JOIN payout_runs r ON r.id = f.run_id`
	settlementColumns = `s.id, s.claim_id, s.reference, s.pot_cents,
		(SELECT coalesce(sum(m.amount_cents), 0)::bigint FROM line_matches m WHERE m.settlement_id = s.id) AS received_cents FROM settlements s`
)

// look gathers what lines may be about, by their keys.
func look(ctx context.Context, db *gorm.DB, lines []Line) (world, error) {
	w := world{payouts: map[string]*candidate{}, batches: map[string]*batch{}}
	for _, some := range chunks(keysOf(lines, func(l Line) string { return l.EndToEndID })) {
		var found []*candidate
		if err := db.WithContext(ctx).Raw(`SELECT `+payoutColumns+` WHERE p.end_to_end_id = ANY(string_to_array(?, E'\n'))`, some).Scan(&found).Error; err != nil {
			return w, fmt.Errorf("payouts on a statement: %w", err)
		}
		for _, p := range found {
			w.payouts[p.EndToEndID] = p
		}
	}
	for _, some := range chunks(keysOf(lines, func(l Line) string { return l.BatchID })) {
		var found []*batch
		if err := db.WithContext(ctx).Raw(`SELECT `+batchColumns+` WHERE f.message_id = ANY(string_to_array(?, E'\n'))`, some).Scan(&found).Error; err != nil {
			return w, fmt.Errorf("files on a statement: %w", err)
		}
		for _, b := range found {
			w.batches[b.MessageID] = b
		}
	}
	if err := db.WithContext(ctx).Raw(`SELECT ` + settlementColumns + ` ORDER BY s.id`).Scan(&w.settlements).Error; err != nil {
		return w, fmt.Errorf("settlements: %w", err)
	}
	return w, nil
}

// keysOf are the different keys of lines, as far as they can be ours.
func keysOf(lines []Line, key func(Line) string) []string {
	seen := map[string]bool{"": true}
	var keys []string
	for _, l := range lines {
		if k := key(l); !seen[k] && len(k) <= 35 && !strings.Contains(k, "\n") {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

// chunks joins keys to texts of a bearable length.
func chunks(keys []string) []string {
	var all []string
	for start := 0; start < len(keys); start += rowsAtOnce {
		all = append(all, strings.Join(keys[start:min(start+rowsAtOnce, len(keys))], "\n"))
	}
	return all
}

// plan says what each line is, in a fixed order: what went out first, so that
// what came back finds it; by our own key before anything else. When more than
// one thing fits, nothing is chosen.
func plan(lines []Line, w world) []finding {
	found := make([]finding, len(lines))
	for i := range lines {
		found[i].line = &lines[i]
		if lines[i].AmountCents < 0 {
			planOut(&found[i], w)
		}
	}
	for i := range lines {
		if lines[i].AmountCents >= 0 {
			planIn(&found[i], w)
		}
	}
	return found
}

// planOut finds the payout or the whole file that a debit is.
func planOut(f *finding, w world) {
	if p := w.payouts[f.line.EndToEndID]; p != nil {
		planPayout(f, w, p)
		return
	}
	b := w.batches[f.line.BatchID]
	switch {
	case b == nil:
		f.why = WhyUnknown
	case b.Matched:
		f.why = WhyBookedBefore
	case b.TotalCents != -f.line.AmountCents:
		f.why = WhyAmount
	case b.Sent == 0:
		f.why = WhyNotSent
	case b.Sent != b.Count:
		f.why = WhyFilePartly
	default:
		f.kind, f.batch, f.reason = matchPayoutFile, b, "zelfde batch, zelfde totaal"
		b.Matched, b.Sent = true, 0
		for _, p := range w.payouts {
			if p.RunID == b.RunID && p.Part == b.Part {
				p.Status = PayoutBooked
			}
		}
	}
}

func planPayout(f *finding, w world, p *candidate) {
	switch {
	case p.Status == PayoutBooked || p.Status == PayoutReturned:
		f.why = WhyBookedBefore
	case p.Status != PayoutSent:
		f.why = WhyNotSent
	case p.AmountCents != -f.line.AmountCents:
		f.why = WhyAmount
	default:
		f.kind, f.payout, f.reason = matchPayout, p, "zelfde kenmerk, zelfde bedrag"
		p.Status = PayoutBooked
		if b := w.batchOf(p); b != nil {
			b.Sent--
		}
	}
}

// batchOf is the file of a payout, if a line is about that file.
func (w world) batchOf(p *candidate) *batch {
	for _, b := range w.batches {
		if b.RunID == p.RunID && b.Part == p.Part {
			return b
		}
	}
	return nil
}

// planIn finds what a credit is: a payout that came back, or settlement money.
func planIn(f *finding, w world) {
	if p := w.payouts[f.line.EndToEndID]; p != nil {
		switch {
		case p.Status == PayoutReturned:
			f.why = WhyReturnedTwice
		case p.Status != PayoutBooked:
			f.why = WhyNotBooked
		case f.line.AmountCents > p.AmountCents, f.line.AmountCents == 0, !f.line.IsReturn && f.line.AmountCents != p.AmountCents:
			f.why = WhyAmount
		default:
			f.kind, f.payout, f.reason = matchReturn, p, "teruggekomen: zelfde kenmerk"
			p.Status = PayoutReturned
		}
		return
	}
	fits := settlementsNamed(w.settlements, f.line.Remittance+" "+f.line.EndToEndID)
	switch {
	case len(fits) == 0:
		f.why = WhyUnknown
	case len(fits) > 1:
		f.why = WhySeveral
	case f.line.AmountCents != fits[0].PotCents-fits[0].ReceivedCents:
		f.why = WhyAmount
	default:
		f.kind, f.settlement, f.reason = matchSettlement, fits[0], "zelfde betalingskenmerk, zelfde bedrag"
		fits[0].ReceivedCents += f.line.AmountCents
	}
}

// settlementsNamed gives the settlements of which the reference stands in the text, as a word of its own.
func settlementsNamed(all []*settlement, text string) []*settlement {
	var fits []*settlement
	text = strings.ToUpper(text)
	for _, s := range all {
		if word(text, strings.ToUpper(s.Reference)) {
			fits = append(fits, s)
		}
	}
	return fits
}

func word(text, part string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], part)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(part)
		if (at == 0 || !alnum(text[at-1])) && (end == len(text) || !alnum(text[end])) {
			return true
		}
		from = at + 1
	}
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
