package bank

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// block is one tag of an MT940 file with its lines.
type block struct {
	tag   string // such as 61; empty at the end of a message
	lines []string
	line  int
}

// maxBlockLines is more than any tag has; the format allows seven.
const maxBlockLines = 200

var tagStart = regexp.MustCompile(`^:([0-9]{2}[A-Z]?|NS|940):`)

// cutter gathers the lines of one tag until the next.
type cutter struct {
	each func(block) error
	b    block
	n    int // lines so far
}

// blocks cuts a file into tags. Around them banks put envelopes and lines of
// their own; those are passed over.
func blocks(r io.Reader, maxBytes int64, each func(block) error) error {
	lines := bufio.NewScanner(io.LimitReader(r, maxBytes+1))
	lines.Buffer(make([]byte, 0, 64<<10), maxToken)
	c := &cutter{each: each}
	for size := int64(0); lines.Scan(); {
		c.n++
		if size += int64(len(lines.Bytes())) + 1; size > maxBytes {
			return untrusted(c.n, "%v", errTooLarge)
		}
		if err := c.line(decodeLine(lines.Bytes())); err != nil {
			return err
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return untrusted(c.n, "%v", errTooLong)
	case err != nil:
		return fmt.Errorf("reading: %w", err)
	}
	return c.end()
}

func (c *cutter) line(line string) error {
	if m := tagStart.FindStringSubmatch(line); m != nil {
		err := c.flush(m[1])
		c.b.lines = append(c.b.lines, line[len(m[0]):])
		return err
	}
	switch {
	case endsMessage(line):
		return c.end()
	case c.b.tag == "":
	case len(c.b.lines) >= maxBlockLines:
		return untrusted(c.n, "%v", errTooMany)
	default:
		c.b.lines = append(c.b.lines, line)
	}
	return nil
}

// flush hands over the tag that is complete and begins the next.
func (c *cutter) flush(tag string) error {
	done := c.b
	c.b = block{tag: tag, line: c.n}
	if done.tag == "" {
		return nil
	}
	return c.each(done)
}

func (c *cutter) end() error {
	if err := c.flush(""); err != nil {
		return err
	}
	return c.each(block{line: c.n})
}

// endsMessage knows the line of a hyphen behind a message, and the envelope in front of the next.
func endsMessage(line string) bool {
	line = strings.TrimRight(line, " ")
	return line == "-" || strings.HasPrefix(line, "-}") || strings.HasPrefix(line, "-XXX") || strings.HasPrefix(line, "{1:")
}

// decodeLine takes the control signs off and reads a line as UTF-8 or, if it is none, as Latin-1.
func decodeLine(raw []byte) string {
	raw = bytes.TrimRight(bytes.Trim(raw, "\x00\x01\x02\x03\x1a"), "\r")
	if utf8.Valid(raw) {
		return string(raw)
	}
	text, err := charmap.ISO8859_1.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), ".")
	}
	return string(text)
}
