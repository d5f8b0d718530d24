package i18n

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestT(t *testing.T) {
	t.Parallel()
	b, err := New()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, lang, key string
		args            []any
		want            string
	}{
		{"a plain text", "nl", "common.continue", nil, "Verder"},
		{"the same in English", "en", "common.continue", nil, "Continue"},
		{"an unknown language is Dutch", "xx", "common.continue", nil, "Verder"},
		{"values by name", "nl", "common.step", []any{"Step", 3, "Of", 7}, "Stap 3 van 7"},
		{"one day", "nl", "common.days", []any{1}, "1 dag"},
		{"no days", "nl", "common.days", []any{0}, "0 dagen"},
		{"more days", "en", "common.days", []any{2}, "2 days"},
		{"a value is not read as a template", "nl", "common.step", []any{"Step", "{{.Of}}", "Of", "<b>"}, "Stap {{.Of}} van <b>"},
		{"a missing text is visible", "en", "common.nothing_here", nil, "⟦common.nothing_here⟧"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := b.T(tt.lang)(tt.key, tt.args...); got != tt.want {
				t.Errorf("T(%s)(%s, %v) = %q, want %q", tt.lang, tt.key, tt.args, got, tt.want)
			}
		})
	}
}

// Both languages have the same areas, keys, forms and values to fill in.
func TestLanguagesAreEqual(t *testing.T) {
	t.Parallel()
	nl, en := read(t, "nl"), read(t, "en")
	for key, dutch := range nl {
		english, ok := en[key]
		if !ok {
			t.Errorf("%s is missing in English", key)
			continue
		}
		if got, want := gaps(english), gaps(dutch); !slices.Equal(got, want) {
			t.Errorf("%s fills in %v in English, %v in Dutch", key, got, want)
		}
	}
	for key := range en {
		if _, ok := nl[key]; !ok {
			t.Errorf("%s is missing in Dutch", key)
		}
	}
}

// Every key that a page or handler names exists; where a key is put together, its beginning does.
func TestKeysInUseExist(t *testing.T) {
	t.Parallel()
	nl := read(t, "nl")
	whole := regexp.MustCompile(`\bT\("([a-z0-9_]+(?:\.[a-zA-Z0-9_]+)+)"\s*[,)]`)
	begin := regexp.MustCompile(`\bT\("([a-z0-9_.]+[._])"\s*\+`)
	found := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !source(path) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range whole.FindAllSubmatch(raw, -1) {
			found++
			if _, ok := nl[string(match[1])]; !ok {
				t.Errorf("%s: there is no text %q", path, match[1])
			}
		}
		for _, match := range begin.FindAllSubmatch(raw, -1) {
			if !anyWith(nl, string(match[1])) {
				t.Errorf("%s: no text begins with %q", path, match[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 20 {
		t.Errorf("found %d texts in use: the search looks in the wrong place", found)
	}
}

func source(path string) bool {
	if strings.Contains(path, "node_modules") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
		return false
	}
	return strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".templ")
}

func anyWith(words map[string]string, prefix string) bool {
	for key := range words {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// read returns all texts of a language; plural forms are put behind each other.
func read(t *testing.T, lang string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := filepath.Glob(filepath.Join(lang, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts in %s: %v", lang, err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]any{}
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		area := strings.TrimSuffix(filepath.Base(file), ".json")
		for key, value := range words {
			if !strings.HasPrefix(key, area+".") {
				t.Errorf("%s: %s does not begin with its area", file, key)
			}
			all[key] = flat(t, file, key, value)
		}
	}
	return all
}

func flat(t *testing.T, file, key string, value any) string {
	t.Helper()
	switch v := value.(type) {
	case string:
		if strings.TrimSpace(v) == "" {
			t.Errorf("%s: %s is empty", file, key)
		}
		return v
	case map[string]any:
		out := ""
		for _, form := range slices.Sorted(maps.Keys(v)) {
			if form != "one" && form != "other" {
				t.Errorf("%s: %s has the form %q, want one and other", file, key, form)
			}
			text, _ := v[form].(string)
			out += text + "\n"
		}
		if len(v) != 2 {
			t.Errorf("%s: %s needs the forms one and other", file, key)
		}
		return out
	}
	t.Errorf("%s: %s is neither a text nor a pair of forms", file, key)
	return ""
}

// gaps are the names of the values that a text fills in.
func gaps(text string) []string {
	names := regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`).FindAllString(text, -1)
	slices.Sort(names)
	return slices.Compact(names)
}
