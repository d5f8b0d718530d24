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

// blocks cuts a file into tags. Around them banks put envelopes and lines of
// their own; those are passed over.
func blocks(r io.Reader, maxBytes int64, each func(block) error) error {
	lines := bufio.NewScanner(io.LimitReader(r, maxBytes+1))
	lines.Buffer(make([]byte, 0, 64<<10), maxToken)
	var b block
	n, size := 0, int64(0)
	flush := func(tag string) error {
		done := b
		b = block{tag: tag, line: n}
		if done.tag == "" {
			return nil
		}
		return each(done)
	}
	for lines.Scan() {
		n++
		if size += int64(len(lines.Bytes())) + 1; size > maxBytes {
			return untrusted(n, "%v", errTooLarge)
		}
		line := decodeLine(lines.Bytes())
		var err error
		switch m := tagStart.FindStringSubmatch(line); {
		case m != nil:
			err = flush(m[1])
			b.lines = append(b.lines, line[len(m[0]):])
		case endsMessage(line):
			if err = flush(""); err == nil {
				err = each(block{line: n})
			}
		case b.tag != "" && len(b.lines) < maxBlockLines:
			b.lines = append(b.lines, line)
		case b.tag != "":
			return untrusted(n, "%v", errTooMany)
		}
		if err != nil {
			return err
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return untrusted(n, "%v", errTooLong)
	} else if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	if err := flush(""); err != nil {
		return err
	}
	return each(block{line: n})
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
