package letter

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// spoilt holds, for each clause, every way to leave it out.
var spoilt = []struct {
	clause string
	name   string
	spoil  func(*Facts)
}{
	{"sender", "no name", func(f *Facts) { f.Sender.Name, f.Sender.LegalName = " ", "" }},
	{"sender", "no address", func(f *Facts) { f.Sender.Address = []string{" ", ""} }},
	{"register", "no register number", func(f *Facts) { f.Sender.RegisterNumber = "" }},
	{"contact", "neither e-mail nor telephone", func(f *Facts) { f.Sender.Email, f.Sender.Phone = "", "" }},
	{"capacity", "no capacity", func(f *Facts) { f.Capacity = "\t" }},
	{"addressee", "no entity", func(f *Facts) { f.Addressee.Name = "" }},
	{"addressee", "no address of the entity", func(f *Facts) { f.Addressee.Address = nil }},
	{"claim", "no name of the claim", func(f *Facts) { f.Claim = "" }},
	{"class", "no class", func(f *Facts) { f.Class = "" }},
	{"period", "no start", func(f *Facts) { f.From = time.Time{} }},
	{"period", "no end", func(f *Facts) { f.To = time.Time{} }},
	{"period", "end before start", func(f *Facts) { f.From, f.To = f.To, f.From }},
	{"facts", "no facts", func(f *Facts) { f.Events = nil }},
	{"facts", "a fact without a source", func(f *Facts) { f.Events[1].Source = "" }},
	{"facts", "a fact without a date", func(f *Facts) { f.Events[0].Date = "" }},
	{"articles", "no articles", func(f *Facts) { f.Articles = []string{""} }},
	{"demand", "no amount", func(f *Facts) { f.Demand.MaxCents = 0 }},
	{"demand", "no form", func(f *Facts) { f.Demand.Form = "" }},
	{"term", "no term", func(f *Facts) { f.TermDays = 0 }},
	{"term", "a term of two years", func(f *Facts) { f.TermDays = 730 }},
	{"consult", "less than two weeks", func(f *Facts) { f.ConsultIn = 13 }},
	{"consult", "nobody to consult", func(f *Facts) { f.ConsultBy = "" }},
	{"reservation", "own words without interest", func(f *Facts) {
		f.Prose.Reservation = "Wij behouden ons namens de groep en iedere deelnemer ondubbelzinnig het recht op nakoming voor, hoofdsom en kosten."
	}},
	{"reservation", "own words not unambiguous", func(f *Facts) { f.Prose.Reservation = "Alle rechten voorbehouden." }},
	{"annex", "no ordinal", func(f *Facts) { f.Annex.Ordinal = 0 }},
	{"annex", "no way to check it", func(f *Facts) { f.Annex.Verify = "" }},
	{"mode", "a mode that doesn't exist", func(f *Facts) { f.Annex.Mode = "public" }},
	{"names", "no way to obtain the names", func(f *Facts) { f.Annex.Names = "" }},
	{"signature", "no name", func(f *Facts) { f.Signatory.Name = "" }},
	{"signature", "no role", func(f *Facts) { f.Signatory.Role = "" }},
	{"place", "no place", func(f *Facts) { f.Place = "" }},
	{"date", "no date", func(f *Facts) { f.Date = time.Time{} }},
	{"count", "nobody in the annex", func(f *Facts) { f.Annex.Count = 0 }},
	{"root", "no root", func(f *Facts) { f.Annex.Root = [32]byte{} }},
	{"cutoff", "no cut-off", func(f *Facts) { f.Annex.CutOff = time.Time{} }},
}

func TestLintFindsEachMissingClause(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, tt := range spoilt {
		seen[tt.clause] = true
		t.Run(tt.clause+": "+tt.name, func(t *testing.T) {
			t.Parallel()
			f := testFacts(Dutch)
			tt.spoil(&f)
			var got []string
			for _, m := range LintFrozen(f) {
				got = append(got, m.Clause)
				if m.In(Dutch) == "" || m.In(English) == "" || m.In(Dutch) == m.In(English) {
					t.Errorf("clause %q lacks words in a language", m.Clause)
				}
			}
			if diff := cmp.Diff([]string{tt.clause}, got); diff != "" {
				t.Errorf("LintFrozen (-want +got):\n%s", diff)
			}
		})
	}
	for _, c := range clauses {
		if !seen[c.name] {
			t.Errorf("clause %q has no case that breaks it", c.name)
		}
	}
}

func TestLintPassesAWholeLetter(t *testing.T) {
	t.Parallel()
	for _, lang := range []Lang{Dutch, English} {
		if got := LintFrozen(testFacts(lang)); got != nil {
			t.Errorf("LintFrozen of a whole letter in %s = %v, want nothing", lang, got)
		}
		f := testFacts(lang)
		f.Date, f.Annex.Count, f.Annex.Root, f.Annex.CutOff = time.Time{}, 0, [32]byte{}, time.Time{}
		if got := Lint(f); got != nil {
			t.Errorf("Lint of a whole draft in %s = %v, want nothing", lang, got)
		}
	}
}

// The template's own reservation must meet what lint asks of the claim's.
func TestStandardReservationIsWhole(t *testing.T) {
	t.Parallel()
	for _, lang := range []Lang{Dutch, English} {
		doc, _ := mustRender(t, testFacts(lang), lang)
		var quotes []string
		for _, b := range doc.Blocks {
			if b.Kind == KindQuote {
				quotes = append(quotes, b.Text)
			}
		}
		if !reserved(Facts{Prose: Prose{Reservation: strings.Join(quotes, " ")}}) {
			t.Errorf("the reservation in %s falls short: %q", lang, quotes)
		}
	}
}

// Every clause that lint asks for must reach the paper.
func TestLetterSaysEveryClause(t *testing.T) {
	t.Parallel()
	for _, lang := range []Lang{Dutch, English} {
		f := testFacts(lang)
		doc, _ := mustRender(t, f, lang)
		text := plain(doc)
		for _, want := range []string{
			f.Sender.LegalName, f.Sender.RegisterNumber, f.Capacity, f.Addressee.Name, f.Addressee.Address[1], f.Claim, f.Class,
			dayIn(f.From, lang), dayIn(f.To, lang), f.Events[0].Statement, f.Events[0].Source, f.Events[0].Date, f.Articles[2],
			euroIn(f.Demand.MaxCents, lang), f.Demand.Form, "28 ", "14 ", f.ConsultBy, f.Annex.Verify, f.Annex.Names,
			f.Signatory.Name, f.Signatory.Role, f.Place, dayIn(f.Date, lang), momentIn(f.Annex.CutOff, lang), countIn(f.Annex.Count, lang),
			HashAlgorithm, "3:317", "3:305a",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the letter in %s does not say %q", lang, want)
			}
		}
	}
}
