package payments

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"testing"

	"gorm.io/gorm"
)

// A large file is kept in more than one piece, and comes back as it was.
func TestALargeFileIsKeptInPieces(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	entries := make([]entry, 12_000) // more lines than go to the database at once
	for i := range entries {
		entries[i] = entry{cents: 1, text: noise(i)}
	}
	content := f.camt(entries...)
	ref := f.upload(content)
	if n := one[int](f, `SELECT count(*) FROM statement_import_parts`); n < 2 {
		t.Errorf("%d pieces, want several", n)
	}
	if n := one[int](f, `SELECT sum(octet_length(content)) FROM statement_import_parts`); n > len(content)/2 {
		t.Errorf("%d of %d bytes are kept, want them packed", n, len(content))
	}
	f.tx(func(tx *gorm.DB) error {
		out, err := f.s.Book(t.Context(), tx, maker, ref)
		if out.Lines != len(entries) || out.New != len(entries) {
			t.Errorf("booked %+v, want all lines", out)
		}
		return err
	})
	if n := one[int](f, `SELECT count(*) FROM statement_lines WHERE ordinal = id - (SELECT min(id) FROM statement_lines) + 1`); n != len(entries) {
		t.Errorf("%d lines stand in their order, want %d", n, len(entries))
	}
}

// noise is a text of 140 characters that no packer makes much smaller.
func noise(i int) string {
	a, b := sha512.Sum512(fmt.Append(nil, i)), sha512.Sum512(fmt.Append(nil, -i-1))
	return base64.StdEncoding.EncodeToString(append(a[:], b[:]...))[:140]
}

func TestAFileThatWasChangedIsNotBooked(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, sql string }{
		{"a piece was changed", `UPDATE statement_import_parts SET content = set_byte(content, 40, get_byte(content, 40) # 1)`},
		{"a piece was taken out", `DELETE FROM statement_import_parts`},
		{"the hash was changed", `UPDATE statement_imports SET sha256 = sha256('x')`},
		{"what was found was changed", `UPDATE statement_imports SET sheets = jsonb_set(sheets, '{0,BankID}', '"other"')`},
		{"a balance was changed", `UPDATE statement_imports SET sheets = jsonb_set(sheets, '{0,Closing}', '7')`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, 1)
			ref := f.upload(f.camt(entry{cents: 100, text: "x"}))
			f.exec(tt.sql)
			err := f.try(func(tx *gorm.DB) error { _, err := f.s.Book(t.Context(), tx, maker, ref); return err })
			if !errors.Is(err, ErrTampered) && !errors.Is(err, ErrUntrusted) {
				t.Errorf("book = %v, want ErrTampered", err)
			}
			if _, err := f.s.Preview(t.Context(), ref); err == nil {
				t.Error("it was shown as if nothing had happened")
			}
			if n := one[int](f, `SELECT count(*) FROM statement_lines`); n != 0 {
				t.Errorf("%d lines were booked", n)
			}
		})
	}
}

// Files that were taken in before files were packed are read as they are.
func TestAFileKeptBeforeIsBooked(t *testing.T) {
	t.Parallel()
	f := setup(t, 1)
	content := f.camt(entry{cents: 100, text: "x"})
	ref := f.upload(content)
	sealed, err := f.s.vault.Seal(content, "statement_import:"+ref)
	if err != nil {
		t.Fatal(err)
	}
	f.exec(fmt.Sprintf(`UPDATE statement_imports SET sheets = NULL; UPDATE statement_import_parts SET content = '\x%x'`, sealed))
	p, err := f.s.Preview(t.Context(), ref)
	if err != nil || !p.Bookable || p.Statements[0].Lines != 1 {
		t.Errorf("preview = %+v, %v", p, err)
	}
	f.tx(func(tx *gorm.DB) error { _, err := f.s.Book(t.Context(), tx, maker, ref); return err })
	if n := one[int](f, `SELECT count(*) FROM statement_lines`); n != 1 {
		t.Errorf("%d lines, want one", n)
	}
}

func TestAFileBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	s := &source{r: bytes.NewReader(make([]byte, 11)), most: 10}
	if _, err := s.Read(make([]byte, 100)); !errors.Is(err, ErrFileSize) || !errors.Is(s.trouble(errors.New("broken")), ErrFileSize) {
		t.Errorf("beyond the limit: %v, want ErrFileSize", err)
	}
}
