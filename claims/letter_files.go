package claims

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"samenclaim/claims/letter"
)

// The files of a sent letter.
const (
	FileLetter = "letter_pdf"
	FileCSV    = "annex_csv"
	FilePDF    = "annex_pdf"
	FileNamed  = "annex_named" // sealed: only the lawyer can open it
)

// fileNames are the kinds of files, in order, and how each is called when it is saved.
var fileNames = []struct{ kind, nl, en, ext string }{
	{FileLetter, "klachtbrief", "claim-letter", "pdf"},
	{FilePDF, "bijlage", "annex", "pdf"},
	{FileCSV, "bijlage", "annex", "csv"},
	{FileNamed, "bijlage-met-namen", "annex-with-names", "csv.age"},
}

// letterFile is one file of a letter as it was made.
type letterFile struct {
	kind  string
	bytes []byte
}

// makeFiles prints the letter and its annex. The longest ones are made beside each other.
func makeFiles(l Letter, facts letter.Facts, recipient string, a *annex) ([]letterFile, error) {
	lang, head := letter.Lang(l.Lang), facts.Head()
	files := []letterFile{{kind: FileLetter}, {kind: FileCSV}, {kind: FilePDF}, {kind: FileNamed}}
	var work errgroup.Group
	work.Go(func() (err error) {
		files[0].bytes, err = printLetter(facts, lang)
		return err
	})
	work.Go(func() error {
		var out bytes.Buffer
		err := letter.AnnexCSV(&out, head, a.lines)
		files[1].bytes = out.Bytes()
		return err
	})
	work.Go(func() error {
		var out bytes.Buffer
		err := letter.AnnexPDF(&out, head, lang, l.Fields.Sender.Colour, a.lines)
		files[2].bytes = out.Bytes()
		return err
	})
	work.Go(func() (err error) {
		files[3].bytes, err = sealNamed(recipient, head, a)
		return err
	})
	return files, work.Wait()
}

func printLetter(facts letter.Facts, lang letter.Lang) ([]byte, error) {
	doc, err := letter.Render(facts, lang)
	if err != nil {
		return nil, err
	}
	return letter.PDF(doc)
}

// sealNamed writes the annex with names so that only the lawyer can read it.
func sealNamed(recipient string, head letter.Head, a *annex) ([]byte, error) {
	var out bytes.Buffer
	w, err := letter.SealTo(&out, recipient)
	if err != nil {
		return nil, ErrNoLawyerKey
	}
	if err := letter.NamedCSV(w, head, a.named); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal the annex with names: %w", err)
	}
	return out.Bytes(), nil
}

// storeFiles keeps the files of a letter with their hashes.
func storeFiles(ctx context.Context, tx *gorm.DB, letterID int64, files []letterFile) error {
	for _, f := range files {
		hash := sha256.Sum256(f.bytes)
		_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO letter_files (letter_id, kind, bytes, sha256) VALUES ($1, $2, $3, $4)`,
			letterID, f.kind, f.bytes, hash[:])
		if err != nil {
			return fmt.Errorf("keep file %s of letter %d: %w", f.kind, letterID, err)
		}
	}
	return nil
}
