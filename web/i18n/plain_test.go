package i18n

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// stiff are words of offices that nobody says at home: B1 has a plain one for each.
var stiff = regexp.MustCompile(`(?i)\b(dient|dienen te|middels|gaarne|alsmede|derhalve|teneinde|conform|aangaande|inzake|zulks|desbetreffende?|geschied(t|en)|voornoemde?|ingevolge|doch|reeds|echter|tevens|voorts|hetgeen|indien|mits|omtrent|krachtens|jegens|wederom|bovengenoemde?|onderhavige?|te allen tijde|in het kader van|met betrekking tot|ten behoeve van|ten gevolge van|door middel van)\b`)

// dutch gathers every Dutch text of pages and mails, by where it stands.
func dutch(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	pages, err := filepath.Glob("nl/*.json")
	if err != nil || len(pages) < 5 {
		t.Fatalf("%d files with words, %v", len(pages), err)
	}
	for _, file := range pages {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]json.RawMessage
		if err := json.Unmarshal(b, &all); err != nil {
			t.Fatal(err)
		}
		for key, raw := range all {
			var one string
			var forms map[string]string
			if json.Unmarshal(raw, &one) == nil {
				texts[key] = one
			} else if json.Unmarshal(raw, &forms) == nil {
				texts[key] = forms["other"]
			}
		}
	}
	mails, err := filepath.Glob("../../mailer/templates/nl/*.txt")
	if err != nil || len(mails) < 20 {
		t.Fatalf("%d mails, %v", len(mails), err)
	}
	for _, file := range mails {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(file)] = string(b)
	}
	return texts
}

var sentenceEnds = regexp.MustCompile(`[.?!:](\s|$)|\n`)

// TestDutchIsPlain looks for words that nobody says, and for sentences that take more than one breath (W14).
func TestDutchIsPlain(t *testing.T) {
	t.Parallel()
	sentences, words, long := 0, 0, 0
	for where, text := range dutch(t) {
		if found := stiff.FindString(text); found != "" {
			t.Errorf("%s says %q: %s", where, found, text)
		}
		for _, sentence := range sentenceEnds.Split(text, -1) {
			n := len(strings.Fields(sentence))
			if n < 2 {
				continue // a label
			}
			sentences, words = sentences+1, words+n
			if n > 20 {
				long++
				t.Logf("%s: a sentence of %d words: %s", where, n, sentence)
			}
			if n > 32 {
				t.Errorf("%s has a sentence of %d words: %s", where, n, sentence)
			}
		}
	}
	average := float64(words) / float64(max(sentences, 1))
	t.Logf("%d sentences of %.1f words on average, %d of more than 20", sentences, average, long)
	if sentences < 1000 || average > 12 {
		t.Errorf("%d sentences of %.1f words on average, want at most 12", sentences, average)
	}
}
