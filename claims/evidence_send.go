package claims

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/vault"
	"samenclaim/participants"
)

// What one owner can send.
const (
	maxFile      = 10 << 20 // bytes in one file
	maxFiles     = 20
	maxAllFiles  = 100 << 20
	maxStatement = 4000 // characters
	maxFileName  = 120
)

// AttachFile keeps a file as evidence. What is not a PDF or a picture is
// refused, pictures are made anew without what hides in them, and the result
// is encrypted before any of it reaches a disk.
func (s *Service) AttachFile(ctx context.Context, by audit.Actor, o Owner, name string, r io.Reader) (Evidence, error) {
	if err := s.roomFor(ctx, o); err != nil {
		return Evidence{}, err
	}
	sent, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return Evidence{}, fmt.Errorf("read the file: %w", err)
	case len(sent) == 0:
		return Evidence{}, ErrFileEmpty
	case len(sent) > maxFile:
		return Evidence{}, ErrFileSize
	}
	mediaType, kept, err := acceptable(ctx, sent)
	if err != nil {
		return Evidence{}, err
	}
	if len(kept) > maxFile { // a picture can grow when it is made anew
		return Evidence{}, ErrFileSize
	}
	row, key, err := s.newEvidence(o, EvidenceFile, mediaType, kept)
	if err != nil {
		return Evidence{}, err
	}
	if row.Name, err = key.Seal([]byte(cleanFileName(name)), row.about("name")); err != nil {
		return Evidence{}, err
	}
	stored, err := s.store(ctx, key, row, kept)
	if err != nil {
		return Evidence{}, err
	}
	row.StorageName = &stored
	if err := s.keepEvidence(ctx, by, o, &row); err != nil {
		return Evidence{}, errors.Join(err, s.files.Remove(stored))
	}
	e, _, err := row.open(s.vault)
	return e, err
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
	row, key, err := s.newEvidence(o, EvidenceStatement, "text/plain", []byte(text))
	if err != nil {
		return Evidence{}, err
	}
	if row.Content, err = key.Seal([]byte(text), row.about("content")); err != nil {
		return Evidence{}, err
	}
	if err := s.keepEvidence(ctx, by, o, &row); err != nil {
		return Evidence{}, err
	}
	e, _, err := row.open(s.vault)
	return e, err
}

// newEvidence describes what will be kept, with a key of its own.
func (s *Service) newEvidence(o Owner, kind, mediaType string, kept []byte) (evidenceRow, *vault.Key, error) {
	key, wrapped, err := s.vault.NewKey()
	if err != nil {
		return evidenceRow{}, nil, err
	}
	hash := sha256.Sum256(kept)
	row := evidenceRow{
		Ref: rand.Text(), Kind: kind, MediaType: mediaType, Bytes: int64(len(kept)), SHA256: hash[:], KeyWrapped: wrapped, CreatedAt: s.db.NowFunc(),
	}
	if o.ParticipationID != 0 {
		row.ParticipationID = &o.ParticipationID
	} else {
		row.SignupID = &o.SignupID
	}
	return row, key, nil
}

// store encrypts into the folder of files; the file is whole and on the disk when this returns.
func (s *Service) store(ctx context.Context, key *vault.Key, row evidenceRow, kept []byte) (name string, err error) {
	draft, err := s.files.Create(ctx)
	if err != nil {
		return "", err
	}
	defer draft.Abort()
	sealed, err := key.SealTo(draft, row.about("file"))
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(sealed, bytes.NewReader(kept)); err != nil {
		return "", err
	}
	if err := sealed.Close(); err != nil {
		return "", err
	}
	return draft.Name, draft.Commit()
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
		if err := gorm.G[evidenceRow](tx).Create(ctx, row); err != nil {
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
	su, err := take(ctx, gorm.G[participants.Signup](tx, clause.Locking{Strength: "UPDATE"}).Select("id", "status").Where("id = ?", o.SignupID))
	if err == nil && su.Status == participants.SignupSigned {
		return ErrWrongState // it became a participation meanwhile
	}
	return err
}

// roomFor refuses before a large file is read and a picture is opened; what counts is the same question under the lock.
func (s *Service) roomFor(ctx context.Context, o Owner) error {
	return room(ctx, s.db, o, &evidenceRow{Bytes: 1})
}

// room refuses what does not fit any more, and what is there already.
func room(ctx context.Context, db *gorm.DB, o Owner, next *evidenceRow) error {
	condition, id := o.where()
	var have struct {
		Count, Bytes int64
		Same         bool
	}
	err := db.WithContext(ctx).Raw(`SELECT count(*), coalesce(sum(bytes), 0)::bigint AS bytes, coalesce(bool_or(sha256 = ?), false) AS same
		FROM evidence WHERE retracted_at IS NULL AND `+condition, next.SHA256, id).Scan(&have).Error
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

// cleanFileName is a name to show, never a place: without folders and without signs that steer.
func cleanFileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if _, err := participants.CleanText(string(r), 1); err != nil {
			return -1
		}
		return r
	}, name)
	clean, err := participants.CleanText(name, 10*maxFileName)
	if err != nil || strings.Trim(clean, ".") == "" || clean == "/" {
		return "bestand"
	}
	return shortName(clean)
}

// shortName cuts the middle of a long name, so that its end still tells what it is.
func shortName(name string) string {
	if utf8.RuneCountInString(name) <= maxFileName {
		return name
	}
	runes := []rune(name)
	const tail = 12
	return string(runes[:maxFileName-tail-1]) + "…" + string(runes[len(runes)-tail:])
}
