package claims

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"samenclaim/internal/clamav"
	"samenclaim/internal/files"
	"samenclaim/internal/poppler"
	"samenclaim/internal/vault"
)

// maxPages is how many pages of a PDF anybody reads as evidence.
const maxPages = 200

// examining lets a few files at a time be in memory as they were sent.
var examining = make(chan struct{}, 4)

// keeps says what of a file is kept.
func (e *evidenceRow) keeps(mediaType string, kept []byte) {
	hash := sha256.Sum256(kept)
	e.MediaType, e.Bytes, e.SHA256 = mediaType, int64(len(kept)), hash[:]
}

// examine looks into a file that came in, notes what it finds, and gives what
// is kept of it its place in the store: a PDF as it came, a picture made anew.
func (s *Service) examine(ctx context.Context, key *vault.Key, row *evidenceRow, draft *files.Draft) (stored string, err error) {
	select {
	case examining <- struct{}{}:
		defer func() { <-examining }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	sent, err := readBack(key, *row, draft)
	if err != nil {
		return "", err
	}
	if err := s.scan(ctx, row, sent); err != nil {
		return "", err
	}
	mediaType, kept, err := acceptable(ctx, sent)
	if err != nil {
		return "", err
	}
	if mediaType == pdfType {
		row.MediaType = mediaType
		if err := lookIntoPDF(ctx, row, sent); err != nil {
			return "", err
		}
		return draft.Name, draft.Commit()
	}
	if len(kept) > maxFile { // a picture can grow when it is made anew
		return "", ErrFileSize
	}
	row.keeps(mediaType, kept)
	return s.store(ctx, key, *row, kept)
}

// scan asks the scanner, where there is one. One that does not answer makes the file wait.
func (s *Service) scan(ctx context.Context, row *evidenceRow, sent []byte) error {
	if s.scanner == nil {
		return nil
	}
	virus, err := s.scanner.Scan(ctx, bytes.NewReader(sent))
	switch {
	case errors.Is(err, clamav.ErrDown), errors.Is(err, clamav.ErrStale):
		row.Scan = scanWaiting
		return nil
	case err != nil:
		return fmt.Errorf("scan a file: %w", err)
	case virus != "":
		row.Virus = virus
		return ErrVirus
	}
	now := s.db.NowFunc()
	row.Scan, row.ScannedAt = scanClean, &now
	return nil
}

// lookIntoPDF notes what staff and the sender should know of a PDF. Without the
// tools to look into it, it is taken at its word.
func lookIntoPDF(ctx context.Context, row *evidenceRow, sent []byte) error {
	locked := pdfLocked.Match(sent)
	pages, err := poppler.Pages(ctx, sent)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, poppler.ErrLocked), locked && err != nil:
		return ErrFileLocked
	case pages > maxPages:
		return ErrPages
	}
	row.Active = locked || activePDF(sent) // what is encrypted cannot be looked through, though it opens without a password
	if err != nil || row.CitizenNo {
		return nil //nolint:nilerr // what cannot be looked into is taken at its word
	}
	text, err := poppler.Text(ctx, sent)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	row.CitizenNo = err == nil && hasCitizenNo(text)
	return nil
}
