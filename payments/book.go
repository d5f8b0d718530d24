package payments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments/ledger"
)

// Returned is a payout that came back.
type Returned struct {
	PayoutID, ParticipationID, AwardID int64
	Reason                             string // the bank's code, "AC04"; empty when it gave none
	AmountCents                        Cents  // what came back; may be less than was sent
	SentCents                          Cents
}

// Received is settlement money that came in.
type Received struct {
	SettlementID, ClaimID int64
	AmountCents           Cents
}

// Booked is what a bank file, or a match by hand, changed. Who was paid comes before who was returned:
// one person can be both in the same file.
type Booked struct {
	Lines, New, Matched int
	PaidParticipations  []int64
	Returned            []Returned
	Settlements         []Received
	Runs                []int64 // runs of which the bank has now carried out everything
}

// booking gathers what the findings change, to be written in few statements.
type booking struct {
	tx      *gorm.DB
	by      audit.Actor
	now     time.Time
	out     Booked
	journal []ledger.Journal
	matches []match
}

// match is a line and the journal that books it.
type match struct {
	finding
	journal int // index in booking.journal
}

// book writes down what the lines turned out to be: states, matches and journals.
func book(ctx context.Context, tx *gorm.DB, by audit.Actor, found []finding) (Booked, error) {
	b := booking{tx: tx, by: by, now: tx.NowFunc()}
	for _, step := range []func(context.Context, []finding) error{b.payouts, b.files, b.returns, b.others} {
		if err := step(ctx, found); err != nil {
			return b.out, err
		}
	}
	if err := b.write(ctx); err != nil {
		return b.out, err
	}
	return b.out, b.finishRuns(ctx)
}

// ofKind picks the findings of one kind.
func ofKind(found []finding, kinds ...string) []finding {
	var some []finding
	for _, f := range found {
		if slices.Contains(kinds, f.kind) {
			some = append(some, f)
		}
	}
	return some
}

// payouts books transfers that stand on the statement one by one: one journal a day and claim.
func (b *booking) payouts(ctx context.Context, found []finding) error {
	found = ofKind(found, matchPayout)
	if len(found) == 0 {
		return nil
	}
	ids := make([]int64, len(found))
	for i, f := range found {
		ids[i] = f.payout.PayoutID
	}
	n, err := b.exec(ctx, `UPDATE payouts SET status = 'booked', booked_at = $2 WHERE id = ANY($1) AND status = 'sent'`, ids, b.now)
	if err != nil || n != int64(len(ids)) {
		return cmp.Or(err, ErrWrongState)
	}
	slices.SortStableFunc(found, func(x, y finding) int {
		return cmp.Or(x.line.BookedOn.Compare(y.line.BookedOn), cmp.Compare(x.payout.ClaimID, y.payout.ClaimID))
	})
	for start := 0; start < len(found); {
		first := found[start]
		var shares []share
		end := start
		for ; end < len(found) && found[end].line.BookedOn.Equal(first.line.BookedOn) && found[end].payout.ClaimID == first.payout.ClaimID; end++ {
			shares = append(shares, found[end].payout.share())
			b.out.PaidParticipations = append(b.out.PaidParticipations, found[end].payout.ParticipationID)
			b.matches = append(b.matches, match{found[end], len(b.journal)})
		}
		b.journal = append(b.journal, payoutsBooked(fmt.Sprintf("line:%d:payouts", first.line.ID), fmt.Sprintf("statement:%d", first.line.StatementID),
			first.payout.ClaimID, shares, first.line.BookedOn))
		start = end
	}
	return nil
}

// files books batches that stand on the statement as one sum.
func (b *booking) files(ctx context.Context, found []finding) error {
	for _, f := range ofKind(found, matchPayoutFile) {
		n, err := b.exec(ctx, `UPDATE payouts SET status = 'booked', booked_at = $3 WHERE run_id = $1 AND part = $2 AND status = 'sent'`, f.batch.RunID, f.batch.Part, b.now)
		if err != nil || n != f.batch.Count {
			return cmp.Or(err, ErrWrongState)
		}
		var all []*candidate
		if err := b.tx.WithContext(ctx).Raw(`SELECT `+payoutColumns+` WHERE p.run_id = ? AND p.part = ? ORDER BY p.id`, f.batch.RunID, f.batch.Part).Scan(&all).Error; err != nil {
			return fmt.Errorf("payouts of a file: %w", err)
		}
		shares := make([]share, len(all))
		for i, p := range all {
			shares[i] = p.share()
			b.out.PaidParticipations = append(b.out.PaidParticipations, p.ParticipationID)
		}
		b.matches = append(b.matches, match{f, len(b.journal)})
		b.journal = append(b.journal, payoutsBooked(fmt.Sprintf("run:%d:part:%d:booked", f.batch.RunID, f.batch.Part), fmt.Sprintf("payout_run:%d", f.batch.RunID),
			f.batch.ClaimID, shares, f.line.BookedOn))
	}
	return nil
}

// returns reopens one award for each payout that came back.
func (b *booking) returns(ctx context.Context, found []finding) error {
	for _, f := range ofKind(found, matchReturn) {
		n, err := b.exec(ctx, `UPDATE payouts SET status = 'returned', returned_at = $2, return_reason = $3 WHERE id = $1 AND status = 'booked'`,
			f.payout.PayoutID, b.now, f.line.ReturnReason)
		if err != nil || n != 1 {
			return cmp.Or(err, ErrWrongState)
		}
		b.out.Returned = append(b.out.Returned, Returned{
			PayoutID: f.payout.PayoutID, ParticipationID: f.payout.ParticipationID, AwardID: f.payout.AwardID,
			Reason: f.line.ReturnReason, AmountCents: f.line.AmountCents, SentCents: f.payout.AmountCents,
		})
		b.matches = append(b.matches, match{f, len(b.journal)})
		b.journal = append(b.journal, payoutReturned(f.payout.share(), f.payout.ClaimID, f.line.AmountCents, f.line.BookedOn))
	}
	return nil
}

// others books what touches no payout.
func (b *booking) others(_ context.Context, found []finding) error {
	for _, f := range ofKind(found, matchSettlement, matchMollie, matchCosts, matchUnknown) {
		var claimID int64
		if f.settlement != nil {
			claimID = f.settlement.ClaimID
			b.out.Settlements = append(b.out.Settlements, Received{f.settlement.ID, claimID, f.line.AmountCents})
		}
		b.matches = append(b.matches, match{f, len(b.journal)})
		b.journal = append(b.journal, lineBooked(f.line.ID, claimID, f.kind, f.line.AmountCents, f.line.BookedOn))
	}
	return nil
}

func (b *booking) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	done, err := b.tx.Statement.ConnPool.ExecContext(ctx, sql, args...)
	if err != nil {
		return 0, fmt.Errorf("book: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("book: %w", err)
	}
	return n, nil
}

// write posts the journals and ties the lines to them.
func (b *booking) write(ctx context.Context) error {
	if len(b.matches) == 0 {
		return nil
	}
	ids, err := ledger.PostAll(ctx, b.tx, b.journal)
	if errors.Is(err, ledger.ErrPosted) {
		return ErrAlreadyBooked
	}
	if err != nil {
		return err
	}
	for some := range slices.Chunk(b.matches, rowsAtOnce) {
		if err := b.tie(ctx, some, ids); err != nil {
			return err
		}
	}
	b.out.Matched = len(b.matches)
	return nil
}

func (b *booking) tie(ctx context.Context, some []match, journals []int64) error {
	n := len(some)
	lines, amounts, ids := make([]int64, n), make([]int64, n), make([]int64, n)
	kinds, reasons := make([]string, n), make([]string, n)
	runs, parts, payouts, settlements := make([]*int64, n), make([]*int32, n), make([]*int64, n), make([]*int64, n)
	for i, m := range some {
		lines[i], amounts[i], ids[i], kinds[i], reasons[i] = m.line.ID, int64(m.line.AmountCents), journals[m.journal], m.kind, m.reason
		switch m.kind {
		case matchPayoutFile:
			part := int32(m.batch.Part)
			runs[i], parts[i] = &m.batch.RunID, &part
		case matchPayout, matchReturn:
			payouts[i] = &m.payout.PayoutID
		case matchSettlement:
			settlements[i] = &m.settlement.ID
		}
	}
	done, err := b.exec(ctx, `UPDATE statement_lines SET matched_at = $2 WHERE id = ANY($1) AND matched_at IS NULL`, lines, b.now)
	if err == nil && done != int64(n) {
		err = ErrAlreadyBooked
	}
	if err != nil {
		return err
	}
	_, err = b.exec(ctx, `INSERT INTO line_matches (line_id, kind, amount_cents, run_id, part, payout_id, settlement_id, reason, journal_id, matched_by, matched_at)
		SELECT *, $10::text, $11::timestamptz FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::int[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[])`,
		lines, kinds, amounts, runs, parts, payouts, settlements, reasons, ids, string(b.by), b.now)
	return err
}

// finishRuns marks the runs of which nothing is on its way any more, and earns the fees of awards that
// leave nothing to transfer once everybody else of the distribution is paid.
func (b *booking) finishRuns(ctx context.Context) error {
	if len(b.out.PaidParticipations) == 0 {
		return nil
	}
	err := b.tx.WithContext(ctx).Raw(`UPDATE payout_runs r SET status = 'booked', booked_at = ? WHERE r.status = 'released'
		AND NOT EXISTS (SELECT FROM payouts p WHERE p.run_id = r.id AND p.status NOT IN ('booked', 'returned')) RETURNING r.id`, b.now).Scan(&b.out.Runs).Error
	if err != nil {
		return fmt.Errorf("finish runs: %w", err)
	}
	if len(b.out.Runs) == 0 {
		return nil
	}
	var done []int64
	err = b.tx.WithContext(ctx).Raw(`SELECT DISTINCT a.distribution_id FROM payouts p JOIN awards a ON a.id = p.award_id WHERE p.run_id IN ?
		AND NOT EXISTS (SELECT FROM awards o WHERE o.distribution_id = a.distribution_id AND o.payout_cents > 0
			AND NOT EXISTS (SELECT FROM payouts q WHERE q.award_id = o.id AND q.status = 'booked'))`, b.out.Runs).Scan(&done).Error
	if err != nil {
		return fmt.Errorf("finish distributions: %w", err)
	}
	for _, id := range done {
		if _, err := PostZeroAwards(ctx, b.tx, id); err != nil {
			return err
		}
	}
	return nil
}
