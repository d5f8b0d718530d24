package claims

import (
	"context"
	"crypto/rand"
	"errors"
	"io"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
	"samenclaim/participants"
)

// AttachFile keeps a file as evidence. It is encrypted while it comes in, before
// any of it reaches a disk. What is not a PDF or a picture is refused, and what
// holds a virus; pictures are made anew without what hides in them.
func (s *Service) AttachFile(ctx context.Context, by audit.Actor, o Owner, name string, r io.Reader) (Evidence, error) {
	if err := room(ctx, s.db, o, &evidenceRow{Bytes: 1}); err != nil { // before a large file is read; what counts is the same question under the lock
		return Evidence{}, err
	}
	row, key, err := s.newEvidence(o, EvidenceFile)
	if err != nil {
		return Evidence{}, err
	}
	draft, err := s.receive(ctx, key, &row, r)
	if err != nil {
		return Evidence{}, err
	}
	defer draft.Abort()
	if err := room(ctx, s.db, o, &row); err != nil { // before it is looked into
		return Evidence{}, err
	}
	if row.Name, err = key.Seal([]byte(cleanFileName(name)), row.about("name")); err != nil {
		return Evidence{}, err
	}
	row.CitizenNo = hasCitizenNo(name)
	stored, err := s.examine(ctx, key, &row, draft)
	if errors.Is(err, ErrVirus) {
		return Evidence{}, errors.Join(err, s.noteVirus(ctx, by, o, row.Virus))
	}
	if err != nil {
		return Evidence{}, err
	}
	row.StorageName = &stored
	if err := s.keepEvidence(ctx, by, o, &row); err != nil {
		return Evidence{}, errors.Join(err, s.files.Remove(stored))
	}
	if row.Scan == scanWaiting {
		s.wake(scanDrain)
	}
	return s.open(row)
}

// noteVirus leaves word for staff of a file that was refused.
func (s *Service) noteVirus(ctx context.Context, by audit.Actor, o Owner, virus string) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		return audit.Record(ctx, tx, by, "evidence.virus_refused", o.subject(), map[string]any{"virus": virus})
	})
}

// AttachStatement keeps as evidence what somebody declares in their own words.
func (s *Service) AttachStatement(ctx context.Context, by audit.Actor, o Owner, text string) (Evidence, error) {
	text, err := participants.CleanLines(text, maxStatement)
	if err != nil {
		return Evidence{}, err
	}
	if text == "" {
		return Evidence{}, ErrFileEmpty
	}
	row, key, err := s.newEvidence(o, EvidenceStatement)
	if err != nil {
		return Evidence{}, err
	}
	row.keeps("text/plain", []byte(text))
	row.CitizenNo = hasCitizenNo(text)
	if row.Content, err = key.Seal([]byte(text), row.about("content")); err != nil {
		return Evidence{}, err
	}
	if err := s.keepEvidence(ctx, by, o, &row); err != nil {
		return Evidence{}, err
	}
	return s.open(row)
}

// newEvidence begins a row, with a key of its own.
func (s *Service) newEvidence(o Owner, kind string) (evidenceRow, *vault.Key, error) {
	key, wrapped, err := s.vault.NewKey()
	if err != nil {
		return evidenceRow{}, nil, err
	}
	row := evidenceRow{Ref: rand.Text(), Kind: kind, KeyWrapped: wrapped, CreatedAt: s.db.NowFunc(), Scan: scanNone}
	if o.ParticipationID != 0 {
		row.ParticipationID = &o.ParticipationID
	} else {
		row.SignupID = &o.SignupID
	}
	return row, key, nil
}

// keepEvidence writes the row. Counting happens under the lock of the owner,
// so that twenty-five at once become twenty.
func (s *Service) keepEvidence(ctx context.Context, by audit.Actor, o Owner, row *evidenceRow) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		if err := lockOwner(ctx, tx, o); err != nil {
			return err
		}
		if err := room(ctx, tx, o, row); err != nil {
			return err
		}
		if err := table.Of[evidenceRow](tx).Create(ctx, row); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "evidence.sent", o.subject(), map[string]any{"evidence": row.ID, "kind": row.Kind, "bytes": row.Bytes})
	})
}

// lockOwner keeps others from adding to the same evidence, and refuses who does not take part any more.
func lockOwner(ctx context.Context, tx *gorm.DB, o Owner) error {
	if o.ParticipationID != 0 {
		p, err := lockParticipation(ctx, tx, o.ParticipationID)
		if err == nil && !p.Status.Live() {
			return ErrWrongState
		}
		return err
	}
	su, err := take(ctx, table.Of[participants.Signup](tx, clause.Locking{Strength: "UPDATE"}).Select("id", "status").Where("id = ?", o.SignupID))
	if err == nil && su.Status == participants.SignupSigned {
		return ErrWrongState // it became a participation meanwhile
	}
	return err
}

// room refuses what does not fit any more, and what is there already.
func room(ctx context.Context, db *gorm.DB, o Owner, next *evidenceRow) error {
	condition, id := o.where()
	var have struct {
		Count, Bytes int64
		Same         bool
	}
	err := db.WithContext(ctx).Raw(`SELECT count(*), coalesce(sum(bytes), 0)::bigint AS bytes, coalesce(bool_or(sha256 = ? OR sent_sha256 = ?), false) AS same
		FROM evidence WHERE retracted_at IS NULL AND `+condition, next.SHA256, next.SentSHA256, id).Scan(&have).Error
	switch {
	case err != nil:
		return err
	case have.Same:
		return ErrSameFile
	case have.Count >= maxFiles || have.Bytes+next.Bytes > maxAllFiles:
		return ErrTooMany
	}
	return nil
}
