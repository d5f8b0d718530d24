package claims

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// document is a paper by which somebody may act for another, or that shows a death.
type document struct {
	ID              int64
	Ref             string
	ParticipationID int64
	Purpose         string
	MediaType       string
	Bytes           int64
	SHA256          []byte `gorm:"column:sha256"`
	StorageName     string
	KeyWrapped      []byte
	UploadedBy      audit.Actor
	CreatedAt       time.Time
}

// TableName is the table of these papers.
func (document) TableName() string { return "papers" }

// row is the document as the store of evidence encrypts it.
func (d document) row() evidenceRow {
	return evidenceRow{Ref: d.Ref, KeyWrapped: d.KeyWrapped, StorageName: &d.StorageName}
}

// keepDocument encrypts a document into the store, before anything is written
// down; a document without its row is swept away.
func (s *Service) keepDocument(ctx context.Context, by audit.Actor, p participants.Participation, purpose string, r io.Reader) (document, error) {
	sent, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return document{}, fmt.Errorf("read the document: %w", err)
	case len(sent) == 0:
		return document{}, ErrFileEmpty
	case len(sent) > maxFile:
		return document{}, ErrFileSize
	}
	mediaType, kept, err := acceptable(ctx, sent)
	if err != nil {
		return document{}, err
	}
	key, wrapped, err := s.vault.NewKey()
	if err != nil {
		return document{}, err
	}
	hash := sha256.Sum256(kept)
	d := document{
		Ref: rand.Text(), ParticipationID: p.ID, Purpose: purpose, MediaType: mediaType, Bytes: int64(len(kept)), SHA256: hash[:],
		KeyWrapped: wrapped, UploadedBy: by, CreatedAt: s.db.NowFunc(),
	}
	d.StorageName, err = s.store(ctx, key, d.row(), kept)
	return d, err
}

// file writes the document down; the caller's transaction keeps it.
func (d *document) file(ctx context.Context, tx *gorm.DB) error {
	return table.Of[document](tx).Create(ctx, d)
}

// unlessKept removes the file of a document when its row did not come to be.
func (s *Service) unlessKept(d document, err error) error {
	if err != nil && d.StorageName != "" {
		err = errors.Join(err, s.files.Remove(d.StorageName))
	}
	return err
}
