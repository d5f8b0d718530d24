package poppler_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"samenclaim/internal/poppler"
	"samenclaim/internal/poppler/popplertest"
)

func TestAPDFIsCountedReadAndDrawn(t *testing.T) {
	t.Parallel()
	pdf := popplertest.PDF(3, "Factuur 2020 van Fenna")
	if n, err := poppler.Pages(t.Context(), pdf); n != 3 || err != nil {
		t.Errorf("Pages = %d, %v, want 3", n, err)
	}
	if text, err := poppler.Text(t.Context(), pdf); err != nil || !strings.Contains(text, "Factuur 2020 van Fenna") {
		t.Errorf("Text = %q, %v", text, err)
	}
	picture, err := poppler.Picture(t.Context(), pdf, 2)
	if err != nil {
		t.Fatal(err)
	}
	head, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil || max(head.Width, head.Height) != 1400 {
		t.Errorf("the picture is %d by %d, %v", head.Width, head.Height, err)
	}
	if _, err := poppler.Picture(t.Context(), pdf, 4); !errors.Is(err, poppler.ErrUnreadable) {
		t.Errorf("a page that is not there: %v, want %v", err, poppler.ErrUnreadable)
	}
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		pdf  []byte
		want error
	}{
		{"a password", popplertest.Locked(), poppler.ErrLocked},
		{"no PDF", []byte("hello"), poppler.ErrUnreadable},
		{"nothing", nil, poppler.ErrUnreadable},
		{"half a PDF", popplertest.PDF(1, "x")[:60], poppler.ErrUnreadable},
	}
	for _, tt := range tests {
		if _, err := poppler.Pages(t.Context(), tt.pdf); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := poppler.Pages(gone, popplertest.PDF(1, "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("for somebody who has left: %v", err)
	}
}

func TestAGreedyPDFIsStopped(t *testing.T) {
	t.Parallel()
	if _, err := poppler.Picture(t.Context(), popplertest.Laughs(), 1); !errors.Is(err, poppler.ErrUnreadable) {
		t.Errorf("work without end: %v, want %v", err, poppler.ErrUnreadable)
	}
}

func TestNothingReachesADisk(t *testing.T) {
	t.Parallel()
	mark := fmt.Sprintf("MARK%d", os.Getpid())
	for range 3 {
		if _, err := poppler.Text(t.Context(), popplertest.PDF(1, mark)); err != nil {
			t.Fatal(err)
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range left {
		if content, err := os.ReadFile(name); err == nil && bytes.Contains(content, []byte(mark)) { //nolint:gosec // our own temporary folder
			t.Errorf("%s holds the PDF", name)
		}
	}
}
