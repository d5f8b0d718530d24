package bank

import (
	"bytes"
	"errors"
	"io"
)

// maxToken bounds the memory of one tag, text or comment.
const maxToken = 1 << 20

var (
	errTooLarge = errors.New("the file is too large")
	errTooLong  = errors.New("one piece of text or one tag is longer than a million bytes")
)

// buffer is a window on a stream: what lies between pos and end was read and not yet used.
type buffer struct {
	r        io.Reader
	data     []byte
	pos, end int
	lines    int // line ends before data
	left     int64
	done     bool
}

func newBuffer(r io.Reader, maxBytes int64) *buffer {
	return &buffer{r: r, data: make([]byte, 64<<10), left: maxBytes}
}

// line is the line that pos is on.
func (b *buffer) line() int { return 1 + b.lines + bytes.Count(b.data[:b.pos], []byte{'\n'}) }

// more reads on, keeping what is unused; false at the end of the file. It
// moves the window: slices taken before are no longer valid.
func (b *buffer) more() (bool, error) {
	if b.done {
		return false, nil
	}
	if b.pos > 0 {
		b.lines += bytes.Count(b.data[:b.pos], []byte{'\n'})
		b.end = copy(b.data, b.data[b.pos:b.end])
		b.pos = 0
	}
	if b.end == len(b.data) {
		if b.end >= maxToken {
			return false, errTooLong
		}
		b.data = append(b.data, make([]byte, len(b.data))...)
	}
	for range 100 {
		n, err := b.r.Read(b.data[b.end:])
		b.end += n
		if b.left -= int64(n); b.left < 0 {
			return false, errTooLarge
		}
		switch {
		case errors.Is(err, io.EOF):
			b.done = true
			return n > 0, nil
		case err != nil:
			return false, err
		case n > 0:
			return true, nil
		}
	}
	return false, io.ErrNoProgress
}

// have makes sure that n unused bytes are in the window, if the file has them.
func (b *buffer) have(n int) (bool, error) {
	for b.end-b.pos < n {
		if ok, err := b.more(); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// find gives the distance from pos to the first mark at or after the distance from, or -1.
func (b *buffer) find(mark []byte, from int) (int, error) {
	for {
		if b.pos+from <= b.end {
			if at := bytes.Index(b.data[b.pos+from:b.end], mark); at >= 0 {
				return from + at, nil
			}
		}
		from = max(from, b.end-b.pos-len(mark)+1)
		ok, err := b.more()
		if err != nil {
			return -1, err
		}
		if !ok {
			return -1, nil
		}
	}
}

// take uses the next n bytes.
func (b *buffer) take(n int) []byte {
	piece := b.data[b.pos : b.pos+n]
	b.pos += n
	return piece
}
