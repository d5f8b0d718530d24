package bounce

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Seen counts what was in a mailbox.
type Seen struct {
	Messages int
	Other    int // no reports, or none that can be read
}

// ReadMailbox gives each report of a mailbox: a file with one message, a file of many (mbox), or a folder of
// files (maildir). What is no report is counted and left.
func ReadMailbox(path string, each func(Report) error) (seen Seen, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return seen, fmt.Errorf("read the mailbox: %w", err)
	}
	if !info.IsDir() {
		return seen, seen.file(path, each)
	}
	for _, sub := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(path, sub))
		if errors.Is(err, os.ErrNotExist) {
			return seen, fmt.Errorf("read the mailbox: %s has no folders new and cur, as a maildir has", path)
		}
		if err != nil {
			return seen, fmt.Errorf("read the mailbox: %w", err)
		}
		for _, e := range entries {
			if !e.Type().IsRegular() {
				continue
			}
			if err := seen.file(filepath.Join(path, sub, e.Name()), each); err != nil {
				return seen, err
			}
		}
	}
	return seen, nil
}

// file reads one file.
func (s *Seen) file(path string, each func(Report) error) error {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("read the mailbox: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	return s.read(f, each)
}

// read reads one message, or a file of many.
func (s *Seen) read(r io.Reader, each func(Report) error) error {
	b := bufio.NewReader(r)
	if begin, _ := b.Peek(5); string(begin) != "From " {
		return s.one(b, each)
	}
	return s.split(b, each)
}

// split reads a file of many messages (RFC 4155): each begins with a line "From ", behind an empty one. Of
// a message no more is kept than a report may weigh.
func (s *Seen) split(b *bufio.Reader, each func(Report) error) error {
	var message bytes.Buffer
	begun, blank, whole := false, true, true // whole: what comes begins a line
	for {
		piece, err := b.ReadSlice('\n') // of a line that is longer than the buffer, a piece
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read the mailbox after message %d: %w", s.Messages, err)
		}
		last := errors.Is(err, io.EOF)
		starts := whole && blank && bytes.HasPrefix(piece, []byte("From "))
		if begun && (starts || last) {
			if last && message.Len() < maxReport {
				message.Write(piece)
			}
			if err := s.one(&message, each); err != nil {
				return err
			}
			message.Reset()
		}
		if last {
			return nil
		}
		if begun = true; !starts && message.Len() < maxReport {
			message.Write(unquoted(piece, whole))
		}
		blank = whole && len(bytes.TrimRight(piece, "\r\n")) == 0
		whole = err == nil
	}
}

// unquoted takes away the sign with which a mailbox keeps a line of a message from beginning the next one.
func unquoted(line []byte, whole bool) []byte {
	if whole && bytes.HasPrefix(line, []byte(">From ")) {
		return line[1:]
	}
	return line
}

func (s *Seen) one(m io.Reader, each func(Report) error) error {
	s.Messages++
	report, err := Read(m)
	if errors.Is(err, ErrNoReport) {
		s.Other++
		return nil
	}
	if err != nil {
		return fmt.Errorf("read message %d: %w", s.Messages, err)
	}
	return each(report)
}
