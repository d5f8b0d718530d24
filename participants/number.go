package participants

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Number is a participation number such as ZM-4F7K-29QD: the letters of the
// claim, seven characters by chance, and a check character.
type Number string

var (
	// ErrNumber means a text is not a participation number.
	ErrNumber = errors.New("this is not a participation number")
	// ErrNumberCheck means it looks like one, but holds a slip of the finger.
	ErrNumberCheck = fmt.Errorf("%w: the check character does not fit", ErrNumber)
)

// numberAlphabet has no characters that are easily mistaken for each other: no
// 0 and O, no 1, I and L, no S beside 5, no U beside V. There are 29 of them, a
// prime, so that the check character finds every single wrong character and
// every two neighbours that changed places.
const numberAlphabet = "23456789ABCDEFGHJKMNPQRTVWXYZ"

// digitValues are the values that the letters left out of the alphabet leave free.
var digitValues = [...]int{26, 27, 28, 'I' - 'A', 'L' - 'A', 'O' - 'A', 'S' - 'A', 'U' - 'A'}

// NewNumber makes up a number by chance for a claim with the given two letters.
func NewNumber(prefix string) Number {
	body := make([]byte, 0, 8)
	var dice [16]byte
	for len(body) < 7 {
		_, _ = rand.Read(dice[:]) // never fails
		for _, d := range dice {
			if top := byte(256 / 29 * 29); d < top && len(body) < 7 { // the rest would favour some characters
				body = append(body, numberAlphabet[d%29])
			}
		}
	}
	for _, c := range numberAlphabet {
		if whole := string(body) + string(c); checks(prefix + whole) {
			return Number(prefix + "-" + whole[:4] + "-" + whole[4:])
		}
	}
	panic("unreachable: the alphabet has a character for every remainder of 29")
}

// ParseNumber reads a number as people copy it: with or without hyphens,
// blanks, capitals, and with an S for a 5 or a U for a V.
func ParseNumber(s string) (Number, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), invisible(r), r == '.', r == '_', unicode.Is(unicode.Pd, r):
		case r >= 'a' && r <= 'z':
			b.WriteRune(r - 'a' + 'A')
		default:
			b.WriteRune(r)
		}
	}
	s = b.String()
	if len(s) != 10 {
		return "", ErrNumber
	}
	prefix, body := s[:2], strings.NewReplacer("S", "5", "U", "V").Replace(s[2:])
	for i := range len(body) {
		if strings.IndexByte(numberAlphabet, body[i]) < 0 {
			return "", ErrNumber
		}
	}
	if strings.Trim(prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", ErrNumber
	}
	if !checks(prefix + body) {
		return "", ErrNumberCheck
	}
	return Number(prefix + "-" + body[:4] + "-" + body[4:]), nil
}

// checks weighs the characters from the right by 1, 2, 3 …; the sum is a multiple of 29.
func checks(s string) bool {
	sum := 0
	for i := range len(s) {
		c := s[len(s)-1-i]
		value := int(c) - 'A'
		if c <= '9' {
			value = digitValues[c-'2']
		}
		sum += (i + 1) * value
	}
	return sum%29 == 0
}

// String is the number as it is printed and stored.
func (n Number) String() string { return string(n) }
