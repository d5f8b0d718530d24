package claims

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
)

// exportDrain is the work that makes copies of data.
const exportDrain = "exports"

// WantExport asks for a copy of everything that is held about a person; it is
// made in the background, and a mail says when it is there. Twice is once.
func (s *Service) WantExport(ctx context.Context, by audit.Actor, participantID int64) error {
	return s.afterwards(ctx, exportDrain, func(tx *gorm.DB) error {
		fresh, err := privacy.WantExport(ctx, tx, participantID)
		if err != nil || !fresh {
			return err
		}
		return audit.Record(ctx, tx, by, "export.wanted", string(audit.Participant(participantID)), nil)
	})
}

// LastExport is the newest copy somebody asked for, or nil.
func (s *Service) LastExport(ctx context.Context, participantID int64) (*privacy.Export, error) {
	return privacy.LastExport(ctx, s.db, participantID)
}

// drainExports makes one copy after the other, and forgets those that nobody took.
func (s *Service) drainExports(ctx context.Context) (more bool, err error) {
	stored, err := privacy.LapseExports(ctx, s.db)
	for _, name := range stored {
		err = errors.Join(err, s.files.Remove(name))
	}
	if err != nil {
		return false, err
	}
	e, err := privacy.NextExport(ctx, s.db)
	if err != nil || e == nil {
		return false, err
	}
	if err := s.makeExport(ctx, *e); err != nil {
		return false, fmt.Errorf("export %d: %w", e.ID, err)
	}
	return true, nil
}

// makeExport writes a copy, encrypted while it is written, and tells the person.
func (s *Service) makeExport(ctx context.Context, e privacy.Export) error {
	key, wrapped, err := s.vault.NewKey()
	if err != nil {
		return err
	}
	draft, err := s.files.Create(ctx)
	if err != nil {
		return err
	}
	defer draft.Abort()
	sealed, err := key.SealTo(draft, aboutExport(e))
	if err != nil {
		return err
	}
	size := &sizer{w: sealed}
	if err := errors.Join(s.Export(ctx, e.ParticipantID, size), sealed.Close()); err != nil {
		return err
	}
	name := draft.Name
	if err := draft.Commit(); err != nil {
		return err
	}
	ready := false
	err = s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		person, err := take(ctx, table.Of[participants.Participant](tx).Where("id = ? AND erased_at IS NULL", e.ParticipantID))
		if err != nil {
			return ignoreNotFound(err)
		}
		if ready, err = privacy.Finish(ctx, tx, e.ID, wrapped, name, size.n); err != nil || !ready {
			return err
		}
		return mailer.Enqueue(ctx, tx, mailer.Mail{
			Key: fmt.Sprintf("export_ready:%d", e.ID), To: person.Email, Lang: person.Lang, Template: "export_ready", ParticipantID: person.ID,
			ExpiresAt: tx.NowFunc().Add(privacy.ExportLife), Data: map[string]string{"Until": locale.Moment(tx.NowFunc().Add(privacy.ExportLife), person.Lang)},
		})
	})
	if err != nil || !ready {
		err = errors.Join(err, s.files.Remove(name))
	}
	return err
}

// TakeExport opens a copy for its owner, once: its file and its key are gone when this returns, and only what was opened can still be read.
func (s *Service) TakeExport(ctx context.Context, participantID int64, ref string) (io.ReadCloser, error) {
	e, err := privacy.TakeExport(ctx, s.db, participantID, ref)
	if err != nil {
		return nil, err
	}
	key, err := s.vault.OpenKey(e.KeyWrapped)
	if err != nil {
		return nil, err
	}
	sealed, err := s.files.Open(*e.StorageName)
	if err != nil {
		return nil, err
	}
	plain, err := key.UnsealFrom(sealed, aboutExport(e))
	if err := errors.Join(err, s.files.Remove(*e.StorageName)); err != nil { // it stays readable while it is open
		return nil, errors.Join(err, sealed.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, sealed}, nil
}

func aboutExport(e privacy.Export) string { return "data_exports.file:" + e.Ref }

// sizer counts what is written.
type sizer struct {
	w io.Writer
	n int64
}

func (c *sizer) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
