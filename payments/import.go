package payments

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// Preview tells what booking the file would do; nothing is booked.
func (s *Service) Preview(ctx context.Context, ref string) (StatementPreview, error) {
	var p StatementPreview
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		f, sheets, err := s.openImport(ctx, tx, ref)
		if err != nil {
			return err
		}
		p = StatementPreview{
			Ref: f.Ref, FileName: f.FileName, UploadedBy: f.UploadedBy, UploadedAt: f.UploadedAt, BookedAt: f.BookedAt,
			Bookable: f.BookedAt == nil && bookable(sheets) == nil,
		}
		if err := s.stage(ctx, tx, f, sheets, nil); err != nil {
			return err
		}
		if err := match(ctx, tx); err != nil {
			return err
		}
		for _, st := range sheets {
			one, err := previewed(ctx, tx, st)
			if err != nil {
				return err
			}
			p.Statements = append(p.Statements, one)
		}
		return nil
	})
	return p, err
}

// previewed says what a statement is and what its lines will be booked as.
func previewed(ctx context.Context, tx *gorm.DB, st sheet) (PreviewStatement, error) {
	one := PreviewStatement{
		BankID: st.BankID, Account: st.Account, Currency: st.Currency, OpenedOn: st.Opened, ClosedOn: st.Closed,
		OpeningCents: st.Opening, ClosingCents: st.Closing, Lines: st.Lines, Ties: st.Ties, Ours: st.ours, Known: st.known, Follows: st.follows,
		Warnings: st.Warnings, Obstacles: st.Obstacles,
	}
	err := tx.WithContext(ctx).Raw(`SELECT coalesce(f.kind, '') AS kind, count(*) AS lines, sum(l.amount_cents) AS total_cents
		FROM stage l LEFT JOIN findings f USING (n) WHERE l.sheet = ? GROUP BY 1 ORDER BY min(n)`, st.At).Scan(&one.Expected).Error
	if err != nil {
		return one, fmt.Errorf("preview: %w", err)
	}
	return one, nil
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

// Book writes a bank file into the books: statements, lines, matches and
// journals, each for all lines at once.
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
	out, err := s.bookSheets(ctx, tx, by, f, sheets)
	if err != nil {
		return Booked{}, err
	}
	return out, audit.Record(ctx, tx, by, "statement.booked", "statement_import:"+f.Ref, map[string]int{"lines": out.Lines, "new": out.New, "matched": out.Matched})
}

// bookSheets books what is new in a file.
func (s *Service) bookSheets(ctx context.Context, tx *gorm.DB, by audit.Actor, f storedFile, sheets []sheet) (Booked, error) {
	statements := map[int]int64{}
	total, fresh := 0, 0
	for _, st := range sheets {
		if !st.ours {
			continue
		}
		total += st.Lines
		if st.known {
			continue
		}
		id, err := insertStatement(ctx, tx, f.ID, st)
		if err != nil {
			return Booked{}, err
		}
		statements[st.At] = id
		fresh += st.Lines
	}
	if err := s.stage(ctx, tx, f, sheets, statements); err != nil {
		return Booked{}, err
	}
	if err := match(ctx, tx); err != nil {
		return Booked{}, err
	}
	out, err := book(ctx, tx, by, newLines)
	out.Lines, out.New = total, fresh
	return out, err
}

func insertStatement(ctx context.Context, tx *gorm.DB, importID int64, st sheet) (int64, error) {
	var id int64
	err := tx.WithContext(ctx).Raw(`INSERT INTO statements (import_id, account, bank_id, sequence, opened_on, closed_on, opening_cents, closing_cents, line_count)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, importID, st.AccountIBAN, short(st.BankID, 100), short(st.Sequence, 40), st.Opened, st.Closed, st.Opening, st.Closing, st.Lines).Scan(&id).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return 0, ErrAlreadyBooked
	}
	if err != nil {
		return 0, fmt.Errorf("store statement: %w", err)
	}
	return id, nil
}
