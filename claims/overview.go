package claims

import (
	"context"

	"samenclaim/internal/table"
	"samenclaim/participants"
	"samenclaim/payments"
)

// Run finds a payout run of a claim.
func (s *Service) Run(ctx context.Context, claimID, runID int64) (payments.Run, error) {
	run, err := payments.RunByID(ctx, s.db, runID)
	if err == nil && run.ClaimID != claimID {
		return payments.Run{}, ErrNotFound
	}
	return run, err
}

// Runs lists the payout runs of a claim, newest first.
func (s *Service) Runs(ctx context.Context, claimID int64) ([]payments.Run, error) {
	return payments.Runs(ctx, s.db, claimID)
}

// RunFiles lists the files of a run, with their hashes.
func (s *Service) RunFiles(ctx context.Context, runID int64) ([]payments.RunFileInfo, error) {
	return payments.RunFiles(ctx, s.db, runID)
}

// RunCounts counts the payouts of a run by state.
func (s *Service) RunCounts(ctx context.Context, runID int64) ([]payments.StatusCount, error) {
	return payments.RunCounts(ctx, s.db, runID)
}

// RunReturns lists the payouts of a run that came back, newest first.
func (s *Service) RunReturns(ctx context.Context, runID int64) ([]payments.ReturnedPayout, error) {
	return payments.Returns(ctx, s.db, runID)
}

// FeeSum adds up the awards with one fee option.
type FeeSum struct {
	FeeOption                                    FeeOption
	Count                                        int64
	GrossCents, FeeCents, VatCents, PrepaidCents payments.Cents
	PayoutCents                                  payments.Cents
}

// FeeSums adds up a distribution by fee option.
func (s *Service) FeeSums(ctx context.Context, distributionID int64) ([]FeeSum, error) {
	var sums []FeeSum
	err := s.db.WithContext(ctx).Raw(`SELECT fee_option, count(*), sum(gross_cents) AS gross_cents, sum(fee_cents) AS fee_cents, sum(vat_cents) AS vat_cents,
			sum(prepaid_cents) AS prepaid_cents, sum(payout_cents) AS payout_cents
		FROM awards WHERE distribution_id = ? GROUP BY fee_option ORDER BY fee_option`, distributionID).Scan(&sums).Error
	return sums, err
}

// Prepayments counts the prepayments of a claim by state.
func (s *Service) Prepayments(ctx context.Context, claimID int64) ([]payments.StatusCount, error) {
	return payments.Prepayments(ctx, s.db, claimID)
}

// Refunds counts the refunds of a claim by state.
func (s *Service) Refunds(ctx context.Context, claimID int64) ([]payments.StatusCount, error) {
	return payments.Refunds(ctx, s.db, claimID)
}

// MoneyOf lists the prepayments, refunds and payouts of one participation, newest first.
func (s *Service) MoneyOf(ctx context.Context, p participants.Participation) (pre []payments.Prepayment, back []payments.Refund, out []payments.Payout, err error) {
	err = readLists(ctx, s.db, map[string]any{"id": p.ID}, moneyLists(&pre, &back, &out)...)
	return pre, back, out, err
}

// moneyLists are the prepayments, refunds and payouts of the participation @id, newest first.
func moneyLists(pre *[]payments.Prepayment, back *[]payments.Refund, out *[]payments.Payout) []list {
	return []list{
		listOf("prepayments", `SELECT * FROM prepayments WHERE participation_id = @id ORDER BY id DESC`, pre),
		listOf("refunds", `SELECT r.*, p.participation_id, p.claim_id FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id WHERE p.participation_id = @id ORDER BY r.id DESC`, back),
		listOf("payouts", `SELECT * FROM payouts WHERE participation_id = @id ORDER BY id DESC`, out),
	}
}

// Latest is the latest news of a claim, newest first, what comes next in it, if anybody said so, and until when a participation in it is preserved.
func (s *Service) Latest(ctx context.Context, c Claim, p participants.Participation, limit int) (news []NewsItem, step *NextStep, kept Preserved, err error) {
	var steps []NextStep
	var facts []clockFact
	err = readLists(ctx, s.db, map[string]any{"claim": c.ID, "one": p.ID, "most": limit},
		listOf("clock", clockSQL, &facts),
		listOf("news", `SELECT * FROM news WHERE claim_id = @claim ORDER BY id DESC LIMIT @most`, &news),
		listOf("next step", `SELECT id, claim_id, text_nl, text_en, earliest_on::timestamp AT TIME ZONE 'UTC' AS earliest_on, set_by, set_at FROM next_steps WHERE claim_id = @claim ORDER BY id DESC LIMIT 1`, &steps),
	)
	if len(steps) > 0 {
		step = &steps[0]
	}
	return news, step, clockOf(c, facts).Of(p), err
}

// Prepayment finds one prepayment of a participation by its reference; somebody else's is not found.
func (s *Service) Prepayment(ctx context.Context, p participants.Participation, ref string) (payments.Prepayment, error) {
	return take(ctx, table.Of[payments.Prepayment](s.db).Where("participation_id = ? AND ref = ?", p.ID, ref))
}

// BankFiles lists the last bank files that were uploaded, newest first.
func (s *Service) BankFiles(ctx context.Context, limit int) ([]payments.Import, error) {
	return payments.Imports(ctx, s.db, limit)
}
