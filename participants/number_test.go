package participants

import (
	"errors"
	"strings"
	"testing"
)

func TestParseNumber(t *testing.T) {
	t.Parallel()
	good := NewNumber("ZM").String()
	var withV Number
	for !strings.ContainsAny(string(withV[min(3, len(withV)):]), "V") || !strings.Contains(string(withV), "5") {
		withV = NewNumber("US")
	}
	mistaken := "US-" + strings.NewReplacer("V", "U", "5", "S").Replace(string(withV[3:]))
	tests := []struct {
		name string
		in   string
		want string
		err  error
	}{
		{"as printed", good, good, nil},
		{"small letters without hyphens", strings.ToLower(strings.ReplaceAll(good, "-", "")), good, nil},
		{"blanks instead of hyphens", " " + strings.ReplaceAll(good, "-", " ") + "\u00a0", good, nil},
		{"a long dash from a text program", strings.ReplaceAll(good, "-", "–"), good, nil},
		{"an S for a 5 and a U for a V, outside the letters of the claim", mistaken, string(withV), nil},
		{"too short", good[:11], "", ErrNumber},
		{"too long", good + "2", "", ErrNumber},
		{"an O, which we never use", good[:11] + "O", "", ErrNumber},
		{"digits for the letters of the claim", "22" + good[2:], "", ErrNumber},
		{"nothing", "", "", ErrNumber},
		{"another alphabet", "ZМ" + good[2:], "", ErrNumber},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseNumber(tt.in)
			if string(got) != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("ParseNumber(%q) = %q, %v, want %q, %v", tt.in, got, err, tt.want, tt.err)
			}
		})
	}
}

func TestEverySlipInANumberIsFound(t *testing.T) {
	t.Parallel()
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for range 300 {
		n := strings.ReplaceAll(NewNumber("IS").String(), "-", "")
		for i := range n {
			alphabet := numberAlphabet
			if i < 2 {
				alphabet = letters
			}
			for _, c := range alphabet {
				wrong := n[:i] + string(c) + n[i+1:]
				if _, err := ParseNumber(wrong); wrong != n && err == nil {
					t.Fatalf("%s typed as %s is accepted", n, wrong)
				}
			}
			if i == 0 || n[i] == n[i-1] {
				continue
			}
			swapped := n[:i-1] + string(n[i]) + string(n[i-1]) + n[i+1:]
			if got, err := ParseNumber(swapped); err == nil {
				t.Fatalf("%s typed as %s is accepted as %s", n, swapped, got)
			}
		}
	}
}

func TestNewNumber(t *testing.T) {
	t.Parallel()
	seen := map[Number]bool{}
	count := map[byte]int{}
	for range 20_000 {
		n := NewNumber("ZM")
		if len(n) != 12 || n[:3] != "ZM-" || n[7] != '-' {
			t.Fatalf("NewNumber = %q, want the form ZM-XXXX-XXXX", n)
		}
		if got, err := ParseNumber(string(n)); err != nil || got != n {
			t.Fatalf("ParseNumber(%q) = %q, %v", n, got, err)
		}
		seen[n] = true
		count[n[3]]++
	}
	if len(seen) < 19_990 {
		t.Errorf("%d different numbers of 20,000, want nearly all", len(seen))
	}
	if len(count) != 29 {
		t.Errorf("%d different first characters, want 29", len(count))
	}
	for c, n := range count {
		if n < 500 || n > 900 {
			t.Errorf("%c comes %d times in 20,000, want about 690", c, n)
		}
	}
}
