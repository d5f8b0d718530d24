package claims_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/internal/files/hostiletest"
)

func TestFileNamesAreShownAndNeverPlaces(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	tests := []struct{ name, sent, shown, saved string }{
		{"as it was", "Factuur mei.pdf", "Factuur mei.pdf", "Factuur mei.pdf"},
		{"with folders", "../../x.pdf", "x.pdf", "x.pdf"},
		{"with folders of Windows", `C:\temp\y.pdf`, "y.pdf", "y.pdf"},
		{"with a line break", "a\r\nX: y.pdf", "aX: y.pdf", "aX- y.pdf"},
		{"turned around", "a\u202efdp.exe", "afdp.exe", "afdp.exe.pdf"},
		{"of a program", "x.pdf.exe", "x.pdf.exe", "x.pdf.exe.pdf"},
		{"with letters from everywhere", "ßü漢.pdf", "ßü漢.pdf", "ßü漢.pdf"},
		{"with a tag", "<b>.pdf", "<b>.pdf", "-b-.pdf"},
		{"only an ending", ".pdf", ".pdf", ".pdf"},
		{"none", "", "bestand", "bestand.pdf"},
		{"dots", "..", "bestand", "bestand.pdf"},
		{"not text", "\xff\xfe.pdf", ".pdf", ".pdf"},
	}
	for _, tt := range tests {
		e, err := s.send(tt.sent, aPDF(tt.name))
		if err != nil || e.Name != tt.shown || e.FileName() != tt.saved {
			t.Errorf("%s: shown %q, saved %q, %v, want %q and %q", tt.name, e.Name, e.FileName(), err, tt.shown, tt.saved)
		}
	}
	long, err := s.send(strings.Repeat("a", 300)+".pdf", aPDF("long"))
	if n := len([]rune(long.Name)); err != nil || n != 120 || !strings.HasSuffix(long.Name, ".pdf") {
		t.Errorf("a long name became %d characters: %s, %v", n, long.Name, err)
	}
}

// What becomes of each file that broke other programs, once it is sent as evidence. Of what is not named here it is said that it is no PDF or picture.
var hostileEvidence = map[string]struct {
	want   error
	active bool
}{
	"ok.pdf": {}, "pdf_javascript.pdf": {active: true}, "pdf_uri_submit.pdf": {active: true}, "pdf_launch.pdf": {active: true}, "ok.png": {},
	"empty.pdf": {want: claims.ErrFileEmpty}, "png_cut.png": {want: claims.ErrPicture},
	"png_header_30000x30000.png": {want: claims.ErrPicture}, "png_real_20000x20000.png": {want: claims.ErrPicture},
	"png_then_zip.png": {want: claims.ErrSameFile}, // made anew it is ok.png: what came after it is gone
}

func TestHostileFiles(t *testing.T) {
	t.Parallel()
	files := hostiletest.Files()
	if len(files) != 38 {
		t.Fatalf("%d files, want 38", len(files))
	}
	s := newSender(t)
	kept := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		tt, named := hostileEvidence[name]
		if !named {
			tt.want = claims.ErrFileType
		}
		e, err := s.send(name, files[name])
		if !errors.Is(err, tt.want) || e.Active != tt.active {
			t.Errorf("%s = %v, does something by itself: %v; want %v, %v", name, err, e.Active, tt.want, tt.active)
		}
		if err == nil {
			kept++
		}
	}
	if n := stored(t, s.Files); n != kept || n != 5 {
		t.Errorf("%d files are kept and %d stored, want 5: what was refused left something", kept, n)
	}
}
