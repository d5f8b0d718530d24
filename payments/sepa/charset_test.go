package sepa

import (
	"testing"
	"unicode/utf8"
)

func TestTransliterate(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain text stays", "J. de Vries (1) +/-?:,'", "J. de Vries (1) +/-?:,'"},
		{"accents go", "Zoë Çelik-Åström née Ñandú", "Zoe Celik-Astrom nee Nandu"},
		{"letters that are two", "Straße Æneas Œuvre Þór", "Strasse Aeneas Oeuvre Thor"},
		{"letters with a stroke", "Øystein Łukasz Đorđe", "Oystein Lukasz Dorde"},
		{"the Dutch ij as one letter", "Ĳsbrand Vĳf", "IJsbrand Vijf"},
		{"the Turkish i without a dot", "Yıldız İnci", "Yildiz Inci"},
		{"and", "Jansen & Zn.", "Jansen + Zn."},
		{"curly quotes", "’s-Gravenhage “x”", "'s-Gravenhage 'x'"},
		{"Cyrillic", "Щербаков Юлия", "Shterbakov Yuliya"},
		{"Greek with accents", "Παπαδόπουλος", "Papadopoylos"},
		{"what cannot be spelled leaves a mark", "李小龍 ☺", "... ."},
		{"a loose accent", "Zoe\u0308 x\u0323", "Zoe x"},
		{"blanks of all kinds", "  Jan\u00a0\tde  Vries ", "Jan de Vries"},
		{"signs XML minds", "<b> \"x\" & y", ".b. 'x' + y"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Transliterate(tt.in); got != tt.want {
				t.Errorf("Transliterate(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzTransliterate(f *testing.F) {
	f.Add("Zoë & Straße 李")
	f.Fuzz(func(t *testing.T, s string) {
		got := Transliterate(s)
		for _, r := range got {
			if !allowed(r) {
				t.Errorf("Transliterate(%q) = %q holds %q", s, got, r)
			}
		}
		if again := Transliterate(got); again != got || !utf8.ValidString(got) {
			t.Errorf("Transliterate(%q) = %q, and again %q", s, got, again)
		}
	})
}
