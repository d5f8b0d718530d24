package mailer

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// full are believable values for every mail, with all that may be left out.
var full = map[string]string{
	"Number": "ZM-7K2M-93FX", "Name": "Fenna de Vries", "Code": "402913", "Token": "KJ7Q2M5XW3TZ4B6N8R1C0V9P5D", "Refund": "yes", "Named": "yes",
	"Date": "1 december 2026", "LimitationOn": "1 december 2031",
	"Title": "De rechter doet uitspraak op 3 maart", "Body": "Eerste alinea.\nTweede regel.\n\nTweede alinea.",
	"Outcome": "settled", "Until": "15 januari 2027", "UsableFrom": "8 december 2026",
	"When": "1 december 2026 om 23.59 uur", "Subscription": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"Ref": "7GQ4XJ2K5T", "Stays": "yes", "Slug": "zaak", "Wiped": "1 januari 2027", "Late": "paid", "Price": "€ 25,00",
	"Link": "https://claim.example/nl/beheer/uitnodiging/ABC",
}

func testRenderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := NewRenderer(Sender{
		Name: "Stichting Voorbeeld", From: "info@claim.example", BaseURL: "https://claim.example/",
		Email: "info@claim.example", Phone: "020 000 00 00", Address: "Postbus 1, 1000 AA Amsterdam",
	})
	if err != nil {
		t.Fatalf("NewRenderer: %v", err)
	}
	return r
}

// most are all values that a mail can hold.
func most(name string) map[string]string {
	data := map[string]string{}
	for _, lang := range Langs {
		for _, use := range words[lang+"/"+name].uses {
			data[use] = full[use]
		}
	}
	return data
}

// least are only the values without which a mail cannot be.
func least(name string) map[string]string {
	data := map[string]string{}
	for _, lang := range Langs {
		for _, need := range words[lang+"/"+name].needs {
			data[need] = full[need]
		}
	}
	return data
}

func TestMailsReadAsBefore(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	for _, lang := range Langs {
		for _, name := range Templates() {
			for kind, data := range map[string]map[string]string{"full": most(name), "least": least(name)} {
				t.Run(lang+"/"+name+"/"+kind, func(t *testing.T) {
					t.Parallel()
					got, err := r.Render(name, lang, data)
					if err != nil {
						t.Fatalf("Render: %v", err)
					}
					text := "Subject: " + got.Subject + "\n\n" + got.Text + "\n=== HTML ===\n" + got.HTML
					golden(t, filepath.Join("testdata", lang, name+"."+kind+".golden"), text)
				})
			}
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("no golden file (run with -update): %v", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	if len(Templates()) < 18 {
		t.Errorf("%d mails, want all of them", len(Templates()))
	}
	for _, name := range Templates() {
		nl, en := words["nl/"+name], words["en/"+name]
		if diff := cmp.Diff(nl.needs, en.needs); diff != "" {
			t.Errorf("%s needs other values in English (-nl +en):\n%s", name, diff)
		}
		if len(nl.blocks) != len(en.blocks) {
			t.Fatalf("%s has %d blocks in Dutch and %d in English", name, len(nl.blocks), len(en.blocks))
		}
		for i := range nl.blocks {
			if nl.blocks[i].kind != en.blocks[i].kind {
				t.Errorf("%s, block %d is %q in Dutch and %q in English", name, i+1, nl.blocks[i].kind, en.blocks[i].kind)
			}
		}
	}
	if n := len(words); n != 2*len(Templates()) {
		t.Errorf("%d texts for %d mails: one lacks a language", n, len(Templates()))
	}
}

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	tests := []struct {
		name           string
		template, lang string
		data           map[string]string
		want           error
	}{
		{"a mail that does not exist", "nope", "nl", nil, ErrUnknownTemplate},
		{"a language that does not exist", "code", "de", map[string]string{"Code": "1"}, ErrUnknownTemplate},
		{"a way out of the folder", "../nl/code", "nl", map[string]string{"Code": "1"}, ErrUnknownTemplate},
		{"a value left out", "code", "nl", nil, ErrMissingData},
		{"a value that the mail does not show", "code", "nl", map[string]string{"Code": "1", "Token": "1", "IBAN": "NL00"}, ErrBadMail},
		{"a token that is more than a token", "newsletter", "nl", map[string]string{"Title": "T", "Body": "B", "Subscription": "../../mijn"}, ErrBadMail},
		{"a value with a line break", "code", "nl", map[string]string{"Code": "1\n2", "Token": "1"}, ErrBadMail},
		{"a value with a carriage return", "welcome", "nl", map[string]string{"Name": "a\rb", "Number": "1", "Ref": "A"}, ErrBadMail},
		{"a value with a Unicode line break", "code", "nl", map[string]string{"Code": "1\u20282", "Token": "1"}, ErrBadMail},
		{"a value without end", "code", "nl", map[string]string{"Code": strings.Repeat("1", maxValue+1), "Token": "1"}, ErrBadMail},
		{"a link to somewhere else", "staff_invite", "nl", map[string]string{"Name": "A", "Link": "https://evil.example/"}, ErrBadMail},
		{"a link that only begins like ours", "staff_invite", "nl", map[string]string{"Name": "A", "Link": "https://claim.example.evil/"}, ErrBadMail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := r.Render(tt.template, tt.lang, tt.data); !errors.Is(err, tt.want) {
				t.Errorf("Render = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestNewRendererRefuses(t *testing.T) {
	t.Parallel()
	good := Sender{Name: "S", From: "info@claim.example", BaseURL: "https://claim.example", Email: "info@claim.example"}
	tests := []struct {
		name   string
		change func(*Sender)
	}{
		{"no name", func(s *Sender) { s.Name = "" }},
		{"a name with a line break", func(s *Sender) { s.Name = "S\r\nBcc: x@y.nl" }},
		{"no address", func(s *Sender) { s.From = "" }},
		{"an address with a name", func(s *Sender) { s.From = "S <info@claim.example>" }},
		{"no site", func(s *Sender) { s.BaseURL = "" }},
		{"a site without https", func(s *Sender) { s.BaseURL = "claim.example" }},
		{"a script as site", func(s *Sender) { s.BaseURL = "javascript:alert(1)" }},
		{"a phone number of two lines", func(s *Sender) { s.Phone = "1\n2" }},
	}
	if _, err := NewRenderer(good); err != nil {
		t.Fatalf("a good sender: %v", err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := good
			tt.change(&s)
			if _, err := NewRenderer(s); !errors.Is(err, ErrBadSender) {
				t.Errorf("NewRenderer = %v, want %v", err, ErrBadSender)
			}
		})
	}
}

func TestWordsThatCannotBeReadAreFoundAtStart(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no subject":                  "Hallo\n\nTekst",
		"a value in the subject":      "Subject: Over {{.Claim}}\n\nTekst",
		"a button without an address": "Subject: S\n\nbutton: Klik",
		"half an action":              "Subject: S\n\nDag {{.Name",
		"half an action in a button":  "Subject: S\n\nbutton: Klik | {{.Link",
	} {
		_, err := readWords(fstest.MapFS{"templates/nl/x.txt": {Data: []byte(text)}})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	r := testRenderer(b)
	for b.Loop() {
		if _, err := r.Render("news", "nl", most("news")); err != nil {
			b.Fatal(err)
		}
	}
}
