package payments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/payments/sepa"
)

// writeFiles makes the exact bytes the bank will get, and keeps them sealed.
func (s *Service) writeFiles(ctx context.Context, tx *gorm.DB, run Run, debtor Debtor, items []item) error {
	for start := 0; start < len(items); start += s.cfg.FilePart {
		part := items[start:min(start+s.cfg.FilePart, len(items))]
		n := start/s.cfg.FilePart + 1
		id := messageID(run, n)
		var file bytes.Buffer
		err := sepa.Write(&file, sepa.File{
			Version: s.cfg.Format, MessageID: id, CreatedAt: run.PreparedAt.In(amsterdam), DebtorName: debtor.Name, DebtorIBAN: debtor.IBAN, DebtorBIC: debtor.BIC,
			ExecutionDate: run.ExecuteOn, Count: len(part), TotalCents: int64(total(part)), Transfers: s.transfers(part),
		})
		if err != nil {
			return fmt.Errorf("write file %d of run %d: %w", n, run.ID, err)
		}
		sealed, err := s.vault.Seal(file.Bytes(), fileSubject(run.ID, n))
		if err != nil {
			return fmt.Errorf("write file %d of run %d: %w", n, run.ID, err)
		}
		sum := sha256.Sum256(file.Bytes())
		err = tx.WithContext(ctx).Exec(`INSERT INTO payout_files (run_id, part, message_id, count, total_cents, content, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			run.ID, n, id, len(part), total(part), sealed, sum[:]).Error
		if err != nil {
			return fmt.Errorf("keep file %d of run %d: %w", n, run.ID, err)
		}
	}
	return nil
}

// messageID names a file to the bank, and its batch on the statement; the day
// keeps it apart from that of a database that was put back.
func messageID(run Run, part int) string {
	return fmt.Sprintf("SC-%s-R%d-P%d", run.PreparedAt.In(amsterdam).Format("20060102"), run.ID, part)
}

func fileSubject(runID int64, part int) string { return fmt.Sprintf("payout_file:%d:%d", runID, part) }

func (s *Service) transfers(items []item) iter.Seq2[sepa.Transfer, error] {
	return func(yield func(sepa.Transfer, error) bool) {
		for _, it := range items {
			t := sepa.Transfer{EndToEndID: it.endID, Name: it.Name, IBAN: it.IBAN, AmountCents: int64(it.AmountCents)}
			if s.cfg.Reference {
				t.Reference = sepa.CreditorReference(it.Number)
			} else {
				t.Remittance = "Uitkering " + it.Number
			}
			if !yield(t, nil) {
				return
			}
		}
	}
}

// openFile gives the bytes of a file, if they still are what was prepared.
func (s *Service) openFile(ctx context.Context, db *gorm.DB, runID int64, part int) (messageID string, content, sum []byte, err error) {
	var f struct {
		MessageID string
		Content   []byte
		SHA256    []byte `gorm:"column:sha256"`
	}
	found := db.WithContext(ctx).Raw(`SELECT message_id, content, sha256 FROM payout_files WHERE run_id = ? AND part = ?`, runID, part).Scan(&f)
	switch {
	case found.Error != nil:
		return "", nil, nil, fmt.Errorf("file %d of run %d: %w", part, runID, found.Error)
	case found.RowsAffected == 0:
		return "", nil, nil, ErrNotFound
	}
	content, err = s.vault.Unseal(f.Content, fileSubject(runID, part))
	if err != nil {
		return "", nil, nil, fmt.Errorf("%w: file %d of run %d: %w", ErrTampered, part, runID, err)
	}
	if got := sha256.Sum256(content); !bytes.Equal(got[:], f.SHA256) {
		return "", nil, nil, fmt.Errorf("%w: file %d of run %d", ErrTampered, part, runID)
	}
	return f.MessageID, content, f.SHA256, nil
}

// checkRun recounts what is stored: the payouts, and every file.
func (s *Service) checkRun(ctx context.Context, tx *gorm.DB, run Run) error {
	sum, err := storedHash(ctx, tx, run.ID)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, run.ItemsSHA256) {
		return fmt.Errorf("%w: the payouts of run %d", ErrTampered, run.ID)
	}
	files, err := RunFiles(ctx, tx, run.ID)
	if err != nil {
		return err
	}
	var count int64
	var cents Cents
	for _, f := range files {
		_, content, _, err := s.openFile(ctx, tx, run.ID, f.Part)
		if err != nil {
			return err
		}
		if !bytes.Contains(content[:min(len(content), 2048)], fmt.Appendf(nil, "<NbOfTxs>%d</NbOfTxs><CtrlSum>%d.%02d</CtrlSum>", f.Count, f.TotalCents/100, f.TotalCents%100)) {
			return fmt.Errorf("%w: count or total of file %d of run %d", ErrTampered, f.Part, run.ID)
		}
		count, cents = count+f.Count, cents+f.TotalCents
	}
	if count != run.ItemCount || cents != run.TotalCents {
		return fmt.Errorf("%w: the files of run %d", ErrTampered, run.ID)
	}
	return nil
}

// RunFile gives the exact bytes for the bank, of a released run only, and logs who took them.
func (s *Service) RunFile(ctx context.Context, by audit.Actor, runID int64, part int) (name string, content, sha256 []byte, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		run, err := RunByID(ctx, tx, runID)
		if err != nil {
			return err
		}
		if run.ReleasedAt == nil {
			return ErrWrongState
		}
		var id string
		if id, content, sha256, err = s.openFile(ctx, tx, runID, part); err != nil {
			return err
		}
		name = id + ".xml"
		return audit.Record(ctx, tx, by, "run.file_downloaded", run.subject(), map[string]int{"part": part})
	})
	if errors.Is(err, ErrTampered) {
		err = errors.Join(err, s.Raise(ctx, by, runID, AlarmDownload, err))
	}
	if err != nil {
		return "", nil, nil, err
	}
	return name, content, sha256, nil
}

// TamperedRuns counts the payouts and files of every run that is not over again, and tells which are not what was prepared.
func (s *Service) TamperedRuns(ctx context.Context) (map[int64]error, error) {
	open, err := table.Of[Run](s.db).Where("status NOT IN ('closed', 'cancelled')").Order("id").Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("check runs: %w", err)
	}
	found := map[int64]error{}
	for _, run := range open {
		if err := s.checkRun(ctx, s.db, run); errors.Is(err, ErrTampered) {
			found[run.ID] = err
		} else if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ReleasedFile gives the exact bytes for the bank of a released run, for a pack whose taking is logged by who makes it.
func (s *Service) ReleasedFile(ctx context.Context, tx *gorm.DB, runID int64, part int) ([]byte, error) {
	run, err := RunByID(ctx, tx, runID)
	if err != nil {
		return nil, err
	}
	if run.ReleasedAt == nil {
		return nil, ErrWrongState
	}
	_, content, _, err := s.openFile(ctx, tx, runID, part)
	return content, err
}
