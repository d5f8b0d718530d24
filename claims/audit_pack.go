package claims

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims/auditpack"
	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments"
)

// packTables are the tables of an audit pack of the distribution @id of the claim @claim. What the plan says comes
// from the awards; what it was made from comes from elsewhere: the annex, the options that were locked with it, and
// the prepayments.
var packTables = []struct{ file, sql string }{
	{auditpack.PeopleFile, `SELECT t.number, f.option, 1, (SELECT coalesce(sum(used_cents), 0) FROM prepayments m WHERE m.participation_id = t.id)
		FROM awards a JOIN participations t ON t.id = a.participation_id JOIN annex_rows x ON x.participation_id = t.id JOIN fee_options f ON f.id = x.fee_option_id
		WHERE a.distribution_id = @id ORDER BY t.number COLLATE "C"`},
	{auditpack.AwardsFile, `SELECT number, fee_option, gross_cents, fee_cents, vat_cents, net_cents, prepaid_cents, payout_cents FROM awards WHERE distribution_id = @id ORDER BY number`},
	{auditpack.RunsFile, `SELECT id, status, item_count, total_cents, encode(items_sha256, 'hex'), execute_on, prepared_by, ` + utc("prepared_at") + `, approved_by, ` + utc("approved_at") + `, released_by, ` + utc("released_at") + `
		FROM payout_runs WHERE id IN ` + packRuns + ` ORDER BY id`},
	{auditpack.PayoutsFile, `SELECT p.run_id, p.part, p.end_to_end_id, a.number, p.amount_cents, p.status, p.return_reason, p.award_id, p.participation_id, p.payee_account_id
		FROM payouts p JOIN awards a ON a.id = p.award_id WHERE p.run_id IN ` + packRuns + ` ORDER BY p.run_id, p.part, p.id`},
	{auditpack.SheetsFile, `SELECT s.id, s.opened_on, s.closed_on, s.opening_cents, s.closing_cents, s.line_count, encode(i.sha256, 'hex')
		FROM statements s JOIN statement_imports i ON i.id = s.import_id WHERE s.id IN ` + packSheets + ` ORDER BY s.id`},
	{auditpack.LinesFile, `SELECT l.statement_id, l.ordinal, l.booked_on, l.amount_cents, CASE WHEN ` + packMatch + ` THEN m.kind ELSE '' END,
			CASE WHEN NOT (` + packMatch + `) THEN '' WHEN m.kind = 'payout_file' THEN m.run_id || '-' || m.part ELSE coalesce(p.end_to_end_id, '') END, CASE WHEN ` + packMatch + ` THEN j.key ELSE '' END
		FROM statement_lines l LEFT JOIN line_matches m ON m.line_id = l.id LEFT JOIN payouts p ON p.id = m.payout_id LEFT JOIN journals j ON j.id = m.journal_id
		WHERE l.statement_id IN ` + packSheets + ` ORDER BY l.statement_id, l.ordinal`},
	{auditpack.InvoicesFile, `SELECT i.year || '-' || lpad(i.number::text, 6, '0'), i.kind, coalesce(o.year || '-' || lpad(o.number::text, 6, '0'), ''), i.dated, a.number, coalesce(p.end_to_end_id, ''),
			i.fee_cents, i.vat_cents, i.rate_bp, j.key
		FROM invoices i JOIN awards a ON a.id = i.award_id JOIN journals j ON j.id = i.journal_id LEFT JOIN payouts p ON p.id = i.payout_id LEFT JOIN invoices o ON o.id = i.credits
		WHERE a.distribution_id = @id ORDER BY i.year, i.number`},
}

const (
	packRuns = `(SELECT p.run_id FROM payouts p JOIN awards a ON a.id = p.award_id WHERE a.distribution_id = @id)`
	// packMatch tells of a match m of a line whether it is about the distribution; its payout is p.
	packMatch  = `coalesce(m.settlement_id = @settlement OR m.run_id IN ` + packRuns + ` OR p.run_id IN ` + packRuns + `, false)`
	packSheets = `(SELECT l.statement_id FROM statement_lines l JOIN line_matches m ON m.line_id = l.id LEFT JOIN payouts p ON p.id = m.payout_id WHERE ` + packMatch + `)`

	// packJournals are the lines of the journals about the distribution, its runs and what the bank did with them.
	packJournals = `SELECT n.year || '-' || n.number, j.key, j.event, j.source, j.booked_on, e.account, e.amount_cents, coalesce(t.number, '')
		FROM journals j JOIN journal_numbers n ON n.journal_id = j.id JOIN entries e ON e.journal_id = j.id LEFT JOIN participations t ON t.id = e.participation_id
		WHERE j.source = 'distribution:' || CAST(@id AS bigint) OR j.source IN (SELECT 'payout_run:' || id FROM payout_runs WHERE id IN ` + packRuns + `)
		OR j.id IN (SELECT m.journal_id FROM line_matches m LEFT JOIN payouts p ON p.id = m.payout_id WHERE ` + packMatch + `) ORDER BY n.year, n.number, e.id`
)

func utc(column string) string {
	return `to_char(` + column + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
}

// AuditPack writes everything by which somebody outside can recompute a distribution. It holds names and accounts,
// so that it was taken stands in the log before the first byte leaves. It is written from one moment of the database.
func (s *Service) AuditPack(ctx context.Context, by audit.Actor, claimID int64, keyURL string, w io.Writer) error {
	d, err := take(ctx, table.Of[Distribution](s.db).Where("claim_id = ? AND status = 'approved'", claimID))
	if err != nil {
		return err
	}
	if _, err := s.money.NumberJournals(ctx); err != nil {
		return err
	}
	if err := s.transaction(ctx, func(tx *gorm.DB) error {
		return audit.Record(ctx, tx, by, "distribution.audit_pack", distributionSubject(d.ID), nil)
	}); err != nil {
		return err
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = '10min'`).Error; err != nil {
			return err
		}
		return s.writePack(ctx, tx, d, keyURL, w)
	})
}

func (s *Service) writePack(ctx context.Context, tx *gorm.DB, d Distribution, keyURL string, w io.Writer) error {
	c, err := take(ctx, table.Of[Claim](tx).Where("id = ?", d.ClaimID))
	if err != nil {
		return err
	}
	terms, err := take(ctx, table.Of[Settlement](tx).Where("id = ?", d.SettlementID))
	if err != nil {
		return err
	}
	f, err := s.Foundation(ctx)
	if err != nil {
		return err
	}
	out := auditpack.NewWriter(w, f.LegalName, c.Name("nl"), d.ID, tx.NowFunc(), keyURL)
	if err := out.Add(auditpack.ReadmeFile, []byte(auditpack.Readme)); err != nil {
		return err
	}
	if err := out.AddJSON(auditpack.TermsFile, termsOf(f, c, terms)); err != nil {
		return err
	}
	if err := out.AddJSON(auditpack.PlanFile, planOf(d)); err != nil {
		return err
	}
	args := map[string]any{"id": d.ID, "settlement": d.SettlementID}
	for _, t := range packTables {
		if err := addTable(tx, out, t.file, t.sql, args); err != nil {
			return err
		}
	}
	if err := addJournals(tx, out, args); err != nil {
		return err
	}
	if err := s.addBankFiles(ctx, tx, out, d.ID); err != nil {
		return err
	}
	return out.Close(s.vault)
}

func termsOf(f Foundation, c Claim, t Settlement) auditpack.Terms {
	terms := auditpack.Terms{
		Foundation: f.LegalName, Claim: c.Name("nl"), Kind: t.Kind, Reference: t.Reference, AgreedOn: t.AgreedOn.Format(time.DateOnly), PotCents: int64(t.PotCents),
		FlatFeeCents: int64(c.FlatFeeCents), RateBP: c.RateBP, CapBP: c.CapBP, VATBP: c.VATBP,
	}
	if t.CourtCapCents != nil {
		cents := int64(*t.CourtCapCents)
		terms.CourtCapCents = &cents
	}
	return terms
}

func planOf(d Distribution) auditpack.Plan {
	return auditpack.Plan{
		Distribution: d.ID, Count: d.Count, PotCents: int64(d.PotCents), FeeCents: int64(d.FeeCents), VATCents: int64(d.VatCents), PrepaidCents: int64(d.PrepaidCents), PayoutCents: int64(d.PayoutCents),
		SHA256: hex.EncodeToString(d.SHA256), CalculatedBy: string(d.CalculatedBy), CalculatedAt: d.CalculatedAt.UTC().Format(time.RFC3339),
		ApprovedBy: string(*d.ApprovedBy), ApprovedAt: d.ApprovedAt.UTC().Format(time.RFC3339),
	}
}

// eachRow reads a query as texts, row by row.
func eachRow(tx *gorm.DB, query string, args map[string]any, columns int, each func([]string) error) error {
	rows, err := tx.Raw(query, args).Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	values, into := make([]sql.NullString, columns), make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := make([]string, columns)
		for i, v := range values {
			row[i] = v.String
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

func addTable(tx *gorm.DB, out *auditpack.Writer, file, query string, args map[string]any) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(auditpack.Columns[file]); err != nil {
		return err
	}
	if err := eachRow(tx, query, args, len(auditpack.Columns[file]), func(row []string) error { return w.Write(plainDays(row)) }); err != nil {
		return fmt.Errorf("audit pack, %s: %w", file, err)
	}
	w.Flush()
	return out.Add(file, b.Bytes())
}

// plainDays leaves the time off a day, which the database's driver adds.
func plainDays(row []string) []string {
	for i, v := range row {
		if day, ok := cutMidnight(v); ok {
			row[i] = day
		}
	}
	return row
}

func cutMidnight(v string) (string, bool) {
	const midnight = "T00:00:00Z"
	if len(v) == len("2006-01-02")+len(midnight) && v[10:] == midnight {
		return v[:10], true
	}
	return v, false
}

// addJournals writes the journals, each with a hash over all before it.
func addJournals(tx *gorm.DB, out *auditpack.Writer, args map[string]any) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(auditpack.Columns[auditpack.JournalsFile]); err != nil {
		return err
	}
	chain := ""
	var open [][]string
	end := func() error {
		if len(open) == 0 {
			return nil
		}
		chain = auditpack.JournalChain(chain, open)
		for _, row := range open {
			if err := w.Write(append(row, chain)); err != nil {
				return err
			}
		}
		open = nil
		return nil
	}
	err := eachRow(tx, packJournals, args, len(auditpack.Columns[auditpack.JournalsFile])-1, func(row []string) error {
		if len(open) > 0 && open[0][1] != row[1] {
			if err := end(); err != nil {
				return err
			}
		}
		open = append(open, plainDays(row))
		return nil
	})
	if err != nil {
		return fmt.Errorf("audit pack, %s: %w", auditpack.JournalsFile, err)
	}
	if err := end(); err != nil {
		return err
	}
	w.Flush()
	return out.Add(auditpack.JournalsFile, b.Bytes())
}

// addBankFiles adds the files of the runs that were released, as the bank got them.
func (s *Service) addBankFiles(ctx context.Context, tx *gorm.DB, out *auditpack.Writer, distributionID int64) error {
	var files []payments.RunFileInfo
	err := tx.WithContext(ctx).Raw(`SELECT f.run_id, f.part FROM payout_files f JOIN payout_runs r ON r.id = f.run_id
		WHERE r.released_at IS NOT NULL AND r.id IN `+packRuns+` ORDER BY f.run_id, f.part`, map[string]any{"id": distributionID}).Scan(&files).Error
	if err != nil {
		return err
	}
	for _, f := range files {
		content, err := s.money.ReleasedFile(ctx, tx, f.RunID, f.Part)
		if err != nil {
			return err
		}
		if err := out.Add("runs/"+strconv.FormatInt(f.RunID, 10)+"-"+strconv.Itoa(f.Part)+".xml", content); err != nil {
			return err
		}
	}
	return nil
}
