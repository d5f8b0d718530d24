package poppler

import (
	"errors"
	"os"
	"testing"

	"samenclaim/internal/poppler/popplertest"
)

func TestOutputWithoutEndIsCutOff(t *testing.T) {
	t.Parallel()
	pdf := popplertest.PDF(1, "a text of more than ten letters")
	if _, err := run(t.Context(), pdf, 10, "pdftotext", "-", "-"); !errors.Is(err, ErrUnreadable) {
		t.Errorf("run = %v, want %v", err, ErrUnreadable)
	}
	if _, err := run(t.Context(), pdf, 1000, "pdftotext", "-", "-"); err != nil {
		t.Errorf("within the limit: %v", err)
	}
}

func TestTheProgramCanWriteNoFile(t *testing.T) {
	t.Parallel()
	out := t.TempDir() + "/out.txt"
	_, err := run(t.Context(), popplertest.PDF(1, "a text"), 1000, "pdftotext", "-", out)
	if written, e := os.ReadFile(out); len(written) > 0 {
		t.Errorf("wrote %q, %v; run = %v", written, e, err)
	}
}

func TestWhoMayNotWriteGoesOnWithoutIt(t *testing.T) {
	t.Parallel()
	out, err := run(t.Context(), nil, 1000, "sh", "-c", "read nothing; echo kept >"+t.TempDir()+"/kept; echo went on")
	if string(out) != "went on\n" || err != nil {
		t.Errorf("run = %q, %v", out, err)
	}
}

func TestWithoutPopplerItIsSaid(t *testing.T) {
	t.Parallel()
	if _, err := run(t.Context(), nil, 1, "pdf-program-that-is-not-there"); !errors.Is(err, ErrAbsent) {
		t.Errorf("run = %v, want %v", err, ErrAbsent)
	}
}
