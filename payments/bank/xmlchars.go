package bank

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"
)

var (
	errCharacter = errors.New("a character that XML does not allow")
	errReference = errors.New("a reference that is none of the five of XML")
	errCDATAEnd  = errors.New("]]> outside CDATA")
	errUTF8      = errors.New("broken UTF-8")
)

// plainText marks the bytes that need no second look.
var plainText = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = c != '&' && c != '<' && c != ']'
	}
	t['\t'], t['\n'] = true, true
	return t
}()

// isNameByte marks what the names of elements consist of; ISO 20022 uses ASCII only.
var isNameByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' || c == ':'
	}
	return t
}()

func nameStart(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// localName checks a name and takes the prefix off.
func localName(name []byte) ([]byte, bool) {
	for _, c := range name {
		if !isNameByte[c] {
			return nil, false
		}
	}
	local := name
	if at := bytes.IndexByte(name, ':'); at >= 0 {
		if local = name[at+1:]; !nameStart(name[0]) {
			return nil, false
		}
	}
	if len(local) == 0 || !nameStart(local[0]) || bytes.IndexByte(local, ':') >= 0 {
		return nil, false
	}
	return local, true
}

// content checks a piece of text and gives it with its references resolved
// and its line ends as \n. Text that needs no change is not copied; spare is
// used for the rest. Inside CDATA nothing is a reference.
func content(text, spare []byte, cdata bool) ([]byte, error) {
	i := 0
	for i < len(text) && plainText[text[i]] {
		i++
	}
	if i == len(text) {
		return text, nil
	}
	out := spare[:0]
	out = append(out, text[:i]...)
	var err error
	var n int
	for ; i < len(text) && err == nil; i += n {
		out, n, err = character(out, text[i:], cdata)
	}
	return out, err
}

// character appends the character at the start of text, and tells how long it is there.
func character(out, text []byte, cdata bool) ([]byte, int, error) {
	switch c := text[0]; {
	case plainText[c], cdata && (c == '&' || c == '<' || c == ']'):
		return append(out, c), 1, nil
	case c == ']':
		if bytes.HasPrefix(text, []byte("]]>")) {
			return nil, 0, errCDATAEnd
		}
		return append(out, c), 1, nil
	case c == '\r':
		if bytes.HasPrefix(text, []byte("\r\n")) {
			return append(out, '\n'), 2, nil
		}
		return append(out, '\n'), 1, nil
	case c == '&':
		r, n, err := reference(text)
		return utf8.AppendRune(out, r), n, err
	case c < 0x80:
		return nil, 0, errCharacter
	}
	r, n := utf8.DecodeRune(text)
	switch {
	case r == utf8.RuneError && n == 1:
		return nil, 0, errUTF8
	case !isChar(r):
		return nil, 0, errCharacter
	}
	return append(out, text[:n]...), n, nil
}

// isChar is the production Char of XML 1.0.
func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// reference resolves the reference at the start of text: one of the five of
// XML, or a character by its number. There are no others, so none can grow.
func reference(text []byte) (rune, int, error) {
	end := bytes.IndexByte(text[:min(len(text), 12)], ';')
	if end < 0 {
		return 0, 0, errReference
	}
	switch name := string(text[1:end]); {
	case name == "amp":
		return '&', end + 1, nil
	case name == "lt":
		return '<', end + 1, nil
	case name == "gt":
		return '>', end + 1, nil
	case name == "quot":
		return '"', end + 1, nil
	case name == "apos":
		return '\'', end + 1, nil
	case len(name) > 2 && name[:2] == "#x":
		return numbered(name[2:], 16, end+1)
	case len(name) > 1 && name[0] == '#':
		return numbered(name[1:], 10, end+1)
	}
	return 0, 0, errReference
}

func numbered(digits string, base, n int) (rune, int, error) {
	r, err := strconv.ParseUint(digits, base, 32)
	if err != nil || r > utf8.MaxRune {
		return 0, 0, errReference
	}
	if !isChar(rune(r)) {
		return 0, 0, errCharacter
	}
	return rune(r), n, nil
}
