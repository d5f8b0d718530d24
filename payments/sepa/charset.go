package sepa

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Transliterate writes a text in the letters that every SEPA bank can read.
// Accents go, other alphabets are spelled in Latin letters, and what cannot be
// spelled becomes a point: nothing disappears without a trace.
func Transliterate(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		spell(&b, r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// plain is the usual case: nothing to be done.
func plain(s string) bool {
	for i := range len(s) {
		if !allowed(rune(s[i])) || s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

func allowed(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
		r < 0x80 && strings.ContainsRune("/-?:().,'+ ", r)
}

func spell(b *strings.Builder, r rune) {
	switch {
	case allowed(r):
		b.WriteRune(r)
		return
	case unicode.IsSpace(r):
		b.WriteByte(' ')
		return
	}
	if latin, ok := spelled(r); ok {
		b.WriteString(latin)
		return
	}
	wrote := false
	for _, d := range norm.NFKD.String(string(r)) {
		switch latin, ok := spelled(d); {
		case allowed(d):
			b.WriteRune(d)
			wrote = true
		case ok:
			b.WriteString(latin)
			wrote = true
		}
	}
	if !wrote && !unicode.Is(unicode.Mn, r) { // a loose accent belongs to the letter before it
		b.WriteByte('.')
	}
}

// spelled looks a letter up in the table, upper case by way of lower case.
func spelled(r rune) (string, bool) {
	if latin, ok := spellings[r]; ok {
		return latin, true
	}
	low := unicode.ToLower(r)
	latin, ok := spellings[low]
	if !ok || low == r {
		return "", false
	}
	if latin == "" {
		return "", true
	}
	return strings.ToUpper(latin[:1]) + latin[1:], true
}

// spellings are the letters and signs that do not fall apart into a Latin
// letter and an accent: the Latin extras, Greek and Cyrillic after the table of
// the European Payments Council, and signs with a usual stand-in.
var spellings = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'þ': "th", 'ı': "i", 'ħ': "h",
	'ŋ': "n", 'ŧ': "t", 'ĸ': "k", 'ə': "e",

	'&': "+", '_': "-", '–': "-", '—': "-", '‐': "-", '‑': "-", '−': "-", ';': ",", '"': "'", '`': "'", '´': "'",
	'‘': "'", '’': "'", '‚': "'", 'ʼ': "'", 'ʻ': "'", '“': "'", '”': "'", '„': "'", '«': "'", '»': "'",
	'[': "(", ']': ")", '{': "(", '}': ")", '\\': "/", '|': "/", '¿': "?", '€': "EUR", '…': "...",

	'α': "a", 'β': "v", 'γ': "g", 'δ': "d", 'ε': "e", 'ζ': "z", 'η': "i", 'θ': "th", 'ι': "i", 'κ': "k", 'λ': "l", 'μ': "m",
	'ν': "n", 'ξ': "x", 'ο': "o", 'π': "p", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t", 'υ': "y", 'φ': "f", 'χ': "ch",
	'ψ': "ps", 'ω': "o",

	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "y", 'к': "k", 'л': "l",
	'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "h", 'ц': "ts", 'ч': "ch",
	'ш': "sh", 'щ': "sht", 'ъ': "a", 'ы': "y", 'ь': "y", 'э': "e", 'ю': "yu", 'я': "ya", 'ё': "e",
	'є': "ye", 'і': "i", 'ї': "yi", 'ґ': "g", 'ў': "u", 'ђ': "dj", 'ј': "j", 'љ': "lj", 'њ': "nj", 'ћ': "c", 'џ': "dz", 'ѕ': "dz",
}
