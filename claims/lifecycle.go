package claims

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// move is one line of the life cycle.
type move struct {
	From, To Status
	By       []string // roles that may propose it; none: another act makes it (sending the letter, approving the distribution)
	Two      bool     // a second person, of the board, has to approve; how many an act takes, the act says
	Guards   []guard
}

// guard is what has to be true before a move, with the key of its words.
type guard struct {
	Key   string
	Holds func(ctx context.Context, tx *gorm.DB, c Claim) (bool, error)
}

var (
	lawyer  = []string{"lawyer"}
	board   = []string{"board", "lawyer"}
	endings = []string{"board", "lawyer", "accountant"}
)

// lifecycle is every move a claim can make, who may propose it, and what has
// to be true. There are no others. Source: the life cycle of the product.
var lifecycle = []move{
	{Draft, Open, board, true, []guard{textsInBothLanguages, limitationAhead}},
	{Open, LetterReady, lawyer, false, []guard{letterLinted}},
	{LetterReady, Open, lawyer, false, nil},
	{LetterReady, LetterSent, nil, false, nil},
	{LetterSent, LetterDelivered, nil, false, nil},
	{LetterDelivered, Negotiation, lawyer, false, nil},
	{LetterDelivered, Litigation, board, true, nil},
	{Negotiation, Litigation, board, true, nil},
	{Litigation, Negotiation, lawyer, false, nil},
	{Negotiation, Stayed, lawyer, false, nil},
	{Litigation, Stayed, lawyer, false, nil},
	{Stayed, Negotiation, lawyer, false, []guard{stayedFrom(Negotiation)}},
	{Stayed, Litigation, lawyer, false, []guard{stayedFrom(Litigation)}},
	{Negotiation, SettlementProposed, board, true, nil},
	{Litigation, SettlementProposed, board, true, nil},
	{SettlementProposed, Negotiation, lawyer, false, nil},
	{SettlementProposed, Litigation, lawyer, false, nil},
	{SettlementProposed, Settled, board, true, []guard{termsRecorded, consultationOver}},
	{Litigation, Won, board, true, []guard{termsRecorded}},
	{Litigation, Lost, board, true, nil},
	{Open, Discontinued, board, true, nil},
	{LetterReady, Discontinued, board, true, nil},
	{LetterDelivered, Discontinued, board, true, nil},
	{Negotiation, Discontinued, board, true, nil},
	{Litigation, Discontinued, board, true, nil},
	{Settled, Distributing, nil, false, nil},
	{Won, Distributing, nil, false, nil},
	{Lost, Refunding, nil, false, nil},
	{Discontinued, Refunding, nil, false, nil},
	{Distributing, Closed, endings, true, []guard{payoutsFinal, refundsFinal, booksAgree}},
	{Refunding, Closed, endings, true, []guard{refundsFinal, booksAgree}},
	{Closed, Archived, endings, true, nil},
}

// textsInBothLanguages: nobody signs a text that is not there.
var textsInBothLanguages = sqlGuard("texts", `SELECT count(DISTINCT (key, lang)) = 4 FROM texts
	WHERE claim_id = @claim AND key IN ('mandate', 'agreement') AND published_at <= @now`)

// limitationAhead: a claim that has lapsed is not opened.
var limitationAhead = sqlGuard("limitation", `SELECT limitation_on > CAST(@now AS date) FROM claims WHERE id = @claim`)

// termsRecorded: what was agreed or awarded stands in the program.
var termsRecorded = sqlGuard("terms", `SELECT EXISTS (SELECT FROM settlements WHERE claim_id = @claim)`)

// consultationOver: nobody decides while participants are still asked.
var consultationOver = sqlGuard("consultation", `SELECT NOT EXISTS (SELECT FROM consultations WHERE claim_id = @claim AND status = 'open')`)

// payoutsFinal: everybody entitled was paid, or their money has another owner.
var payoutsFinal = sqlGuard("payouts", `SELECT NOT EXISTS (SELECT FROM participations
	WHERE claim_id = @claim AND status IN ('entitled', 'payee_pending', 'payable', 'in_run', 'estate'))
	AND NOT EXISTS (SELECT FROM payout_runs WHERE claim_id = @claim AND status IN ('prepared', 'approved', 'released'))`)

// refundsFinal: nobody waits for a prepayment, nor is one still under way.
var refundsFinal = sqlGuard("refunds", `SELECT NOT EXISTS (SELECT FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id
	WHERE p.claim_id = @claim AND r.status NOT IN ('refunded', 'failed', 'canceled'))
	AND NOT EXISTS (SELECT FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id
	WHERE p.claim_id = @claim AND r.status IN ('failed', 'canceled')
	  AND NOT EXISTS (SELECT FROM refunds o WHERE o.prepayment_id = p.id AND o.status = 'refunded'))
	AND NOT EXISTS (SELECT FROM prepayments WHERE claim_id = @claim AND status IN ('created', 'open'))`)

// booksAgree: what the bank says and what the books say is the same, to the cent.
var booksAgree = sqlGuard("books", `SELECT NOT EXISTS (SELECT FROM statement_lines WHERE matched_at IS NULL)
	AND coalesce((SELECT closing_cents FROM statements s WHERE s.account = (SELECT iban FROM foundations) ORDER BY closed_on DESC, id DESC LIMIT 1), 0)
	  = coalesce((SELECT sum(amount_cents) FROM entries WHERE account = '1000'), 0)`)

// letterLinted: the draft of the letter misses no clause.
var letterLinted = guard{"letter", func(ctx context.Context, tx *gorm.DB, c Claim) (bool, error) {
	l, err := openLetter(ctx, tx, c.ID)
	if err != nil {
		return false, ignoreNotFound(err)
	}
	misses, err := lintLetter(ctx, tx, c, l)
	return len(misses) == 0, err
}}

// stayedFrom: after a stay the case goes on where it was.
func stayedFrom(s Status) guard {
	return guard{"stayed", func(_ context.Context, _ *gorm.DB, c Claim) (bool, error) {
		return c.StayedFrom != nil && *c.StayedFrom == s, nil
	}}
}

func sqlGuard(key, sql string) guard {
	return guard{key, func(ctx context.Context, tx *gorm.DB, c Claim) (ok bool, err error) {
		var values []any
		if strings.Contains(sql, "@") {
			values = append(values, map[string]any{"claim": c.ID, "now": tx.NowFunc()})
		}
		err = tx.WithContext(ctx).Raw(sql, values...).Scan(&ok).Error
		return ok, err
	}}
}

// findMove returns the line of the life cycle for a move, or nil.
func findMove(from, to Status) *move {
	for i := range lifecycle {
		if lifecycle[i].From == from && lifecycle[i].To == to {
			return &lifecycle[i]
		}
	}
	return nil
}

// failing lists the keys of the guards that do not hold.
func (m move) failing(ctx context.Context, tx *gorm.DB, c Claim) (keys []string, err error) {
	for _, g := range m.Guards {
		ok, err := g.Holds(ctx, tx, c)
		if err != nil {
			return nil, fmt.Errorf("guard %s: %w", g.Key, err)
		}
		if !ok {
			keys = append(keys, g.Key)
		}
	}
	return keys, nil
}

// Diagram prints the life cycle as a state diagram for the documentation.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> draft\n")
	for _, m := range lifecycle {
		label := strings.Join(m.By, " or ")
		if len(m.By) == 0 {
			label = "by the act itself"
		}
		if m.Two {
			label += ", two people"
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", m.From, m.To, label)
	}
	return b.String()
}
