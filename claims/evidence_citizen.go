package claims

import (
	"regexp"
	"strings"
)

// nineDigits is a number as people write a BSN: in one piece, or in groups.
var nineDigits = regexp.MustCompile(`\d[\d. -]*\d`)

// taxNumber is a VAT number, which has nine digits that pass the same check and are public.
var taxNumber = regexp.MustCompile(`(?i)\bNL[ .]?\d{9}[ .]?B[ .]?\d{2}\b`)

// hasCitizenNo reports whether a text holds a number that may be somebody's
// BSN, the Dutch citizen number: nine digits that pass the check of eleven.
func hasCitizenNo(text string) bool {
	for _, run := range nineDigits.FindAllString(taxNumber.ReplaceAllString(text, "x"), -1) {
		for group := range strings.FieldsFuncSeq(run, func(r rune) bool { return r == ' ' || r == '-' }) {
			if passesEleven(strings.ReplaceAll(group, ".", "")) {
				return true
			}
		}
		if grouped.MatchString(run) && passesEleven(strings.NewReplacer(" ", "", ".", "", "-", "").Replace(run)) {
			return true
		}
	}
	return false
}

// grouped is how nine digits are written in groups, alone on their place.
var grouped = regexp.MustCompile(`^(\d{3}[ .-]\d{3}[ .-]\d{3}|\d{4}[ .-]\d{2}[ .-]\d{3})$`)

// passesEleven is the check of a BSN: weights nine to two, and minus one for the last digit.
func passesEleven(digits string) bool {
	if len(digits) != 9 || digits == "000000000" {
		return false
	}
	sum := -int(digits[8] - '0')
	for i, d := range digits[:8] {
		sum += (9 - i) * int(d-'0')
	}
	return sum%11 == 0
}
