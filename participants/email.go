package participants

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Email is an e-mail address: one form to show and write to, one to compare by.
type Email struct {
	Shown string // as typed, with the domain in the letters mail servers use
	Key   string // in small letters: two people never have the same
}

var (
	// ErrEmail means a text is not an e-mail address like naam@voorbeeld.nl.
	ErrEmail = errors.New("this is not an e-mail address")
	// ErrEmailOwn means the address is one of our own: mail to it would go round in circles.
	ErrEmailOwn = fmt.Errorf("%w of a participant: it is one of our own", ErrEmail)
)

// domains follows the rules for looking a domain up, strictly.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// ParseEmail reads one plain address. It refuses what mail programs allow but
// people do not have: quotes, names around it, numbers for a domain, letters
// outside ASCII before the @. Addresses in one of the own domains are refused.
func ParseEmail(s string, ownDomains ...string) (Email, error) {
	s = strings.TrimFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\u00a0' || invisible(r) })
	local, domain, ok := strings.Cut(s, "@")
	if !ok || !utf8.ValidString(s) || !localPart(local) || strings.Contains(domain, "@") {
		return Email{}, ErrEmail
	}
	host, err := domains.ToASCII(domain)
	if err != nil || !hostName(host) {
		return Email{}, ErrEmail
	}
	shown := domain
	if strings.ContainsFunc(domain, func(r rune) bool { return r > unicode.MaxASCII }) {
		shown = host
	}
	host = strings.ToLower(host)
	if len(local)+1+len(host) > 254 {
		return Email{}, ErrEmail
	}
	if slices.ContainsFunc(ownDomains, func(own string) bool { return strings.EqualFold(own, host) }) {
		return Email{}, ErrEmailOwn
	}
	return Email{Shown: local + "@" + shown, Key: strings.ToLower(local) + "@" + host}, nil
}

func localPart(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && (r > unicode.MaxASCII || !strings.ContainsRune(".!#$%&'*+/=?^_`{|}~-", r))
	})
}

// hostName has a dot, and a last part that is a name and not a number.
func hostName(s string) bool {
	at := strings.LastIndexByte(s, '.')
	if at < 1 || len(s)-at < 3 {
		return false
	}
	return !strings.ContainsFunc(s[at+1:], func(r rune) bool { return r >= '0' && r <= '9' }) || strings.HasPrefix(s[at+1:], "xn--")
}

// Format prints nothing of the address, so that no log or error can hold one by accident.
func (e Email) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "•••") }

// LogValue keeps the address out of the log.
func (e Email) LogValue() slog.Value { return slog.StringValue("•••") }

// knownDomains are the mail providers that people in the Netherlands have.
var knownDomains = []string{
	"gmail.com", "hotmail.com", "hotmail.nl", "outlook.com", "outlook.nl", "live.nl", "live.com", "msn.com", "icloud.com",
	"yahoo.com", "yahoo.nl", "ziggo.nl", "kpnmail.nl", "kpnplanet.nl", "planet.nl", "hetnet.nl", "xs4all.nl", "home.nl",
	"casema.nl", "upcmail.nl", "chello.nl", "quicknet.nl", "telfort.nl", "tele2.nl", "online.nl", "zonnet.nl", "solcon.nl",
	"caiway.nl", "zeelandnet.nl", "freedom.nl", "proton.me", "protonmail.com", "gmx.net", "gmx.de", "web.de", "me.com",
	"mail.com", "ymail.com", "skynet.be", "telenet.be", "hotmail.be", "live.be", "outlook.be", "hotmail.de", "outlook.de",
	"hotmail.fr", "outlook.fr", "live.fr", "yahoo.fr", "yahoo.de", "googlemail.com", "mac.com", "email.com", "gmail.de",
}

// SuggestDomain gives the provider that was probably meant when a domain or an
// address is one slip of the finger away from it ("gmial.com": gmail.com), or "".
func SuggestDomain(address string) string {
	domain := strings.ToLower(strings.TrimSpace(address[strings.LastIndexByte(address, '@')+1:]))
	if slices.Contains(knownDomains, domain) {
		return ""
	}
	if domain == "gmail.nl" || domain == "gmail" {
		return "gmail.com"
	}
	for _, known := range knownDomains {
		if len(known) >= 8 && oneSlip(domain, known) {
			return known
		}
	}
	return ""
}

// oneSlip tells whether one character too many, too few, wrong, or swapped with its neighbour makes a into b.
func oneSlip(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch {
	case len(a) == len(b)+1:
		return a[1:] == b
	case len(b) == len(a)+1:
		return b[1:] == a
	case len(a) != len(b) || a == "":
		return false
	case a[1:] == b[1:]:
		return true
	}
	return len(a) >= 2 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}
