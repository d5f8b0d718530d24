package claims

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// LetterFileInfo describes one file of a sent letter.
type LetterFileInfo struct {
	Kind      string // FileLetter, FilePDF and so on
	Name      string `gorm:"-"`
	Bytes     int64
	SHA256    []byte `gorm:"column:sha256"` // of the file as it is given out
	GoesAlong bool   `gorm:"-"`             // to the defendant, with the letter
	WithNames bool   `gorm:"-"`             // it names people, and we can open it
}

// LetterFiles lists the files of a sent letter.
func (s *Service) LetterFiles(ctx context.Context, claimID int64, ordinal int) ([]LetterFileInfo, error) {
	c, l, err := s.claimLetter(ctx, claimID, ordinal)
	if err != nil {
		return nil, err
	}
	return s.FilesOf(ctx, c, l)
}

// FilesOf lists the files of a letter that was read before.
func (s *Service) FilesOf(ctx context.Context, c Claim, l Letter) ([]LetterFileInfo, error) {
	var stored []LetterFileInfo
	err := s.db.WithContext(ctx).Raw(`SELECT kind, octet_length(bytes) AS bytes, sha256 FROM letter_files WHERE letter_id = ?`, l.ID).Scan(&stored).Error
	files := make([]LetterFileInfo, 0, len(stored))
	for _, n := range fileNames {
		for _, f := range stored {
			if f.Kind == n.kind {
				f.Name, f.GoesAlong, f.WithNames = fileName(c, l, f.Kind), goesAlong(l.Fields.Mode, f.Kind), slices.Contains(withNames, f.Kind)
				files = append(files, f)
			}
		}
	}
	return files, err
}

func (s *Service) claimLetter(ctx context.Context, claimID int64, ordinal int) (Claim, Letter, error) {
	c, err := s.Claim(ctx, claimID)
	if err != nil {
		return c, Letter{}, err
	}
	l, err := s.Letter(ctx, claimID, ordinal)
	return c, l, err
}

// fileName is what a file is called when it is saved: "klachtbrief-zoom-1.pdf".
func fileName(c Claim, l Letter, kind string) string {
	for _, n := range fileNames {
		if n.kind == kind {
			return fmt.Sprintf("%s-%s-%d.%s", inLanguage(l.Lang, n.nl, n.en), c.Slug, l.Ordinal, n.ext)
		}
	}
	return ""
}

// LetterFile returns one file of a sent letter as it was made; the log keeps
// who took it. What names people is not among them: LetterNames and TakeNamed give that.
func (s *Service) LetterFile(ctx context.Context, by audit.Actor, claimID int64, ordinal int, kind string) (name string, content, sha256 []byte, err error) {
	if kind == FileNamed || slices.Contains(withNames, kind) {
		return "", nil, nil, ErrNotFound
	}
	return s.letterFile(ctx, by, claimID, ordinal, kind)
}

// LetterNames returns the annex with names of a letter that it goes with, opened; the log keeps who took it.
func (s *Service) LetterNames(ctx context.Context, by audit.Actor, claimID int64, ordinal int, kind string) (name string, content []byte, err error) {
	if !slices.Contains(withNames, kind) {
		return "", nil, ErrNotFound
	}
	l, err := s.Letter(ctx, claimID, ordinal)
	if err != nil {
		return "", nil, err
	}
	name, content, _, err = s.letterFile(ctx, by, claimID, ordinal, kind)
	if err != nil {
		return "", nil, err
	}
	content, err = s.vault.Unseal(content, aboutFile(l.ID, kind))
	return name, content, err
}

func (s *Service) letterFile(ctx context.Context, by audit.Actor, claimID int64, ordinal int, kind string) (name string, content, sha256 []byte, err error) {
	c, l, err := s.claimLetter(ctx, claimID, ordinal)
	if err != nil {
		return "", nil, nil, err
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		content, sha256, err = takeFile(ctx, tx, by, l.ID, kind)
		return err
	})
	return fileName(c, l, kind), content, sha256, err
}

// takeFile reads a file of a letter and notes who took it.
func takeFile(ctx context.Context, tx *gorm.DB, by audit.Actor, letterID int64, kind string) (content, sha256 []byte, err error) {
	var f struct {
		Bytes  []byte
		SHA256 []byte `gorm:"column:sha256"`
	}
	found := tx.WithContext(ctx).Raw(`SELECT bytes, sha256 FROM letter_files WHERE letter_id = ? AND kind = ?`, letterID, kind).Scan(&f)
	if found.Error == nil && found.RowsAffected == 0 {
		return nil, nil, ErrNotFound
	}
	if found.Error != nil {
		return nil, nil, found.Error
	}
	return f.Bytes, f.SHA256, audit.Record(ctx, tx, by, "letter.file_taken", letterSubject(letterID), map[string]string{"kind": kind})
}
