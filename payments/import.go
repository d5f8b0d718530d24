package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// Preview tells what booking the file would do; nothing is booked.
func (s *Service) Preview(ctx context.Context, ref string) (StatementPreview, error) {
	f, sheets, err := s.openImport(ctx, s.db, ref)
	if err != nil {
		return StatementPreview{}, err
	}
	p := StatementPreview{
		Ref: f.Ref, FileName: f.FileName, UploadedBy: f.UploadedBy, UploadedAt: f.UploadedAt, BookedAt: f.BookedAt,
		Bookable: f.BookedAt == nil && bookable(sheets) == nil,
	}
	var lines []Line
	for _, st := range sheets {
		if st.ours && !st.known {
			lines = append(lines, st.lines...)
		}
	}
	w, err := look(ctx, s.db, lines)
	if err != nil {
		return p, err
	}
	found := plan(lines, w) // over all statements at once, as booking does
	for _, st := range sheets {
		one := PreviewStatement{
			BankID: st.ID, Account: st.Account, Currency: st.Currency, OpenedOn: st.opened, ClosedOn: st.closed,
			OpeningCents: st.opening, ClosingCents: st.closing, Lines: len(st.lines), Ties: st.Ties, Ours: st.ours, Known: st.known, Follows: st.follows,
			Warnings: st.Warnings, Obstacles: st.Obstacles,
		}
		if st.ours && !st.known {
			one.Expected = expected(found[:len(st.lines)])
			found = found[len(st.lines):]
		}
		p.Statements = append(p.Statements, one)
	}
	return p, nil
}

// expected adds up what lines will be booked as.
func expected(found []finding) []ExpectedMatches {
	var all []ExpectedMatches
	for _, f := range found {
		at := slices.IndexFunc(all, func(e ExpectedMatches) bool { return e.Kind == f.kind })
		if at < 0 {
			at = len(all)
			all = append(all, ExpectedMatches{Kind: f.kind})
		}
		all[at].Lines++
		all[at].TotalCents += f.line.AmountCents
	}
	return all
}

// oneAtATime lets one bank file, or one match by hand, be booked at a time: each finds what the one before left.
func oneAtATime(ctx context.Context, tx *gorm.DB) error {
	if !audit.InTransaction(tx) {
		return audit.ErrNoTransaction
	}
	if err := patient(ctx, tx); err != nil {
		return err
	}
	if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtext('statements'))`).Error; err != nil {
		return fmt.Errorf("wait for another booking: %w", err)
	}
	return nil
}

// Book writes a bank file into the books: statements, lines, matches and journals.
func (s *Service) Book(ctx context.Context, tx *gorm.DB, by audit.Actor, ref string) (Booked, error) {
	if err := oneAtATime(ctx, tx); err != nil {
		return Booked{}, err
	}
	f, sheets, err := s.openImport(ctx, tx, ref)
	if err != nil {
		return Booked{}, err
	}
	if f.BookedAt != nil {
		return Booked{}, ErrAlreadyBooked
	}
	if err := bookable(sheets); err != nil {
		return Booked{}, err
	}
	done := tx.WithContext(ctx).Exec(`UPDATE statement_imports SET booked_by = ?, booked_at = ? WHERE id = ? AND booked_at IS NULL AND dropped_at IS NULL`, by, tx.NowFunc(), f.ID)
	if done.Error != nil {
		return Booked{}, fmt.Errorf("book bank file: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return Booked{}, ErrAlreadyBooked
	}
	lines, total, err := s.store(ctx, tx, f.ID, sheets)
	if err != nil {
		return Booked{}, err
	}
	w, err := look(ctx, tx, lines)
	if err != nil {
		return Booked{}, err
	}
	out, err := book(ctx, tx, by, plan(lines, w))
	if err != nil {
		return Booked{}, err
	}
	out.Lines, out.New = total, len(lines)
	return out, audit.Record(ctx, tx, by, "statement.booked", "statement_import:"+f.Ref, map[string]int{"lines": total, "new": out.New, "matched": out.Matched})
}

// store writes the statements that are new, and returns their lines with their numbers.
func (s *Service) store(ctx context.Context, tx *gorm.DB, importID int64, sheets []sheet) (stored []Line, total int, err error) {
	for _, st := range sheets {
		if !st.ours {
			continue
		}
		total += len(st.lines)
		if st.known {
			continue
		}
		var id int64
		err := tx.WithContext(ctx).Raw(`INSERT INTO statements (import_id, account, bank_id, sequence, opened_on, closed_on, opening_cents, closing_cents, line_count)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, importID, st.AccountIBAN, short(st.ID, 100), short(st.ElectronicSeq, 40), st.opened, st.closed, st.opening, st.closing, len(st.lines)).Scan(&id).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return nil, 0, ErrAlreadyBooked
		}
		if err != nil {
			return nil, 0, fmt.Errorf("store statement: %w", err)
		}
		for i := range st.lines {
			st.lines[i].StatementID = id
			if err := st.lines[i].seal(s.vault); err != nil {
				return nil, 0, err
			}
		}
		for start := 0; start < len(st.lines); start += rowsAtOnce {
			if err := insertLines(ctx, tx, st.lines[start:min(start+rowsAtOnce, len(st.lines))]); err != nil {
				return nil, 0, err
			}
		}
		stored = append(stored, st.lines...)
	}
	return stored, total, nil
}

// insertLines writes lines of one statement and gives each its number.
func insertLines(ctx context.Context, tx *gorm.DB, lines []Line) error {
	n := len(lines)
	ordinals, days, amounts := make([]int32, n), make([]time.Time, n), make([]int64, n)
	keys, batches, refs, reasons := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	returns, details := make([]bool, n), make([][]byte, n)
	for i, l := range lines {
		ordinals[i], days[i], amounts[i] = int32(l.Ordinal), l.BookedOn, int64(l.AmountCents)
		keys[i], batches[i], refs[i], reasons[i] = short(l.EndToEndID, 100), short(l.BatchID, 100), short(l.Reference, 100), short(l.ReturnReason, 35)
		returns[i], details[i] = l.IsReturn, l.Details
	}
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, `
		INSERT INTO statement_lines (statement_id, ordinal, booked_on, amount_cents, end_to_end_id, batch_id, reference, return_reason, is_return, details)
		SELECT $1, * FROM unnest($2::int[], $3::date[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::bytea[])
		RETURNING id, ordinal`, lines[0].StatementID, ordinals, days, amounts, keys, batches, refs, reasons, returns, details)
	if err != nil {
		return fmt.Errorf("store lines: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		var ordinal int
		if err := rows.Scan(&id, &ordinal); err != nil {
			return fmt.Errorf("store lines: %w", err)
		}
		lines[ordinal-lines[0].Ordinal].ID = id
	}
	return rows.Err()
}
