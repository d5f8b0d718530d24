package payments

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

var (
	// ErrNames means that the bank knows an account in the run by another name, and nobody has accepted that.
	ErrNames = errors.New("the bank knows an account in this run by another name")
	// ErrNamesUnknown means that the bank has not said of everybody in the run whether the name fits.
	ErrNamesUnknown = errors.New("the names in this run were not all compared by the bank")
)

// The results of a bank's comparison of a name with an account.
const (
	NameMatch       = "match"
	NameClose       = "close"        // the bank gives the name that it knows
	NameNoMatch     = "no_match"     // no money goes there
	NameNotPossible = "not_possible" // the payee's bank does not take part, or did not answer
)

// NameCheck is what the bank says about the name of one payee in a run.
type NameCheck struct {
	ID           int64
	PayoutID     int64
	Number       string
	Result       string
	BankName     string `gorm:"-"` // that the bank knows, of a close match
	AcceptedBy   *audit.Actor
	AcceptedAt   *time.Time
	AcceptReason *string

	PayeeAccountID int64
	Sealed         []byte `gorm:"column:bank_name"`
}

// lastChecks is the last word of the bank about each payout of a run.
const lastChecks = `payouts p LEFT JOIN LATERAL (SELECT c.* FROM payee_checks c WHERE c.payout_id = p.id ORDER BY c.id DESC LIMIT 1) c ON true`

// NameCounts counts the payouts of a run by what the bank says about the name; nothing said is "".
func NameCounts(ctx context.Context, db *gorm.DB, runID int64) ([]StatusCount, error) {
	var all []StatusCount
	err := db.WithContext(ctx).Raw(`SELECT coalesce(c.result, '') AS status, count(*), sum(p.amount_cents) AS total_cents FROM `+lastChecks+`
		WHERE p.run_id = ? GROUP BY 1 ORDER BY 1`, runID).Scan(&all).Error
	return all, wrap(err, "names of a run")
}

// NamesToDecide gives the payees of a run whose name is not the one that the bank knows, by number.
func (s *Service) NamesToDecide(ctx context.Context, runID int64) ([]NameCheck, error) {
	var all []NameCheck
	err := s.db.WithContext(ctx).Raw(`SELECT c.id, c.payout_id, a.number, c.result, c.bank_name, c.accepted_by, c.accepted_at, c.accept_reason, p.payee_account_id
		FROM `+lastChecks+` JOIN awards a ON a.id = p.award_id WHERE p.run_id = ? AND c.result IN ('close', 'no_match') ORDER BY a.number LIMIT 1000`, runID).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("names of a run: %w", err)
	}
	for i := range all {
		if all[i].Sealed == nil {
			continue
		}
		name, err := s.vault.Unseal(all[i].Sealed, bankNamePlace(all[i].PayeeAccountID))
		if err != nil {
			return nil, fmt.Errorf("names of a run: %w", err)
		}
		all[i].BankName = string(name)
	}
	return all, nil
}

func bankNamePlace(accountID int64) string {
	return fmt.Sprintf("payee_account:%d:bank_name", accountID)
}

// AcceptName is a person saying that a name that is nearly the bank's is that of the payee, for a reason. It
// is another than who prepared the run.
func (s *Service) AcceptName(ctx context.Context, tx *gorm.DB, by audit.Actor, runID, checkID int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	run, err := RunByID(ctx, tx, runID)
	switch {
	case err != nil:
		return err
	case run.PreparedBy == by:
		return ErrSamePerson
	case run.Status != RunPrepared && run.Status != RunApproved:
		return ErrWrongState
	}
	done := tx.WithContext(ctx).Exec(`UPDATE payee_checks c SET accepted_by = ?, accepted_at = ?, accept_reason = ? FROM payouts p
		WHERE c.id = ? AND p.id = c.payout_id AND p.run_id = ? AND c.result = 'close' AND c.accepted_at IS NULL
		AND NOT EXISTS (SELECT FROM payee_checks n WHERE n.payout_id = c.payout_id AND n.id > c.id)`, by, tx.NowFunc(), short(reason, 500), checkID, run.ID)
	if done.Error != nil || done.RowsAffected == 0 {
		return orWrongState(done.Error, "name of a payee")
	}
	return audit.Record(ctx, tx, by, "run.name_accepted", run.subject(), map[string]int64{"check": checkID})
}

// checkNames refuses a run with somebody in it whom the bank knows by another name.
func (s *Service) checkNames(ctx context.Context, tx *gorm.DB, run Run) error {
	var asked bool
	err := tx.WithContext(ctx).Raw(`WITH RECURSIVE line AS (SELECT ?::bigint AS id UNION SELECT r.replaces FROM payout_runs r JOIN line l ON r.id = l.id WHERE r.replaces IS NOT NULL)
		SELECT EXISTS (SELECT FROM bank_reports b JOIN line l ON l.id = b.run_id WHERE b.kind = 'names')`, run.ID).Row().Scan(&asked)
	switch {
	case err != nil:
		return fmt.Errorf("names of run %d: %w", run.ID, err)
	case !asked && s.cfg.CheckNames:
		return ErrNamesUnknown
	case !asked:
		return nil
	}
	var unknown, wrong int64
	err = tx.WithContext(ctx).Raw(`SELECT count(*) FILTER (WHERE c.result IS NULL), count(*) FILTER (WHERE c.result = 'no_match' OR c.result = 'close' AND c.accepted_at IS NULL)
		FROM `+lastChecks+` WHERE p.run_id = ?`, run.ID).Row().Scan(&unknown, &wrong)
	switch {
	case err != nil:
		return fmt.Errorf("names of run %d: %w", run.ID, err)
	case wrong > 0:
		return ErrNames
	case unknown > 0 && s.cfg.CheckNames:
		return ErrNamesUnknown
	}
	return nil
}

// copyChecks takes along what the bank said, and what was accepted, when a run is made of what is left of another.
func copyChecks(ctx context.Context, tx *gorm.DB, from, to int64) error {
	err := tx.WithContext(ctx).Exec(`INSERT INTO payee_checks (report_id, payout_id, result, bank_name, accepted_by, accepted_at, accept_reason)
		SELECT c.report_id, n.id, c.result, c.bank_name, c.accepted_by, c.accepted_at, c.accept_reason FROM `+lastChecks+`
		JOIN payouts n ON n.run_id = ? AND n.award_id = p.award_id AND n.payee_account_id = p.payee_account_id
		WHERE p.run_id = ? AND c.id IS NOT NULL ORDER BY n.id`, to, from).Error
	return wrap(err, "names of a run")
}

// NamesFile gives the names and accounts of an approved run as a table for the bank's check of names; who
// took it is logged. It is read from the very files that are to be released, and has no amounts.
func (s *Service) NamesFile(ctx context.Context, by audit.Actor, runID int64) (name string, content []byte, err error) {
	var out bytes.Buffer
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		run, err := RunByID(ctx, tx, runID)
		if err != nil {
			return err
		}
		if run.Status != RunApproved {
			return ErrWrongState
		}
		files, err := RunFiles(ctx, tx, runID)
		if err != nil {
			return err
		}
		w := csv.NewWriter(&out)
		w.Comma = ';'
		_ = w.Write([]string{"EndToEndId", "Name", "IBAN"}) // the error stays in the writer
		for _, f := range files {
			_, file, _, err := s.openFile(ctx, tx, runID, f.Part)
			if err != nil {
				return err
			}
			if err := eachTransfer(file, func(t transferRow) { _ = w.Write([]string{t.Key, plainCell(t.Name), t.IBAN}) }); err != nil {
				return fmt.Errorf("names of run %d: %w", runID, err)
			}
		}
		if w.Flush(); w.Error() != nil {
			return w.Error()
		}
		return audit.Record(ctx, tx, by, "run.names_taken", run.subject(), nil)
	})
	return fmt.Sprintf("SC-R%d-names.csv", runID), out.Bytes(), err
}

// plainCell keeps a spreadsheet from taking a name for a formula.
func plainCell(s string) string {
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") {
		return "'" + s
	}
	return s
}

// transferRow is one transfer in a file for the bank.
type transferRow struct {
	Key    string `xml:"PmtId>EndToEndId"`
	Amount string `xml:"Amt>InstdAmt"`
	Name   string `xml:"Cdtr>Nm"`
	IBAN   string `xml:"CdtrAcct>Id>IBAN"`
}

// eachTransfer reads the transfers of a file for the bank.
func eachTransfer(file []byte, each func(transferRow)) error {
	d := xml.NewDecoder(bytes.NewReader(file))
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if el, ok := t.(xml.StartElement); ok && el.Name.Local == "CdtTrfTxInf" {
			var row transferRow
			if err := d.DecodeElement(&row, &el); err != nil {
				return err
			}
			each(row)
		}
	}
}

// ChecksNames tells whether nothing is released before the bank has compared the names.
func (s *Service) ChecksNames() bool { return s.cfg.CheckNames }
