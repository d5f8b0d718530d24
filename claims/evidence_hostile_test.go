package claims_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
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

func TestHostileFiles(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs("../../shared/data/hostile/make_hostile.py")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(script); err != nil {
		t.Log("the wider set is not here")
		return
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "python3", script, "--files", dir)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Logf("the wider set cannot be made: %v %s", err, out)
		return
	}
	want := map[string]error{
		"ok.pdf": nil, "pdf_javascript.pdf": nil, "pdf_uri_submit.pdf": nil, "pdf_launch.pdf": nil, "ok.png": nil,
		"pdf_then_html.pdf": claims.ErrFileType, "html_before_pdf.pdf": claims.ErrFileType, "html_named.jpg": claims.ErrFileType,
		"exe_named.pdf": claims.ErrFileType, "svg_script.svg": claims.ErrFileType, "zip_50MB_of_zero.zip": claims.ErrFileType,
		"zip_slip_and_symlink.zip": claims.ErrFileType, "empty.pdf": claims.ErrFileEmpty, "png_cut.png": claims.ErrPicture,
		"png_header_30000x30000.png": claims.ErrPicture, "png_real_20000x20000.png": claims.ErrPicture,
		"png_then_zip.png": claims.ErrSameFile, // made anew it is ok.png: what came after it is gone
	}
	s := newSender(t)
	for _, name := range append([]string{"ok.png"}, without(want, "ok.png")...) {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		begin := time.Now()
		if _, err := s.send(name, content); !errors.Is(err, want[name]) {
			t.Errorf("%s = %v, want %v", name, err, want[name])
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func without(all map[string]error, left string) (names []string) {
	for name := range all {
		if name != left {
			names = append(names, name)
		}
	}
	return names
}
