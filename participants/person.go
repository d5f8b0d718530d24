package participants

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"samenclaim/internal/vault"
)

// personIndex is by what two accounts of one person are found: a keyed hash of
// the name, the postcode and the house number, however they are written. Where
// there is no postcode, street and town stand for it.
func personIndex(v *vault.Vault, name string, a Address) []byte {
	place := plain(a.Postcode) + "|" + plain(a.HouseNumber)
	if a.Postcode == "" || a.HouseNumber == "" {
		place = plain(a.Street) + "|" + plain(a.HouseNumber) + "|" + plain(a.City)
	}
	return v.Index("person", plain(name)+"|"+plain(a.Country)+"|"+place)
}

// plain are the letters and digits of a text, without capitals, accents, blanks and signs.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, norm.NFKD.String(cases.Fold().String(s)))
}
