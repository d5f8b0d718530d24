package participants

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCleanName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   string
		want string
		err  error
	}{
		{"accents and signs stay", "Renée O'Brien-d'Hondt", "Renée O'Brien-d'Hondt", nil},
		{"a loose accent joins its letter", "Zoe\u0308", "Zoë", nil},
		{"Chinese", "李小龍", "李小龍", nil},
		{"Arabic", "محمد عبد الله", "محمد عبد الله", nil},
		{"one letter", "A", "A", nil},
		{"a word that computers fear", "Null", "Null", nil},
		{"a no-break space is a space", "Jan\u00a0de\u00a0Vries", "Jan de Vries", nil},
		{"runs of spaces are one", "  Jan   de  Vries  ", "Jan de Vries", nil},
		{"a tab is a space", "Jan\tJansen", "Jan Jansen", nil},
		{"a line separator is a space", "Jansen\u2028BV", "Jansen BV", nil},
		{"a family of emoji stays whole", "👩\u200d👩\u200d👧 Jansen", "👩\u200d👩\u200d👧 Jansen", nil},
		{"a joiner between Persian letters stays", "می\u200cخواهم", "می\u200cخواهم", nil},
		{"a joiner between Latin letters goes", "Jan\u200dJansen", "JanJansen", nil},
		{"also behind a zero width space", "Jan\u200b\u200dJansen", "JanJansen", nil},
		{"zero width spaces go", "Jan\u200b\u200bJansen", "JanJansen", nil},
		{"a direction mark goes", "Jan\u200f", "Jan", nil},
		{"code stays text", "<script>alert(1)</script>", "<script>alert(1)</script>", nil},
		{"a template stays text", "{{.IBAN}}", "{{.IBAN}}", nil},
		{"a formula stays text", "=1+1", "=1+1", nil},
		{"200 characters fit", strings.Repeat("a", 200), strings.Repeat("a", 200), nil},
		{"200 characters with loose accents fit", strings.Repeat("a\u0301", 200), strings.Repeat("á", 200), nil},
		{"201 characters do not", strings.Repeat("a", 201), strings.Repeat("a", 201), ErrTextLong},
		{"a book does not", strings.Repeat("a", 1_000_000), "", ErrTextLong},
		{"text that turns around", "Jan\u202eslaJ", "", ErrTextCharacters},
		{"an isolate that turns around", "Jan\u2066slaJ", "", ErrTextCharacters},
		{"a NUL", "Jan\x00Jansen", "", ErrTextCharacters},
		{"a new line", "Jan\r\nBcc: x@example.org", "", ErrTextCharacters},
		{"an escape", "Jan\x1b[31m", "", ErrTextCharacters},
		{"broken UTF-8", "Jan\xff", "", ErrTextCharacters},
		{"a code point that is no character", "Jan\uffff", "", ErrTextCharacters},
		{"nothing", "", "", ErrNameEmpty},
		{"only blanks", " \t\u00a0", "", ErrNameEmpty},
		{"only what cannot be seen", "\u200b\u2060\ufeff", "", ErrNameEmpty},
		{"only a joiner", "\u200d", "", ErrNameEmpty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := CleanName(tt.in)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("CleanName(%q) = %q, %v, want %q, %v", tt.in, got, err, tt.want, tt.err)
			}
		})
	}
}

func TestTheForbiddenCharacterIsNamed(t *testing.T) {
	t.Parallel()
	_, err := CleanName("Jan\u202eslaJ")
	if err == nil || !strings.Contains(err.Error(), "U+202E") {
		t.Errorf("got %v, want it to name U+202E", err)
	}
}

func TestCleanLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   string
		want string
		err  error
	}{
		{"lines stay", "een\r\ntwee\n\nvier", "een\ntwee\n\nvier", nil},
		{"blanks at the ends of lines go", " een  \ntwee \n\n", "een\ntwee", nil},
		{"nothing is allowed", "  \n ", "", nil},
		{"a NUL is not", "een\x00", "", ErrTextCharacters},
		{"a lone carriage return is not", "een\rtwee", "", ErrTextCharacters},
		{"too much", strings.Repeat("a\n", 15) + "a", strings.Repeat("a\n", 15) + "a", ErrTextLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := CleanLines(tt.in, 30)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("CleanLines(%q) = %q, %v, want %q, %v", tt.in, got, err, tt.want, tt.err)
			}
		})
	}
}

// The wider list lies outside the repository and is used where it is at hand.
func TestCleanNameOnHostileInput(t *testing.T) {
	t.Parallel()
	for _, r := range hostile(t, "name") {
		switch got, err := CleanName(r.Value); {
		case strings.HasPrefix(r.Expected, "accept or"):
		case strings.HasPrefix(r.Expected, "accept") != (err == nil):
			t.Errorf("%s: CleanName(%q) = %q, %v, want %s", r.ID, r.Value, got, err, r.Expected)
		case strings.HasPrefix(r.Expected, "accept, store exactly") && got != r.Value:
			t.Errorf("%s: CleanName(%q) = %q, want it exactly", r.ID, r.Value, got)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	f.Add("Jan\u00a0de\u200d Vries")
	f.Add("👩\u200d👩 Zoe\u0308")
	f.Add("𝩷\u200d ")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := CleanName(s)
		if err != nil {
			return
		}
		if again, err := CleanName(got); err != nil || again != got {
			t.Errorf("CleanName(%q) = %q, and again %q, %v", s, got, again, err)
		}
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\n\r\u202e") {
			t.Errorf("CleanName(%q) = %q", s, got)
		}
	})
}
