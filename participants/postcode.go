package participants

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
)

var (
	// ErrPostcode means a text is not a Dutch postcode such as 1234 AB.
	ErrPostcode = errors.New("this is not a postcode like 1234 AB")
	// ErrHouseNumber means a text does not start with a house number.
	ErrHouseNumber = errors.New("this is not a house number")
)

// No Dutch postcode starts with 0, and SA, SD and SS are not given out.
var (
	postcodeForm    = regexp.MustCompile(`^[1-9][0-9]{3}[A-Z]{2}$`)
	houseNumberForm = regexp.MustCompile(`^([1-9][0-9]{0,4})((?: ?[-–/] ?| )[\pL0-9][\pL0-9 /-]{0,11}|\pL[\pL0-9 /-]{0,11})?$`)
)

// CleanPostcode is a Dutch postcode as we keep it: 1234 AB.
func CleanPostcode(s string) (string, error) {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || invisible(r) || r == '-' || r == '.' {
			return -1
		}
		return r
	}, s))
	if !postcodeForm.MatchString(s) {
		return "", ErrPostcode
	}
	switch s[4:] {
	case "SA", "SD", "SS":
		return "", ErrPostcode
	}
	return s[:4] + " " + s[4:], nil
}

// CleanHouseNumber takes apart what people type as a house number: "12-a" is 12 and addition a.
func CleanHouseNumber(s string) (number, addition string, err error) {
	s, err = CleanText(s, 20)
	if err != nil {
		return "", "", ErrHouseNumber
	}
	m := houseNumberForm.FindStringSubmatch(s)
	if m == nil {
		return "", "", ErrHouseNumber
	}
	return m[1], strings.TrimLeft(m[2], " -–/"), nil
}
