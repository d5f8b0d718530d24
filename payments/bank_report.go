package payments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments/bank"
	"samenclaim/payments/ledger"
)

var (
	// ErrNoReport means a file is no report of a bank on payments; the text behind it says what was found.
	ErrNoReport = errors.New("this is not a report on payments")
	// ErrOtherRun means a report is about another run.
	ErrOtherRun = errors.New("this report is about another run")
	// ErrReportTwice means that a report was read before.
	ErrReportTwice = errors.New("this report was read before")
)

// The kinds of reports.
const (
	ReportNames  = "names"
	ReportStatus = "status"
)

// Reported is what a report of the bank changed.
type Reported struct {
	Kind     string
	Items    int // payouts that the report speaks of
	Rejected []Rejected
	NoMatch  int // payees whose money is held, because the bank knows their account by another name
	Close    int // payees whose name a person has to look at
}

// report is a report that was read.
type report struct {
	ID        int64
	RunID     int64
	Kind      string
	Part      *int
	MessageID string
	Status    string
	Reason    string
	Items     int
	Content   []byte
	SHA256    []byte `gorm:"column:sha256"`
	ReadBy    audit.Actor
	ReadAt    time.Time
}

// TableName is the table of the reports.
func (report) TableName() string { return "bank_reports" }

// RunReport is a report of the bank about a run.
type RunReport struct {
	ID             int64
	Kind           string
	Part           *int
	MessageID      string
	Status, Reason string // of the file as a whole, in the bank's codes
	Items          int
	ReadBy         audit.Actor
	ReadAt         time.Time
}

// Reports gives the reports of the bank about a run, newest first.
func Reports(ctx context.Context, db *gorm.DB, runID int64) ([]RunReport, error) {
	var all []RunReport
	err := db.WithContext(ctx).Raw(`SELECT id, kind, part, message_id, status, reason, items, read_by, read_at FROM bank_reports WHERE run_id = ? ORDER BY id DESC LIMIT 100`, runID).Scan(&all).Error
	return all, wrap(err, "reports about a run")
}

// RejectedPayouts gives the payouts of a run that the bank did not carry out, by number.
func RejectedPayouts(ctx context.Context, db *gorm.DB, runID int64) ([]ReturnedPayout, error) {
	var all []ReturnedPayout
	err := db.WithContext(ctx).Raw(`SELECT a.number, p.amount_cents, p.rejected_at AS returned_at, p.return_reason FROM payouts p JOIN awards a ON a.id = p.award_id
		WHERE p.run_id = ? AND p.status = 'rejected' ORDER BY a.number LIMIT 1000`, runID).Scan(&all).Error
	return all, wrap(err, "rejected payouts of a run")
}

// ReadReport reads what the bank says about a run: whose name fits the account, before it is released, or
// what it did not carry out, after. A report is read once, whole or not at all.
func (s *Service) ReadReport(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64, content []byte) (Reported, error) {
	if err := oneAtATime(ctx, tx); err != nil {
		return Reported{}, err
	}
	run, err := RunByID(ctx, tx, runID)
	if err != nil {
		return Reported{}, err
	}
	said, err := bank.ReadReport(bytes.NewReader(content))
	if err != nil {
		return Reported{}, reportTrouble(err)
	}
	r, err := s.keepReport(ctx, tx, by, run, said, content)
	if err != nil {
		return Reported{}, err
	}
	out := Reported{Kind: r.Kind, Items: r.Items}
	if r.Kind == ReportNames {
		err = s.readNames(ctx, tx, run, r, said, &out)
	} else {
		err = readStatus(ctx, tx, run, r, said, &out)
	}
	if err != nil {
		return Reported{}, err
	}
	return out, audit.Record(ctx, tx, by, "run.report_read", run.subject(), map[string]any{"report": r.ID, "kind": r.Kind, "items": out.Items, "rejected": len(out.Rejected), "no_match": out.NoMatch})
}

// reportTrouble puts the reader's trouble in the words of this package.
func reportTrouble(err error) error {
	switch text := err.Error(); {
	case errors.Is(err, bank.ErrReport):
		return fmt.Errorf("%w%s", ErrNoReport, text[len(bank.ErrReport.Error()):])
	case errors.Is(err, bank.ErrUntrusted):
		return untrusted(err)
	}
	return err
}

// keepReport writes the report down, sealed, if it is about this run and comes at a time when it can.
func (s *Service) keepReport(ctx context.Context, tx *gorm.DB, by audit.Actor, run Run, said bank.StatusReport, content []byte) (report, error) {
	sum := sha256.Sum256(content)
	r := report{
		RunID: run.ID, Kind: ReportStatus, MessageID: short(said.MessageID, 100), Status: short(said.Status, 20), Reason: short(said.Reason, 35),
		Items: len(said.Items), SHA256: sum[:], ReadBy: by, ReadAt: tx.NowFunc(),
	}
	if said.AboutNames() {
		r.Kind = ReportNames
	}
	early := run.Status == RunPrepared || run.Status == RunApproved
	if r.Kind == ReportNames && !early && run.ReleasedAt == nil || r.Kind == ReportStatus && run.ReleasedAt == nil {
		return r, ErrWrongState
	}
	files, err := RunFiles(ctx, tx, run.ID)
	if err != nil {
		return r, err
	}
	for _, f := range files {
		if f.MessageID == said.OriginalID {
			part := f.Part
			r.Part = &part
		}
	}
	if r.Part == nil && said.OriginalID != "" {
		var others int64
		if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM payout_files WHERE message_id = ?`, said.OriginalID).Scan(&others).Error; err != nil {
			return r, fmt.Errorf("report: %w", err)
		}
		if others > 0 || r.Kind == ReportStatus {
			return r, ErrOtherRun
		}
	}
	if r.Content, err = s.vault.Seal(content, fmt.Sprintf("bank_report:%d:%x", run.ID, sum)); err != nil {
		return r, err
	}
	err = table.Of[report](tx).Create(ctx, &r)
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return r, ErrReportTwice
	}
	return r, wrap(err, "report")
}

// reported is a payout that a report speaks of.
type reported struct {
	ID, ParticipationID, PayeeAccountID int64
	EndToEndID                          string
}

// spokenOf finds the payouts of a run that a report names; one that is not in it makes the report another's.
func spokenOf(ctx context.Context, tx *gorm.DB, run Run, items []bank.ReportItem) (map[string]reported, error) {
	keys := make([]string, len(items))
	for i, it := range items {
		keys[i] = it.ID
	}
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, `SELECT id, participation_id, payee_account_id, end_to_end_id FROM payouts WHERE run_id = $1 AND end_to_end_id = ANY($2)`, run.ID, keys)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	defer func() { _ = rows.Close() }()
	all := make(map[string]reported, len(items))
	for rows.Next() {
		var p reported
		if err := rows.Scan(&p.ID, &p.ParticipationID, &p.PayeeAccountID, &p.EndToEndID); err != nil {
			return nil, fmt.Errorf("report: %w", err)
		}
		all[p.EndToEndID] = p
	}
	for _, key := range keys {
		if _, ok := all[key]; !ok {
			return nil, ErrOtherRun
		}
	}
	return all, rows.Err()
}

var nameResults = map[string]string{bank.NameMatches: NameMatch, bank.NameClose: NameClose, bank.NameDiffers: NameNoMatch, bank.NameNotPossible: NameNotPossible}

// readNames writes down what the bank says about names; money to another name is held.
func (s *Service) readNames(ctx context.Context, tx *gorm.DB, run Run, r report, said bank.StatusReport, out *Reported) error {
	known, err := spokenOf(ctx, tx, run, said.Items)
	if err != nil {
		return err
	}
	ids, results, names := make([]int64, 0, len(said.Items)), make([]string, 0, len(said.Items)), make([][]byte, 0, len(said.Items))
	for _, it := range said.Items {
		p, result := known[it.ID], nameResults[it.Status]
		if result == "" {
			continue // still being looked into
		}
		var name []byte
		switch result {
		case NameClose:
			out.Close++
			if name, err = s.vault.Seal([]byte(short(it.Info, 140)), bankNamePlace(p.PayeeAccountID)); err != nil {
				return err
			}
		case NameNoMatch:
			out.NoMatch++
			if err := PlaceHold(ctx, tx, audit.System("bank"), p.ParticipationID, HoldName); err != nil {
				return err
			}
		}
		ids, results, names = append(ids, p.ID), append(results, result), append(names, name)
	}
	_, err = tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO payee_checks (report_id, payout_id, result, bank_name) SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bytea[])`, r.ID, ids, results, names)
	if err != nil {
		return fmt.Errorf("names of run %d: %w", run.ID, err)
	}
	return matchRest(ctx, tx, run, r, said)
}

// matchRest takes the payouts that a report does not name for matches, if it names those only that are none:
// then it says how many match, and that is how many are left.
func matchRest(ctx context.Context, tx *gorm.DB, run Run, r report, said bank.StatusReport) error {
	n := said.Counts[bank.NameMatches]
	if n == 0 {
		return nil
	}
	done := tx.WithContext(ctx).Exec(`INSERT INTO payee_checks (report_id, payout_id, result)
		SELECT ?, id, 'match' FROM (SELECT p.id, count(*) OVER () AS rest FROM payouts p WHERE p.run_id = ? AND (?::int IS NULL OR p.part = ?)
			AND NOT EXISTS (SELECT FROM payee_checks c WHERE c.report_id = ? AND c.payout_id = p.id)) x WHERE rest = ?`, r.ID, run.ID, r.Part, r.Part, r.ID, n)
	return wrap(done.Error, "names of a run")
}

// rejects is the state of what a bank did not carry out.
const rejects = "RJCT"

// readStatus books what the bank did not carry out: it is owed again, and no fee was earned.
func readStatus(ctx context.Context, tx *gorm.DB, run Run, r report, said bank.StatusReport, out *Reported) error {
	whole, reason := said.Status == rejects, said.Reason
	var rejected []bank.ReportItem
	for _, b := range said.Batches {
		if b.Status == rejects {
			whole, reason = true, b.Reason
		}
	}
	for _, it := range said.Items {
		if it.Status == rejects {
			rejected = append(rejected, it)
		}
	}
	if _, err := spokenOf(ctx, tx, run, said.Items); err != nil {
		return err
	}
	if whole && r.Part == nil {
		return ErrOtherRun
	}
	if err := reject(ctx, tx, run, rejected, false, out); err != nil {
		return err
	}
	if whole {
		if err := rejectFile(ctx, tx, run, *r.Part, reason, out); err != nil {
			return err
		}
	}
	if len(out.Rejected) == 0 {
		return nil
	}
	if _, err := ledger.Post(ctx, tx, payoutsRejected(run, r.ID, out.Rejected, bookingDay(r.ReadAt))); err != nil {
		return err
	}
	return tx.WithContext(ctx).Exec(`UPDATE payout_runs SET status = 'booked', booked_at = ? WHERE id = ? AND status = 'released'
		AND NOT EXISTS (SELECT FROM payouts p WHERE p.run_id = payout_runs.id AND p.status NOT IN ('booked', 'returned', 'rejected'))`, r.ReadAt, run.ID).Error
}

func reject(ctx context.Context, tx *gorm.DB, run Run, items []bank.ReportItem, whole bool, out *Reported) error {
	if len(items) == 0 {
		return nil
	}
	keys, reasons := make([]string, len(items)), make([]string, len(items))
	for i, it := range items {
		keys[i], reasons[i] = it.ID, short(it.Reason, 35)
	}
	return scanRejected(ctx, tx, whole, out, `UPDATE payouts p SET status = 'rejected', rejected_at = $1, return_reason = x.reason FROM unnest($2::text[], $3::text[]) AS x (key, reason)
		WHERE p.run_id = $4 AND p.end_to_end_id = x.key AND p.status = 'sent' RETURNING p.id, p.participation_id, p.amount_cents, p.return_reason`, tx.NowFunc(), keys, reasons, run.ID)
}

func rejectFile(ctx context.Context, tx *gorm.DB, run Run, part int, reason string, out *Reported) error {
	return scanRejected(ctx, tx, true, out, `UPDATE payouts SET status = 'rejected', rejected_at = $1, return_reason = $2
		WHERE run_id = $3 AND part = $4 AND status = 'sent' RETURNING id, participation_id, amount_cents, return_reason`, tx.NowFunc(), short(reason, 35), run.ID, part)
}

func scanRejected(ctx context.Context, tx *gorm.DB, whole bool, out *Reported, sql string, args ...any) error {
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, sql, args...)
	if err != nil {
		return fmt.Errorf("rejected payouts: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		x := Rejected{Whole: whole}
		if err := rows.Scan(&x.PayoutID, &x.ParticipationID, &x.AmountCents, &x.Reason); err != nil {
			return fmt.Errorf("rejected payouts: %w", err)
		}
		out.Rejected = append(out.Rejected, x)
	}
	return rows.Err()
}
