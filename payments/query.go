package payments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/table"
	"samenclaim/payments/ledger"
)

// PrepaymentsOf gives the prepayments of one participation, newest first.
func PrepaymentsOf(ctx context.Context, db *gorm.DB, participationID int64) ([]Prepayment, error) {
	all, err := table.Of[Prepayment](db).Where("participation_id = ?", participationID).Order("id DESC").Find(ctx)
	return all, wrap(err, "prepayments of one participation")
}

// PrepaymentByRef gives the prepayment that a return address names.
func PrepaymentByRef(ctx context.Context, db *gorm.DB, ref string) (Prepayment, error) {
	p, err := table.Of[Prepayment](db).Where("ref = ?", ref).Take(ctx)
	return p, wrap(err, "prepayment by reference")
}

// prepaymentByID reads one prepayment.
func prepaymentByID(ctx context.Context, db *gorm.DB, id int64, locking ...clause.Expression) (Prepayment, error) {
	p, err := table.Of[Prepayment](db, locking...).Where("id = ?", id).Take(ctx)
	return p, wrap(err, "prepayment")
}

// wrap names what was asked for; what is not there is ErrNotFound.
func wrap(err error, what string) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// PaidPrepayments gives, for each participation of a claim, what is prepaid and neither used nor going back.
func PaidPrepayments(ctx context.Context, db *gorm.DB, claimID int64) (map[int64]Cents, error) {
	var rows []struct {
		ParticipationID int64
		Cents           Cents
	}
	err := db.WithContext(ctx).Raw(`SELECT participation_id, sum(amount_cents - used_cents) AS cents FROM prepayments p
		WHERE claim_id = ? AND status = 'paid' AND used_cents < amount_cents
		AND NOT EXISTS (SELECT FROM refunds r WHERE r.prepayment_id = p.id AND r.status NOT IN ('failed', 'canceled'))
		GROUP BY participation_id`, claimID).Scan(&rows).Error
	paid := make(map[int64]Cents, len(rows))
	for _, r := range rows {
		paid[r.ParticipationID] = r.Cents
	}
	return paid, wrap(err, "paid prepayments")
}

// StatusCount is how many stand in one state, and for how much.
type StatusCount struct {
	Status     string
	Count      int64
	TotalCents Cents
}

// Prepayments counts the prepayments of a claim by state.
func Prepayments(ctx context.Context, db *gorm.DB, claimID int64) ([]StatusCount, error) {
	var all []StatusCount
	err := db.WithContext(ctx).Raw(`SELECT status, count(*), sum(amount_cents) AS total_cents FROM prepayments
		WHERE claim_id = ? GROUP BY status ORDER BY status`, claimID).Scan(&all).Error
	return all, wrap(err, "prepayments of a claim")
}

// PrepaymentsOfClaims counts the prepayments of several claims by state.
func PrepaymentsOfClaims(ctx context.Context, db *gorm.DB, claimIDs []int64) (map[int64][]StatusCount, error) {
	var rows []struct {
		ClaimID int64
		StatusCount
	}
	err := db.WithContext(ctx).Raw(`SELECT claim_id, status, count(*), sum(amount_cents) AS total_cents FROM prepayments
		WHERE claim_id IN ? GROUP BY 1, 2 ORDER BY 1, 2`, claimIDs).Scan(&rows).Error
	all := make(map[int64][]StatusCount, len(claimIDs))
	for _, r := range rows {
		all[r.ClaimID] = append(all[r.ClaimID], r.StatusCount)
	}
	return all, wrap(err, "prepayments of claims")
}

// Refunds counts the refunds of a claim by state.
func Refunds(ctx context.Context, db *gorm.DB, claimID int64) ([]StatusCount, error) {
	var all []StatusCount
	err := db.WithContext(ctx).Raw(`SELECT r.status, count(*), sum(r.amount_cents) AS total_cents FROM refunds r
		JOIN prepayments p ON p.id = r.prepayment_id WHERE p.claim_id = ? GROUP BY r.status ORDER BY r.status`, claimID).Scan(&all).Error
	return all, wrap(err, "refunds of a claim")
}

// RefundsOf gives the refunds of one participation, newest first.
func RefundsOf(ctx context.Context, db *gorm.DB, participationID int64) ([]Refund, error) {
	var all []Refund
	err := db.WithContext(ctx).Raw(`SELECT r.*, p.participation_id, p.claim_id FROM refunds r
		JOIN prepayments p ON p.id = r.prepayment_id WHERE p.participation_id = ? ORDER BY r.id DESC`, participationID).Scan(&all).Error
	return all, wrap(err, "refunds of one participation")
}

// Runs gives the payout runs of a claim, newest first.
func Runs(ctx context.Context, db *gorm.DB, claimID int64) ([]Run, error) {
	all, err := table.Of[Run](db).Where("claim_id = ?", claimID).Order("id DESC").Find(ctx)
	return all, wrap(err, "payout runs")
}

// RunByID gives one payout run.
func RunByID(ctx context.Context, db *gorm.DB, id int64) (Run, error) {
	r, err := table.Of[Run](db).Where("id = ?", id).Take(ctx)
	return r, wrap(err, "payout run")
}

// RunFiles gives the files of a run.
func RunFiles(ctx context.Context, db *gorm.DB, runID int64) ([]RunFileInfo, error) {
	var all []RunFileInfo
	err := db.WithContext(ctx).Raw(`SELECT run_id, part, message_id, count, total_cents, sha256 FROM payout_files
		WHERE run_id = ? ORDER BY part`, runID).Scan(&all).Error
	return all, wrap(err, "files of a payout run")
}

// RunCounts counts the payouts of a run by state.
func RunCounts(ctx context.Context, db *gorm.DB, runID int64) ([]StatusCount, error) {
	var all []StatusCount
	err := db.WithContext(ctx).Raw(`SELECT status, count(*), sum(amount_cents) AS total_cents FROM payouts
		WHERE run_id = ? GROUP BY status ORDER BY status`, runID).Scan(&all).Error
	return all, wrap(err, "payouts of a run")
}

// PayoutsOf gives the payouts of one participation, newest first.
func PayoutsOf(ctx context.Context, db *gorm.DB, participationID int64) ([]Payout, error) {
	all, err := table.Of[Payout](db).Where("participation_id = ?", participationID).Order("id DESC").Find(ctx)
	return all, wrap(err, "payouts of one participation")
}

// ReturnedPayout is a payout that came back, by the number of the one it was for.
type ReturnedPayout struct {
	Number       string
	AmountCents  Cents
	ReturnedAt   time.Time
	ReturnReason string // the bank's code
}

// Returns gives the payouts of a run that came back, newest first.
func Returns(ctx context.Context, db *gorm.DB, runID int64) ([]ReturnedPayout, error) {
	var all []ReturnedPayout
	err := db.WithContext(ctx).Raw(`SELECT a.number, p.amount_cents, p.returned_at, p.return_reason FROM payouts p JOIN awards a ON a.id = p.award_id
		WHERE p.run_id = ? AND p.status = 'returned' ORDER BY p.returned_at DESC, p.id DESC`, runID).Scan(&all).Error
	return all, wrap(err, "returned payouts of a run")
}

// NamedPayout is a payout whose key stands in the text of a bank line.
type NamedPayout struct {
	PayoutID    int64
	EndToEndID  string
	AmountCents Cents
	Status      string
}

// PayoutsNamed gives the payouts that a line names, in its own field or in what was written with it: banks move texts around.
func (s *Service) PayoutsNamed(ctx context.Context, l Line) ([]NamedPayout, error) {
	words := strings.FieldsFunc(strings.ToUpper(l.EndToEndID+" "+l.Remittance+" "+l.Reference), func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	})
	var all []NamedPayout
	err := s.db.WithContext(ctx).Raw(`SELECT id AS payout_id, end_to_end_id, amount_cents, status FROM payouts
		WHERE end_to_end_id = ANY(string_to_array(?, ' ')) AND status IN ('sent', 'booked') ORDER BY id LIMIT 20`, strings.Join(words, " ")).Scan(&all).Error
	return all, wrap(err, "payouts that a line names")
}

// ReceivedForClaim is the settlement money that came in and was booked.
func ReceivedForClaim(ctx context.Context, db *gorm.DB, claimID int64) (Cents, error) {
	var cents Cents
	err := db.WithContext(ctx).Raw(`SELECT coalesce(sum(m.amount_cents), 0) FROM line_matches m
		JOIN settlements s ON s.id = m.settlement_id WHERE s.claim_id = ?`, claimID).Scan(&cents).Error
	return cents, wrap(err, "money received")
}

// Import is a bank file that was uploaded.
type Import struct {
	ID         int64
	Ref        string
	FileName   string
	UploadedBy string
	UploadedAt time.Time
	BookedBy   *string
	BookedAt   *time.Time
	DroppedAt  *time.Time
}

// Imports gives the last bank files that were uploaded, newest first.
func Imports(ctx context.Context, db *gorm.DB, limit int) ([]Import, error) {
	var all []Import
	err := db.WithContext(ctx).Raw(`SELECT id, ref, file_name, uploaded_by, uploaded_at, booked_by, booked_at, dropped_at
		FROM statement_imports ORDER BY id DESC LIMIT ?`, limit).Scan(&all).Error
	return all, wrap(err, "bank files")
}

// Balance is one line of the trial balance.
type Balance = ledger.Balance

// TrialBalance gives every account with its turnover up to and including a day; the zero day is all of it.
func (s *Service) TrialBalance(ctx context.Context, until time.Time) ([]Balance, error) {
	return ledger.Balances(ctx, s.db, until)
}

// BookedLine is one account in a journal, the lines about single participations added up.
type BookedLine struct {
	JournalID   int64
	Account     string
	NameNL      string
	NameEN      string
	AmountCents Cents // debit is positive
	Count       int64 // how many lines were added up
}

// BookedJournal is one event in the books.
type BookedJournal struct {
	ID                       int64
	Key, Event, Source, Text string
	BookedOn                 time.Time
	CreatedAt                time.Time
	Lines                    []BookedLine `gorm:"-"`
}

// Journals gives a page of journals, newest first: those with a number below before (zero is the newest).
func (s *Service) Journals(ctx context.Context, before int64, limit int) ([]BookedJournal, error) {
	var all []BookedJournal
	err := s.db.WithContext(ctx).Raw(`SELECT id, key, event, source, text, booked_on, created_at FROM journals
		WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?`, before, before, limit).Scan(&all).Error
	if err != nil || len(all) == 0 {
		return nil, wrap(err, "journals")
	}
	ids, at := make([]int64, len(all)), make(map[int64]int, len(all))
	for i, j := range all {
		ids[i], at[j.ID] = j.ID, i
	}
	var lines []BookedLine
	err = s.db.WithContext(ctx).Raw(`SELECT e.journal_id, e.account, a.name_nl, a.name_en, sum(e.amount_cents) AS amount_cents, count(*)
		FROM entries e JOIN accounts a ON a.code = e.account WHERE e.journal_id IN ?
		GROUP BY e.journal_id, e.account, a.name_nl, a.name_en, e.amount_cents > 0 ORDER BY e.journal_id, e.amount_cents > 0 DESC, e.account`, ids).Scan(&lines).Error
	for _, l := range lines {
		all[at[l.JournalID]].Lines = append(all[at[l.JournalID]].Lines, l)
	}
	return all, wrap(err, "lines of journals")
}
