package participants

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest name we keep, in characters.
const maxName = 200

var (
	// ErrNameEmpty means nothing readable was filled in.
	ErrNameEmpty = errors.New("nothing was filled in")
	// ErrTextLong means a text has more characters than fit.
	ErrTextLong = errors.New("the text is too long")
	// ErrTextCharacters means a text holds signs that steer instead of being read; the error names the first.
	ErrTextCharacters = errors.New("the text holds characters that cannot be used")
)

// CleanName is a name as we keep it: exactly as typed, without the blanks and
// invisible signs that creep in when people paste.
func CleanName(s string) (string, error) {
	s, err := CleanText(s, maxName)
	if err == nil && s == "" {
		err = ErrNameEmpty
	}
	return s, err
}

// CleanText is one line of text as we keep it, of at most so many characters; it may be empty.
func CleanText(s string, most int) (string, error) {
	s, err := readable(s, most, false)
	if err != nil {
		return "", err
	}
	s = strings.Join(strings.Fields(s), " ")
	return s, fits(s, most)
}

// CleanLines is a text of several lines as we keep it, of at most so many characters; it may be empty.
func CleanLines(s string, most int) (string, error) {
	s, err := readable(strings.ReplaceAll(s, "\r\n", "\n"), most, true)
	if err != nil {
		return "", err
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	s = strings.Trim(strings.Join(lines, "\n"), "\n ")
	return s, fits(s, most)
}

func fits(s string, most int) error {
	if n := utf8.RuneCountInString(s); n > most {
		return fmt.Errorf("%w: %d characters, at most %d", ErrTextLong, n, most)
	}
	return nil
}

// readable brings a text into one spelling (NFC), turns every kind of blank
// into a space, takes out what cannot be seen, and refuses what steers.
func readable(s string, most int, lines bool) (string, error) {
	if len(s) > 64*(most+16) { // no need to read a book to know that it is too long
		return "", fmt.Errorf("%w: at most %d characters", ErrTextLong, most)
	}
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%w: not UTF-8", ErrTextCharacters)
	}
	var b strings.Builder
	loose := true      // whether nothing stands before that a joiner could join
	joiner := rune(-1) // one that waits for what it joins
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == '\n' && lines:
			b.WriteRune(r)
		case r == '\t', unicode.Is(unicode.Z, r):
			b.WriteByte(' ')
		case forbidden(r):
			return "", fmt.Errorf("%w: U+%04X", ErrTextCharacters, r)
		case joins(r):
			if !loose {
				joiner = r
			}
			continue
		case invisible(r):
			continue
		default:
			if joiner >= 0 && !stands(r) {
				b.WriteRune(joiner)
			}
			b.WriteRune(r)
		}
		loose, joiner = stands(r), -1
	}
	return norm.NFC.String(b.String()), nil
}

// invisible signs have no meaning of their own; two names that look the same should be the same.
func invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u034f', '\u061c', '\u180e', '\u200b', '\u200e', '\u200f', '\u2060', '\ufeff':
		return true
	}
	return false
}

// joins knows the signs that are invisible too, but with which several scripts
// and family emoji are spelled.
func joins(r rune) bool { return r == '\u200c' || r == '\u200d' }

// stands are characters that never join with their neighbours.
func stands(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Z, unicode.Cc, unicode.Nd) }

// forbidden are control signs, the marks that turn the direction of text around,
// and code points that are no characters.
func forbidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Co, r), r == utf8.RuneError:
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u206f', r >= '\ufff9' && r <= '\ufffb':
		return true
	case r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return true
	}
	return false
}
