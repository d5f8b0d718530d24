package participants

import (
	_ "embed" // the table of countries
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// IBAN is a checked account number, without blanks and in capitals. It prints
// masked; string(iban) is the number itself, for storing and for the bank.
type IBAN string

var (
	// ErrIBAN means a text is not a usable account number; the errors below say why.
	ErrIBAN = errors.New("this is not a valid IBAN")
	// ErrIBANEmpty means nothing was filled in.
	ErrIBANEmpty = fmt.Errorf("%w: it is empty", ErrIBAN)
	// ErrIBANCharacters means there are signs in it that do not belong in an IBAN.
	ErrIBANCharacters = fmt.Errorf("%w: it has other signs than letters and digits", ErrIBAN)
	// ErrIBANCountry means it does not start with a country that has IBANs.
	ErrIBANCountry = fmt.Errorf("%w: it does not start with a country that has IBANs", ErrIBAN)
	// ErrIBANLength means it is too short or too long for its country.
	ErrIBANLength = fmt.Errorf("%w: it does not have the length of its country", ErrIBAN)
	// ErrIBANStructure means there are letters where digits belong, or the other way round.
	ErrIBANStructure = fmt.Errorf("%w: letters and digits are not where its country has them", ErrIBAN)
	// ErrIBANCheck means the check digits show a slip of the finger.
	ErrIBANCheck = fmt.Errorf("%w: the check digits are wrong", ErrIBAN)
	// ErrIBANOwn means it is the account of the foundation itself.
	ErrIBANOwn = fmt.Errorf("%w: it is the account of the foundation itself", ErrIBAN)
)

// ParseIBAN reads an account number as people type it, with blanks, hyphens or
// small letters. It refuses every slip that can be seen, and the accounts
// given as own: nobody is paid on the account that pays.
func ParseIBAN(s string, own ...IBAN) (IBAN, error) {
	s, err := bareIBAN(s)
	if err != nil {
		return "", err
	}
	country, ok := ibanCountries()[s[:min(2, len(s))]]
	switch {
	case !ok:
		return "", ErrIBANCountry
	case len(s) != len(country.shape)+2:
		return "", ErrIBANLength
	case !country.fits(s[2:]):
		return "", ErrIBANStructure
	}
	// 00, 01 and 99 pass the sum but are never given out: 98 less a remainder is 02 to 98.
	if check := s[2:4]; check < "02" || check > "98" || mod97(s[4:]+s[:4]) != 1 {
		return "", ErrIBANCheck
	}
	for _, mine := range own {
		if s == string(mine) {
			return "", ErrIBANOwn
		}
	}
	return IBAN(s), nil
}

// bareIBAN takes out what people type between the characters.
func bareIBAN(s string) (string, error) {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r - 'a' + 'A')
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == ':':
			b.WriteRune(r)
		case unicode.IsSpace(r), invisible(r), r == '.', unicode.Is(unicode.Pd, r):
		default:
			return "", ErrIBANCharacters
		}
	}
	s = strings.TrimPrefix(strings.TrimPrefix(b.String(), "IBAN"), ":")
	if s == "" {
		return "", ErrIBANEmpty
	}
	if strings.ContainsRune(s, ':') {
		return "", ErrIBANCharacters
	}
	return s, nil
}

func mod97(s string) int {
	n := 0
	for _, r := range s {
		if r <= '9' {
			n = (n*10 + int(r-'0')) % 97
		} else {
			n = (n*100 + int(r-'A') + 10) % 97
		}
	}
	return n
}

//go:embed iban_countries.csv
var countriesCSV string

//go:embed iban_banks_nl.csv
var banksCSV string

// ibanCountries and dutchBanks are data with a date, not code: the files say as of when.
var (
	ibanCountries = sync.OnceValue(func() map[string]ibanCountry {
		table := map[string]ibanCountry{}
		for line := range dataLines(countriesCSV) {
			code, rest, _ := strings.Cut(line, ",")
			table[code] = parseCountry(rest)
		}
		return table
	})
	dutchBanks = sync.OnceValue(func() map[string]string {
		table := map[string]string{}
		for line := range dataLines(banksCSV) {
			code, bic, _ := strings.Cut(line, ",")
			table[code] = bic
		}
		return table
	})
)

func dataLines(file string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(file) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

// ibanCountry is what the IBANs of a country look like.
type ibanCountry struct {
	shape string // one of a, n and c for each character after the country code
	sepa  bool
}

// parseCountry reads "18,4a10n,yes": the length, the structure after the check
// digits, and whether the country is in SEPA.
func parseCountry(line string) ibanCountry {
	fields := strings.Split(line, ",")
	shape, n := "nn", 0
	for _, r := range fields[1] {
		if r <= '9' {
			n = n*10 + int(r-'0')
			continue
		}
		shape += strings.Repeat(string(r), n)
		n = 0
	}
	if length, err := strconv.Atoi(fields[0]); err != nil || length != len(shape)+2 {
		panic("iban_countries.csv: length and structure differ: " + line)
	}
	return ibanCountry{shape: shape, sepa: fields[2] == "yes"}
}

// fits compares the part after the country code with the structure.
func (c ibanCountry) fits(s string) bool {
	for i := range len(s) {
		digit := s[i] <= '9'
		if c.shape[i] == 'n' && !digit || c.shape[i] == 'a' && digit {
			return false
		}
	}
	return true
}

// Country is the two letters of the country that issued the account number.
func (i IBAN) Country() string { return string(i[:min(2, len(i))]) }

// SEPA tells whether the account can be paid by a SEPA transfer.
func (i IBAN) SEPA() bool { return ibanCountries()[i.Country()].sepa }

// BankCode is the bank inside a Dutch account number, and empty for another country.
func (i IBAN) BankCode() string {
	if i.Country() != "NL" || len(i) < 8 {
		return ""
	}
	return string(i[4:8])
}

// BIC is the address of a Dutch bank as far as we know it; a new bank is no
// reason to refuse, so it may be empty.
func (i IBAN) BIC() string { return dutchBanks()[i.BankCode()] }

// Grouped is the number in groups of four, as people read it.
func (i IBAN) Grouped() string {
	var b strings.Builder
	for at, r := range string(i) {
		if at > 0 && at%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Masked shows the country and the last five characters: enough to recognise, too little to use.
func (i IBAN) Masked() string {
	if len(i) < 15 {
		return "•••"
	}
	tail := string(i[len(i)-5:])
	return i.Country() + "•• •••• •••• ••" + tail[:2] + " " + tail[2:]
}

// Format prints the number masked whatever the verb, so that no log or error can hold one by accident.
func (i IBAN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.Masked()) }

// LogValue keeps the number out of the log.
func (i IBAN) LogValue() slog.Value { return slog.StringValue(i.Masked()) }
