package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"samenclaim/mailer"
	"samenclaim/web/i18n"
)

var (
	tagged = regexp.MustCompile(`say:"([^"]+)"\s+validate:"([^"]+)"`)
)

var recorded = regexp.MustCompile(`audit\.Record\([^"\n]*"([a-z_]+\.[a-z_]+)"`)

// TestEveryEventHasItsWords: what the log keeps, a person can read.
func TestEveryEventHasItsWords(t *testing.T) {
	t.Parallel()
	words, err := i18n.New()
	must(t, err)
	seen := 0
	for _, dir := range []string{"../claims", "../participants", "../participants/privacy", "../payments", "staff", "."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		must(t, err)
		for _, f := range files {
			source, err := os.ReadFile(f)
			must(t, err)
			for _, m := range recorded.FindAllStringSubmatch(string(source), -1) {
				seen++
				for _, lang := range i18n.Languages {
					if strings.Contains(words.T(lang)("case.event."+m[1]), "⟦") {
						t.Errorf("%s has no words for %s in %s", lang, m[1], f)
					}
				}
			}
		}
	}
	if seen < 40 {
		t.Errorf("%d events found in the source: the search looks past them", seen)
	}
}

// TestEveryMailHasItsName: staff see by name which mails somebody got, and what became of them.
func TestEveryMailHasItsName(t *testing.T) {
	t.Parallel()
	words, err := i18n.New()
	must(t, err)
	for _, lang := range i18n.Languages {
		for _, name := range mailer.Templates() {
			if strings.Contains(words.T(lang)("case.mail."+name), "⟦") {
				t.Errorf("%s has no name for the mail %s", lang, name)
			}
		}
	}
}

func TestEveryErrorHasItsWords(t *testing.T) {
	t.Parallel()
	words, err := i18n.New()
	must(t, err)
	need := map[string]bool{"errors.often.title": true, "errors.often.text": true, "errors.request.title": true, "errors.request.text": true, "errors.ours.title": true, "errors.ours.text": true, "errors.form.title": true, "errors.form.text": true}
	for _, k := range known {
		if k.field != "" {
			need[k.key] = true
			continue
		}
		need[k.key+".title"], need[k.key+".text"] = true, true
	}
	files, err := os.ReadDir(".")
	must(t, err)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		must(t, err)
		for _, m := range tagged.FindAllStringSubmatch(string(source), -1) {
			for rule := range strings.SplitSeq(m[2], ",") {
				name, _, _ := strings.Cut(rule, "=")
				if name != "dive" && name != "omitempty" {
					need[m[1]+"."+name] = true
				}
			}
		}
	}
	for _, lang := range i18n.Languages {
		for key := range need {
			if text := words.T(lang)(key, "Max", "1", "Text", "x", "When", "x", "Sign", "x"); strings.Contains(text, "⟦") {
				t.Errorf("%s has no words for %s", lang, key)
			}
		}
	}
}
