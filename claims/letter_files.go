package claims

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"

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

	// The annex with names, where it goes with the letter; sealed with our own key.
	FileNamesPDF = "names_pdf"
	FileNamesCSV = "names_csv"
)

// fileNames are the kinds of files, in order, and how each is called when it is saved.
var fileNames = []struct{ kind, nl, en, ext string }{
	{FileLetter, "klachtbrief", "claim-letter", "pdf"},
	{FileNamesPDF, "bijlage-met-namen", "annex-with-names", "pdf"},
	{FileNamesCSV, "bijlage-met-namen", "annex-with-names", "csv"},
	{FilePDF, "bijlage", "annex", "pdf"},
	{FileCSV, "bijlage", "annex", "csv"},
	{FileNamed, "bijlage-met-namen", "annex-with-names", "csv.age"},
}

// withNames are the kinds of files that name people and that we can open.
var withNames = []string{FileNamesPDF, FileNamesCSV}

// goesAlong reports whether a file goes to the defendant with a letter.
func goesAlong(mode letter.Mode, kind string) bool {
	switch kind {
	case FileLetter, FileNamesPDF, FileNamesCSV:
		return true
	case FilePDF, FileCSV:
		return mode != letter.RootOnly
	}
	return false // sealed, for the lawyer
}

// letterFile is one file of a letter as it was made.
type letterFile struct {
	kind  string
	bytes []byte
}

// makeFiles prints the letter and its annex. The longest ones are made beside each other.
func (s *Service) makeFiles(l Letter, facts letter.Facts, recipient string, a *annex) ([]letterFile, error) {
	lang, head := letter.Lang(l.Lang), facts.Head()
	colour := l.Fields.Sender.Colour
	makers := []struct {
		kind string
		make func(w io.Writer) error
	}{
		{FilePDF, func(w io.Writer) error { return letter.AnnexPDF(w, head, lang, colour, a.lines) }},
		{FileNamesPDF, func(w io.Writer) error { return letter.NamedPDF(w, head, lang, colour, a.named) }},
		{FileNamed, func(w io.Writer) error { return sealNamed(w, recipient, head, a) }},
		{FileNamesCSV, func(w io.Writer) error { return letter.NamedCSV(w, head, a.named) }},
		{FileCSV, func(w io.Writer) error { return letter.AnnexCSV(w, head, a.lines) }},
		{FileLetter, func(w io.Writer) error { return s.printLetter(w, facts, lang) }},
	}
	files := make([]letterFile, 0, len(makers))
	var work errgroup.Group
	for _, m := range makers {
		if slices.Contains(withNames, m.kind) && l.Fields.Mode != letter.Named {
			continue
		}
		files = append(files, letterFile{kind: m.kind})
		file := &files[len(files)-1]
		work.Go(func() error {
			var out bytes.Buffer
			err := m.make(&out)
			file.bytes = out.Bytes()
			return err
		})
	}
	return files, work.Wait()
}

// printLetter prints the letter, and signs it where there is a certificate. That is
// calculation with a key of our own: nobody is called, so it can happen in a transaction.
func (s *Service) printLetter(w io.Writer, facts letter.Facts, lang letter.Lang) error {
	doc, err := letter.Render(facts, lang)
	if err != nil {
		return err
	}
	pdf, err := letter.PDF(doc)
	if err == nil && s.certificate != nil {
		pdf, err = s.certificate.SignPDF(pdf, facts.Place, doc.Title, facts.Date)
	}
	if err != nil {
		return err
	}
	_, err = w.Write(pdf)
	return err
}

// sealNamed writes the annex with names so that only the lawyer can read it.
func sealNamed(to io.Writer, recipient string, head letter.Head, a *annex) error {
	w, err := letter.SealTo(to, recipient)
	if err != nil {
		return ErrNoLawyerKey
	}
	if err := letter.NamedCSV(w, head, a.named); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("seal the annex with names: %w", err)
	}
	return nil
}

func aboutFile(letterID int64, kind string) string {
	return fmt.Sprintf("letter_files.bytes:%d:%s", letterID, kind)
}

// storeFiles keeps the files of a letter with the hash of each as it is given out; what names people is kept sealed.
func (s *Service) storeFiles(ctx context.Context, tx *gorm.DB, letterID int64, files []letterFile) error {
	for _, f := range files {
		hash := sha256.Sum256(f.bytes)
		if slices.Contains(withNames, f.kind) {
			var err error
			if f.bytes, err = s.vault.Seal(f.bytes, aboutFile(letterID, f.kind)); err != nil {
				return err
			}
		}
		_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO letter_files (letter_id, kind, bytes, sha256) VALUES ($1, $2, $3, $4)`,
			letterID, f.kind, f.bytes, hash[:])
		if err != nil {
			return fmt.Errorf("keep file %s of letter %d: %w", f.kind, letterID, err)
		}
	}
	return nil
}
