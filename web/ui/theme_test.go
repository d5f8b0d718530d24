package ui

import (
	"strings"
	"testing"
)

func TestThemeCSS(t *testing.T) {
	t.Parallel()
	for _, hex := range []string{"#14505c", "#ffff00", "#ffffff", "#000000", "#ff0000", "#7f7f7f", "#00ff00", " #E4002B "} {
		own, err := parseColour(hex)
		if err != nil {
			t.Fatalf("parseColour(%q): %v", hex, err)
		}
		day, night := towards(own, black, lightTint), towards(own, white, darkTint)
		if got := contrast(day, lightTint); got < 4.5 {
			t.Errorf("%s by day has a contrast of %.2f, want 4.5", hex, got)
		}
		if got := contrast(night, darkTint); got < 4.5 {
			t.Errorf("%s by night has a contrast of %.2f, want 4.5", hex, got)
		}
		if css, err := ThemeCSS(hex); err != nil || !strings.Contains(css, "--on-brand:") {
			t.Errorf("ThemeCSS(%q) = %q, %v", hex, css, err)
		}
	}
	for _, bad := range []string{"", "#fff", "14505c", "#14505g", "#14505c;}", "red", "#+12345"} {
		if css, err := ThemeCSS(bad); err == nil {
			t.Errorf("ThemeCSS(%q) = %q, want a refusal", bad, css)
		}
	}
}
