package bank

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxDepth is deeper than any statement goes.
const maxDepth = 32

// token is what the scanner came upon.
type token int

const (
	startTag token = iota
	endTag
	charData
)

// scanner cuts an XML document into tags and text. It is written for bank
// files, where the usual decoder is too slow and too kind: it takes the subset
// that every bank writes, and refuses what a statement has no business with
// (document types, other entities, names outside ASCII), a document that is
// not well-formed, and anything after its end.
type scanner struct {
	*buffer
	local   []byte // local name of the tag
	tag     []byte // the raw attributes of a start tag
	text    []byte
	spare   []byte
	open    []byte // the names of the open elements, one after the other
	starts  []int  // where each begins in open
	closing bool   // the start tag just given closes itself
	rooted  bool   // the root element has been seen
}

var (
	errDocType  = errors.New("a document type, which statements never have")
	errDeep     = errors.New("elements nested too deeply")
	errAfter    = errors.New("something outside the document")
	errMarkup   = errors.New("broken markup")
	errCut      = errors.New("the file ends too early")
	errNoRoot   = errors.New("no document in it")
	errMismatch = errors.New("an end tag that closes another element")
)

// next gives the next tag or text, io.EOF after a complete document. What it
// points to is valid until the next call.
func (s *scanner) next() (token, error) {
	if s.closing {
		s.closing = false
		s.pop()
		return endTag, nil
	}
	for {
		ok, err := s.have(1)
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, s.atEnd()
		}
		if s.data[s.pos] != '<' {
			return charData, s.scanText()
		}
		if ok, err = s.have(2); err != nil || !ok {
			return 0, orElse(err, errCut)
		}
		switch s.data[s.pos+1] {
		case '/':
			return endTag, s.scanEnd()
		case '?':
			err = s.scanInstruction()
		case '!':
			var given bool
			if given, err = s.scanMarkup(); given && err == nil {
				return charData, nil
			}
		default:
			return startTag, s.scanStart()
		}
		if err != nil {
			return 0, err
		}
	}
}

func (s *scanner) atEnd() error {
	switch {
	case len(s.starts) > 0:
		return errCut
	case !s.rooted:
		return errNoRoot
	}
	return io.EOF
}

func (s *scanner) scanText() error {
	n, err := s.find([]byte{'<'}, 0)
	if err != nil {
		return err
	}
	if n < 0 {
		n = s.end - s.pos
	}
	raw := s.take(n)
	if len(s.starts) == 0 {
		if s.text = nil; len(bytes.Trim(raw, " \t\r\n")) > 0 {
			return errAfter
		}
		return nil
	}
	return s.setText(raw, false)
}

func (s *scanner) setText(raw []byte, cdata bool) error {
	text, err := content(raw, s.spare, cdata)
	if err != nil {
		return err
	}
	if len(text) > 0 && (len(raw) == 0 || &text[0] != &raw[0]) {
		s.spare = text
	}
	s.text = text
	return nil
}

func (s *scanner) scanInstruction() error {
	n, err := s.find([]byte("?>"), 2)
	if err != nil || n < 0 {
		return orElse(err, errCut)
	}
	body := s.take(n + 2)[2:n]
	at := bytes.IndexFunc(body, func(r rune) bool { return r < 0x80 && isSpace(byte(r)) })
	target := body
	if at >= 0 {
		target = body[:at]
	}
	// The declaration was taken off before: here it would be a second one.
	if _, ok := localName(target); !ok || bytes.EqualFold(target, []byte("xml")) {
		return errMarkup
	}
	_, err = content(body, s.spare, true)
	return err
}

// scanMarkup reads what starts with <!: a comment, or CDATA, which is text.
func (s *scanner) scanMarkup() (given bool, err error) {
	if ok, err := s.have(4); err != nil || !ok {
		return false, orElse(err, errCut)
	}
	if string(s.data[s.pos:s.pos+4]) == "<!--" {
		n, err := s.find([]byte("--"), 4)
		if err != nil || n < 0 {
			return false, orElse(err, errCut)
		}
		if ok, err := s.have(n + 3); err != nil || !ok {
			return false, orElse(err, errCut)
		}
		if s.data[s.pos+n+2] != '>' { // -- may not stand inside a comment
			return false, errMarkup
		}
		_, err = content(s.take(n + 3)[4:n], s.spare, true)
		return false, err
	}
	if ok, err := s.have(9); err != nil {
		return false, err
	} else if !ok || string(s.data[s.pos:s.pos+9]) != "<![CDATA[" {
		return false, errDocType
	}
	if len(s.starts) == 0 {
		return false, errAfter
	}
	n, err := s.find([]byte("]]>"), 9)
	if err != nil || n < 0 {
		return false, orElse(err, errCut)
	}
	return true, s.setText(s.take(n + 3)[9:n], true)
}

func (s *scanner) scanEnd() error {
	n, err := s.find([]byte{'>'}, 2)
	if err != nil || n < 0 {
		return orElse(err, errCut)
	}
	name := s.take(n + 1)[2:n]
	for len(name) > 0 && isSpace(name[len(name)-1]) {
		name = name[:len(name)-1]
	}
	if len(s.starts) == 0 {
		return errAfter
	}
	if !bytes.Equal(name, s.open[s.starts[len(s.starts)-1]:]) {
		return errMismatch
	}
	s.pop()
	return nil
}

func (s *scanner) scanStart() error {
	n, err := s.tagEnd()
	if err != nil {
		return err
	}
	tag := s.take(n + 1)[1:n]
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		s.closing = true
		tag = tag[:len(tag)-1]
	}
	at := 0
	for at < len(tag) && !isSpace(tag[at]) {
		at++
	}
	if s.tag = tag[at:]; len(s.tag) > 0 {
		if err := checkAttributes(s.tag, s.spare); err != nil {
			return err
		}
	}
	return s.push(tag[:at])
}

// tagEnd gives the distance to the > that ends a tag; one may also stand inside quotes.
func (s *scanner) tagEnd() (int, error) {
	quote := byte(0)
	for at := 1; ; at++ {
		if s.pos+at >= s.end {
			if ok, err := s.more(); err != nil || !ok {
				return 0, orElse(err, errCut)
			}
		}
		switch c := s.data[s.pos+at]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return at, nil
		case c == '"', c == '\'':
			quote = c
		}
	}
}

func (s *scanner) push(name []byte) error {
	local, ok := localName(name)
	switch {
	case !ok:
		return errTag
	case len(s.starts) == 0 && s.rooted:
		return errAfter
	case len(s.starts) >= maxDepth:
		return errDeep
	}
	s.rooted = true
	s.starts = append(s.starts, len(s.open))
	s.open = append(s.open, name...)
	s.local = local
	return nil
}

// pop closes the innermost element, whose local name stays in local.
func (s *scanner) pop() {
	at := s.starts[len(s.starts)-1]
	name := s.open[at:]
	s.local = name[bytes.IndexByte(name, ':')+1:]
	s.open, s.starts = s.open[:at], s.starts[:len(s.starts)-1]
}

func orElse(err, otherwise error) error {
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	return otherwise
}
