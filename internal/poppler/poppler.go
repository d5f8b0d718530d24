// Package poppler looks into PDFs of strangers with the programs of Poppler.
// Each runs in a process of its own that gets the bytes through a pipe, can write
// no file, and ends when it takes too much time or memory.
package poppler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrAbsent means that Poppler is not installed here.
	ErrAbsent = errors.New("poppler is not installed")
	// ErrLocked means that the PDF opens with a password only.
	ErrLocked = errors.New("the pdf opens with a password only")
	// ErrUnreadable means that Poppler cannot make anything of the PDF within its limits.
	ErrUnreadable = errors.New("the pdf cannot be read")
)

const (
	maxText    = 4 << 20
	maxPicture = 32 << 20
	maxSide    = 1400 // of a page as a picture, in pixels
	wallTime   = 15 * time.Second
)

// running lets a few processes run at a time, so that a crowd does not fill the memory.
var running = make(chan struct{}, 2)

// Installed reports whether PDFs can be looked into here.
func Installed() bool {
	for _, name := range []string{"pdfinfo", "pdftotext", "pdftoppm"} {
		if _, err := exec.LookPath(name); err != nil {
			return false
		}
	}
	return true
}

var pageCount = regexp.MustCompile(`(?m)^Pages:\s+(\d+)$`)

// Pages counts the pages of a PDF that opens without a password.
func Pages(ctx context.Context, pdf []byte) (int, error) {
	out, err := run(ctx, pdf, maxText, "pdfinfo", "-")
	if err != nil {
		return 0, err
	}
	found := pageCount.FindSubmatch(out)
	if found == nil {
		return 0, ErrUnreadable
	}
	return strconv.Atoi(string(found[1]))
}

// Text is the text layer of a PDF, as far as it fits.
func Text(ctx context.Context, pdf []byte) (string, error) {
	out, err := run(ctx, pdf, maxText, "pdftotext", "-q", "-enc", "UTF-8", "-", "-")
	return string(out), err
}

// Picture draws one page, counted from 1, as a PNG.
func Picture(ctx context.Context, pdf []byte, page int) ([]byte, error) {
	n := strconv.Itoa(page)
	out, err := run(ctx, pdf, maxPicture, "pdftoppm", "-q", "-png", "-f", n, "-l", n, "-scale-to", strconv.Itoa(maxSide), "-")
	if err == nil && !bytes.HasPrefix(out, []byte("\x89PNG")) {
		return nil, ErrUnreadable
	}
	return out, err
}

// run feeds the PDF to a program and returns what it prints, up to a limit.
func run(ctx context.Context, pdf []byte, limit int, name string, args ...string) ([]byte, error) {
	program, err := exec.LookPath(name)
	if err != nil {
		return nil, ErrAbsent
	}
	select {
	case running <- struct{}{}:
		defer func() { <-running }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	bounded, cancel := context.WithTimeout(ctx, wallTime)
	defer cancel()
	cmd := exec.CommandContext(bounded, program, args...) //nolint:gosec // programs and arguments are fixed by the functions above
	cmd.Dir, cmd.Env, cmd.WaitDelay = "/", []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}, time.Second
	out, complaints := &capped{room: limit, full: cancel}, &capped{room: 4 << 10}
	cmd.Stdout, cmd.Stderr = out, complaints
	err = feed(cmd, pdf)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case strings.Contains(complaints.kept.String(), "Incorrect password"):
		return nil, ErrLocked
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w", ErrUnreadable, name, err) // never what it prints: that may quote the file
	}
	return out.kept.Bytes(), nil
}

// feed starts the program, sets its limits before it has seen one byte, and hands the PDF over.
func feed(cmd *exec.Cmd, pdf []byte) error {
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := confine(cmd.Process.Pid); err != nil {
		return errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	_, _ = in.Write(pdf) // a program that has had enough closes its end: why, its end tells
	_ = in.Close()
	return cmd.Wait()
}

// capped keeps what is printed until there is too much of it.
type capped struct {
	kept bytes.Buffer // not embedded: it would be filled past Write
	room int
	full func() // nil: the rest is dropped
}

func (c *capped) Write(p []byte) (int, error) {
	if c.room -= len(p); c.room >= 0 {
		return c.kept.Write(p)
	}
	if c.full == nil {
		return len(p), nil
	}
	c.full()
	return 0, io.ErrShortWrite
}
