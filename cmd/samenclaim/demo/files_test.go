package demo

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"

	"samenclaim/claims"
	"samenclaim/claims/letter"
)

func readClaim(t *testing.T, slug string) claims.ClaimFile {
	t.Helper()
	claim, err := claims.ParseClaim(Files, "claims/"+slug+".json")
	if err != nil {
		t.Fatal(err)
	}
	return claim
}

func text(t *testing.T, claim claims.ClaimFile, key, lang string) string {
	t.Helper()
	found, ok := claim.Text(key, lang)
	if !ok {
		t.Fatalf("claim %s has no text %s in %s", claim.Slug, key, lang)
	}
	return found.Body
}

func TestTheFoundationCanBeImported(t *testing.T) {
	t.Parallel()
	f, err := claims.ParseFoundation(Files, "foundation.json")
	if err != nil {
		t.Fatal(err)
	}
	if ibanRest(f.IBAN) != 1 {
		t.Errorf("the foundation's account %s does not add up", f.IBAN)
	}
	secret, err := fs.ReadFile(Files, "lawyer.agekey")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := age.ParseIdentities(strings.NewReader(string(secret)))
	if err != nil {
		t.Fatal(err)
	}
	if key, ok := keys[0].(*age.X25519Identity); !ok || key.Recipient().String() != f.LawyerRecipient {
		t.Errorf("lawyer.agekey does not open what is sealed for %s", f.LawyerRecipient)
	}
}

func TestTheTextsSayTheFeesOfTheClaim(t *testing.T) {
	t.Parallel()
	euro := map[string]string{"nl": "€ %d,%02d", "en": "€ %d.%02d"}
	for _, slug := range []string{"zoom", "fitband"} {
		claim := readClaim(t, slug)
		for lang, form := range euro {
			amount := func(cents int64) string { return fmt.Sprintf(form, cents/100, cents%100) }
			equal := claim.FlatFeeCents * 10000 / claim.RateBP // where both ways cost the same
			for _, key := range []string{"mandate", "agreement", "mandate_summary", "what_it_costs"} {
				body := text(t, claim, key, lang)
				for _, want := range []string{amount(claim.FlatFeeCents), fmt.Sprintf("%d pro", claim.RateBP/100)} {
					want = strings.Replace(want, "pro", map[string]string{"nl": "procent", "en": "per cent"}[lang], 1)
					if !strings.Contains(body, want) {
						t.Errorf("%s %s in %s does not say %q", slug, key, lang, want)
					}
				}
			}
			if body := text(t, claim, "what_it_costs", lang); !strings.Contains(body, amount(equal)) {
				t.Errorf("%s what_it_costs in %s does not say that both are equal at %s", slug, lang, amount(equal))
			}
			for _, gross := range []int64{4000, 10000, equal, claim.MaxAwardCents} {
				checkExample(t, claim, lang, gross, amount)
			}
		}
	}
}

// checkExample reckons one example of the agreement again.
func checkExample(t *testing.T, claim claims.ClaimFile, lang string, gross int64, amount func(int64) string) {
	t.Helper()
	for line := range strings.Lines(text(t, claim, "agreement", lang)) {
		if !strings.HasPrefix(line, "- ") || !strings.Contains(line, " "+amount(gross)+" ") {
			continue
		}
		flat, rate := gross-min(claim.FlatFeeCents, gross), gross-gross*claim.RateBP/10000
		if flat > 0 && !strings.Contains(line, amount(flat)) || !strings.Contains(line, amount(rate)) {
			t.Errorf("%s in %s: %q does not leave %s or %s", claim.Slug, lang, line, amount(flat), amount(rate))
		}
		return
	}
	t.Errorf("%s in %s has no example of %s", claim.Slug, lang, amount(gross))
}

func TestTheTextsPromiseNothingTheyCannotKeep(t *testing.T) {
	t.Parallel()
	tooMuch := regexp.MustCompile(`(?i)\b(gegarandeerd|garantie|garanderen|sowieso|guaranteed?|u krijgt € ?[0-9]|you (will )?(get|receive) € ?[0-9])`)
	for _, slug := range []string{"zoom", "fitband"} {
		for _, text := range readClaim(t, slug).Texts {
			if bad := tooMuch.FindString(text.Title + "\n" + text.Body); bad != "" {
				t.Errorf("%s/%s/%s promises %q", slug, text.Lang, text.Key, bad)
			}
			if text.Source == "" {
				t.Errorf("%s/%s/%s has no source", slug, text.Lang, text.Key)
			}
		}
		for _, lang := range []string{"nl", "en"} {
			claim := readClaim(t, slug)
			no := map[string]string{"nl": "geen belofte", "en": "not a promise"}[lang]
			if body := text(t, claim, "what_you_get", lang); !strings.Contains(body, no) {
				t.Errorf("%s what_you_get in %s does not say that the amount is %s", slug, lang, no)
			}
		}
	}
}

func TestBothLanguagesHaveTheSameParts(t *testing.T) {
	t.Parallel()
	shape := func(body string) string {
		var marks strings.Builder
		for line := range strings.Lines(body) {
			switch {
			case strings.HasPrefix(line, "## "):
				marks.WriteByte('#')
			case strings.HasPrefix(line, "- "):
				marks.WriteByte('-')
			}
		}
		return fmt.Sprintf("%s with %d blank lines", marks.String(), strings.Count(body, "\n\n"))
	}
	for _, slug := range []string{"zoom", "fitband"} {
		claim := readClaim(t, slug)
		for _, dutch := range claim.Texts {
			if dutch.Lang != "nl" {
				continue
			}
			if nl, en := shape(dutch.Body), shape(text(t, claim, dutch.Key, "en")); nl != en {
				t.Errorf("%s/%s: Dutch has %s, English %s", slug, dutch.Key, nl, en)
			}
		}
	}
}

func TestSentencesAreShortEnoughToRead(t *testing.T) {
	t.Parallel()
	for _, slug := range []string{"zoom", "fitband"} {
		for _, text := range readClaim(t, slug).Texts {
			if strings.HasPrefix(text.Key, "letter_") {
				continue // the letter is read by lawyers
			}
			for _, sentence := range regexp.MustCompile(`[.?!:;]\s|\n`).Split(text.Body, -1) {
				if words := len(strings.Fields(sentence)); words > 30 {
					t.Errorf("%s/%s/%s has a sentence of %d words: %s", slug, text.Lang, text.Key, words, sentence)
				}
			}
		}
	}
}

func TestTheTwelveQuestionsOfTheFirstCaseAreThere(t *testing.T) {
	t.Parallel()
	claim := readClaim(t, "zoom")
	for n := 1; n <= 12; n++ {
		for _, lang := range []string{"nl", "en"} {
			question, ok := claim.Text(fmt.Sprintf("faq_%02d", n), lang)
			if !ok || !strings.HasSuffix(question.Title, "?") || !strings.Contains(question.Source, "SOMI") {
				t.Errorf("question %d in %s: %q from %q", n, lang, question.Title, question.Source)
			}
		}
	}
}

func TestTheLetterFromTheseTextsLacksNothing(t *testing.T) {
	t.Parallel()
	for _, slug := range []string{"zoom", "fitband"} {
		claim := readClaim(t, slug)
		for _, lang := range []string{"nl", "en"} {
			part := func(key string) string { return text(t, claim, "letter_"+key, lang) }
			facts := letter.Facts{Prose: letter.Prose{
				Opening: part("opening"), Capacity: part("capacity"), Facts: part("facts"), Breaches: part("breaches"), Demand: part("demand"),
				Term: part("term"), Consultation: part("consultation"), Reservation: part("reservation"), Annex: part("annex"),
				DataRequest: part("data_request"), Closing: part("closing"),
			}}
			for _, f := range claim.Facts {
				facts.Events = append(facts.Events, letter.Event{Statement: f.StatementNL, Source: f.Source.NameNL, Date: f.Source.WhenNL, Grade: f.Source.Grade})
			}
			for _, miss := range letter.Lint(facts) {
				if miss.Clause == "facts" || miss.Clause == "reservation" {
					t.Errorf("%s in %s: %s", slug, lang, miss.In(letter.Lang(lang)))
				}
			}
			if strings.Contains(facts.Prose.Reservation, "\n") {
				t.Errorf("%s in %s: the reservation is more than one paragraph", slug, lang)
			}
		}
	}
}

func TestNothingLiesHereUnread(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Dir(name) == "claims" && !strings.HasSuffix(name, ".json") {
			t.Errorf("%s is no claim", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
