package payments

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// StatementPreview is what a bank file says, before anything is booked.
type StatementPreview struct {
	Ref        string
	FileName   string
	UploadedBy audit.Actor
	UploadedAt time.Time
	BookedAt   *time.Time
	Bookable   bool // nothing stands in the way of booking it
	Statements []PreviewStatement
}

// PreviewStatement is one statement in a bank file.
type PreviewStatement struct {
	BankID, Account, Currency  string
	OpenedOn, ClosedOn         time.Time
	OpeningCents, ClosingCents Cents
	Lines                      int
	Ties                       bool // opening and lines make the closing balance
	Ours                       bool // it is the foundation's own account
	Known                      bool // the very same statement is booked already
	Follows                    bool // it opens with the balance the last one closed with
	Expected                   []ExpectedMatches
	Warnings, Obstacles        []string // in the words of the reader of bank files
}

// ExpectedMatches is what lines of one kind will be booked as.
type ExpectedMatches struct {
	Kind       string // "payout", "payout_file", "return", "settlement", or "" for lines that stay open
	Lines      int
	TotalCents Cents
}

// Upload checks and keeps a bank file, sealed, to be looked at; nothing is booked. The same file again is the same upload.
func (s *Service) Upload(ctx context.Context, by audit.Actor, fileName string, r io.Reader) (ref string, err error) {
	f := storedFile{Ref: rand.Text(), FileName: cleanName(fileName), UploadedBy: by}
	k, err := s.takeIn(&f, r)
	if err != nil {
		return "", err
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		f.UploadedAt = tx.NowFunc()
		err := tx.Raw(`INSERT INTO statement_imports (ref, file_name, sha256, sheets, uploaded_by, uploaded_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (sha256) WHERE dropped_at IS NULL DO NOTHING RETURNING id`, f.Ref, f.FileName, f.SHA256, f.Sheets, by, f.UploadedAt).Scan(&f.ID).Error
		if err != nil {
			return err
		}
		if f.ID == 0 { // it was here already
			return tx.Raw(`SELECT ref FROM statement_imports WHERE sha256 = ? AND dropped_at IS NULL`, f.SHA256).Scan(&f.Ref).Error
		}
		if err := k.store(ctx, tx, f.ID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "statement.uploaded", "statement_import:"+f.Ref, nil)
	})
	if err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	return f.Ref, nil
}

// takeIn reads a file once: it is checked, packed and sealed while it comes in.
func (s *Service) takeIn(f *storedFile, r io.Reader) (*keeper, error) {
	k, err := newKeeper(s.vault, f.Ref)
	if err != nil {
		return nil, err
	}
	in := &source{r: io.TeeReader(r, k), most: largestFile}
	sheets, wrong := survey(in)
	if _, err := io.Copy(io.Discard, in); err != nil && !errors.Is(err, ErrFileSize) {
		return nil, fmt.Errorf("upload: %w", err)
	}
	switch {
	case in.size == 0 || errors.Is(in.err, ErrFileSize):
		return nil, ErrFileSize
	case wrong != nil:
		return nil, wrong
	}
	if err := k.Close(); err != nil {
		return nil, err
	}
	text, err := json.Marshal(sheets)
	if err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	found := string(text)
	f.SHA256, f.Sheets = k.sum.Sum(nil), &found
	return k, nil
}

// cleanName is a file's name without a path or signs that nobody sees.
func cleanName(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	return short(name, 120)
}

// Drop puts a bank file aside that was not booked; it can be uploaded again.
func (s *Service) Drop(ctx context.Context, by audit.Actor, ref string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		done := tx.Exec(`UPDATE statement_imports SET dropped_at = ? WHERE ref = ? AND booked_at IS NULL AND dropped_at IS NULL`, tx.NowFunc(), ref)
		if done.Error != nil {
			return fmt.Errorf("drop bank file: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return ErrWrongState
		}
		return audit.Record(ctx, tx, by, "statement.dropped", "statement_import:"+ref, nil)
	})
}

// openImport finds an uploaded file and what it says.
func (s *Service) openImport(ctx context.Context, tx *gorm.DB, ref string) (storedFile, []sheet, error) {
	f, err := table.Of[storedFile](tx).Where("ref = ? AND dropped_at IS NULL", ref).Take(ctx)
	if err != nil {
		return f, nil, wrap(err, "bank file")
	}
	var sheets []sheet
	if f.Sheets == nil { // it was taken in before they were kept
		err = s.readKept(ctx, tx, f, &sync.Mutex{}, func(r io.Reader) (err error) { sheets, err = survey(r); return err })
	} else {
		err = json.Unmarshal([]byte(*f.Sheets), &sheets)
	}
	if err != nil {
		return f, nil, fmt.Errorf("bank file: %w", err)
	}
	return f, sheets, placeSheets(ctx, tx, sheets)
}

// placeSheets finds out which statements are ours, which are booked already, and whether the rest follow on them.
func placeSheets(ctx context.Context, db *gorm.DB, sheets []sheet) error {
	account, err := ownAccount(ctx, db)
	if err != nil {
		return err
	}
	last, err := lastStatement(ctx, db, account)
	if err != nil {
		return err
	}
	for i := range sheets {
		st := &sheets[i]
		if st.ours = st.AccountIBAN == account; !st.ours {
			continue
		}
		var same int64
		err := db.WithContext(ctx).Raw(`SELECT count(*) FROM statements WHERE account = ? AND opened_on = ? AND closed_on = ? AND opening_cents = ? AND closing_cents = ? AND line_count = ?`,
			account, st.Opened, st.Closed, st.Opening, st.Closing, st.Lines).Scan(&same).Error
		if err != nil {
			return fmt.Errorf("earlier statements: %w", err)
		}
		if st.known = same > 0; st.known {
			continue
		}
		st.follows = last == nil || last.ClosingCents == st.Opening
		last = &LastStatement{Account: account, ClosedOn: st.Closed, ClosingCents: st.Closing}
	}
	return nil
}

// ownAccount is the account of the foundation that the books are about.
func ownAccount(ctx context.Context, db *gorm.DB) (string, error) {
	var account string
	if err := db.WithContext(ctx).Raw(`SELECT iban FROM foundations LIMIT 1`).Scan(&account).Error; err != nil {
		return "", fmt.Errorf("the foundation's account: %w", err)
	}
	return account, nil
}

// LastStatement is where the bank says that the account stands.
type LastStatement struct {
	ID           int64
	Account      string
	ClosedOn     time.Time
	ClosingCents Cents
}

func lastStatement(ctx context.Context, db *gorm.DB, account string) (*LastStatement, error) {
	var last LastStatement
	err := db.WithContext(ctx).Raw(`SELECT id, account, closed_on, closing_cents FROM statements WHERE account = ? ORDER BY id DESC LIMIT 1`, account).Scan(&last).Error
	if err != nil {
		return nil, fmt.Errorf("last statement: %w", err)
	}
	if last.ID == 0 {
		return nil, nil //nolint:nilnil // none is an answer: the first statement follows on nothing
	}
	return &last, nil
}
