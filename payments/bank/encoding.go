package bank

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// xmlDeclaration is the first line of an XML file, with its encoding.
var xmlDeclaration = regexp.MustCompile(`^<\?xml\s+version\s*=\s*(?:"1\.0"|'1\.0')` +
	`(?:\s+encoding\s*=\s*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?` +
	`(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>`)

// charsets are the encodings in which banks write; UTF-8 needs no decoder.
var charsets = map[string]encoding.Encoding{
	"UTF-8": nil, "UTF8": nil, "US-ASCII": nil, "ASCII": nil,
	"ISO-8859-1": charmap.ISO8859_1, "ISO8859-1": charmap.ISO8859_1, "LATIN1": charmap.ISO8859_1,
	"ISO-8859-15": charmap.ISO8859_15, "WINDOWS-1252": charmap.Windows1252,
}

// wide finds UTF-16 by its first bytes.
func wide(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{'<', 0}), bytes.HasPrefix(head, []byte{':', 0}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.HasPrefix(head, []byte{0, '<'}), bytes.HasPrefix(head, []byte{0, ':'}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}

// opened is a file of which the first bytes have been looked at.
type opened struct {
	*bufio.Reader
	head []byte
	wide bool
}

// open looks at the first bytes of a file and takes off what only marks its encoding.
func open(r io.Reader) (opened, error) {
	in := bufio.NewReaderSize(r, 4096)
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return opened{}, fmt.Errorf("reading: %w", err)
	}
	utf16 := wide(head)
	if utf16 != nil {
		in = bufio.NewReaderSize(utf16.NewDecoder().Reader(in), 4096)
	} else if bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}) {
		_, _ = in.Discard(3)
	}
	head, err = in.Peek(2048)
	if err != nil && !errors.Is(err, io.EOF) {
		return opened{}, fmt.Errorf("reading: %w", err)
	}
	return opened{Reader: in, head: head, wide: utf16 != nil}, nil
}

// xmlText takes off the declaration of an XML file and gives the rest as UTF-8.
func (o opened) xmlText() (io.Reader, error) {
	if !bytes.HasPrefix(o.head, []byte("<?xml")) || len(o.head) > 5 && isNameByte[o.head[5]] {
		return o.Reader, nil
	}
	m := xmlDeclaration.FindSubmatch(o.head)
	if m == nil {
		return nil, untrusted(1, "the XML declaration is broken")
	}
	name := strings.ToUpper(string(m[1]) + string(m[2]))
	if _, err := o.Discard(len(m[0])); err != nil {
		return nil, err
	}
	if strings.HasPrefix(name, "UTF-16") != o.wide && name != "" {
		return nil, untrusted(1, "the file says it is in %s and is not", name)
	}
	if name == "" || o.wide {
		return o.Reader, nil
	}
	charset, ok := charsets[name]
	if !ok {
		return nil, untrusted(1, "the encoding %s is none that banks use", name)
	}
	if charset == nil {
		return o.Reader, nil
	}
	return charset.NewDecoder().Reader(o.Reader), nil
}

// mt940Start is how files in the format of SWIFT begin, after the lines of their own some banks put in front.
var mt940Start = regexp.MustCompile(`(?m)^(?:\{1:|:940:|:20:)`)

// what tells what kind of file this is: xml, mt940, or words for what else was found.
func (o opened) what() string {
	head := bytes.TrimLeft(o.head, " \t\r\n")
	switch {
	case len(o.head) == 0:
		return "an empty file"
	case bytes.HasPrefix(head, []byte("%PDF")):
		return "a PDF file"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "a ZIP file: unpack it first"
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return "a compressed file: unpack it first"
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return "an Office file"
	case bytes.HasPrefix(head, []byte{'<'}):
		return "xml"
	case mt940Start.Match(o.head):
		return "mt940"
	case bytes.IndexByte(o.head, 0) >= 0:
		return "a file that is no text"
	}
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	if bytes.Count(line, []byte{';'}) > 2 || bytes.Count(line, []byte{','}) > 2 || bytes.Count(line, []byte{'\t'}) > 2 {
		return "a table (CSV); ask the bank for camt.053"
	}
	return "a text that is neither camt.053 nor MT940"
}
