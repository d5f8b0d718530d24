package web

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"samenclaim/payments"
	"samenclaim/web/ui"
)

// The page says what the shared file says, of which the distribution takes its part as well.
func TestTheFeeHelperSaysWhatTheSharedFileSays(t *testing.T) {
	t.Parallel()
	s := setup(t)
	raw, err := os.ReadFile("../claims/testdata/fees.json")
	must(t, err)
	var file struct{ Rows []map[string]int64 }
	must(t, json.Unmarshal(raw, &file))
	if len(file.Rows) < 10 {
		t.Fatalf("%d rows", len(file.Rows))
	}
	nl, en := ui.View{Lang: "nl"}, ui.View{Lang: "en"}
	c := s.visitor(t)
	for _, row := range file.Rows {
		typed := strings.ReplaceAll(payments.Cents(row["gross"]).String(), ".", ",")
		dutch := c.get("/nl/zoom/kosten?bedrag="+typed).want(200, "€ 250,00 komen beide keuzes op hetzelfde uit").text()
		english := c.get("/en/zoom/kosten?bedrag=" + typed).want(200).text()
		line := func(v ui.View, option string) string {
			return v.Euro(row[option+"_fee"]) + " " + v.Euro(row[option+"_vat"]) + " " + v.Euro(row[option+"_net"])
		}
		for page, wants := range map[string][]string{
			dutch:   {"Een vast bedrag " + line(nl, "flat"), "Een percentage " + line(nl, "percentage")},
			english: {line(en, "flat"), line(en, "percentage")},
		} {
			for _, want := range wants {
				if !strings.Contains(page, strings.Join(strings.Fields(want), " ")) {
					t.Errorf("%s: the page lacks %q\n%s", typed, want, page)
				}
			}
		}
	}
}

func TestTheFeeHelperSaysHowToWriteAnAmount(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.get("/nl/zoom/kosten").want(200, "Welk bedrag verwacht u", "€ 500,00")
	tests := []struct{ name, query, typed, words string }{
		{"nothing", "", "", "Vul een bedrag in zoals 250"},
		{"zero", "0", "0", "Vul een bedrag in zoals 250"},
		{"less than nothing", "-50", "-50", "hoger is dan nul"},
		{"two readings", "1,250.50", "1,250.50", "twee dingen"},
		{"a power of ten", "1e3", "1e3", "Vul een bedrag in zoals 250"},
		{"more than there is", "99999999999999999999", "99999999999999999999", "lager bedrag"},
		{"a script", "%3Cscript%3E", "&lt;script&gt;", "Vul een bedrag in zoals 250"},
	}
	for _, tt := range tests {
		c.get("/nl/zoom/kosten?bedrag="+tt.query).want(422, "<title>Fout:", tt.words, `value="`+tt.typed+`"`, `href="#bedrag"`)
	}
	for _, typed := range []string{"250", "%E2%82%AC%20250,00", "250.00"} {
		c.get("/nl/zoom/kosten?bedrag="+typed).want(200, "Als u € 250,00 krijgt")
	}
	c.get("/nl/zoom/kosten?bedrag=1&bedrag=2").want(400)
}

// The same component stands beside the choice, where nothing is chosen for anybody.
func TestTheHelperStandsBesideTheChoice(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("vergoeding", "anna@deelnemer.example", "flat")
	p := c.get(joinURL+"/vergoeding?bedrag=300").want(200, "Als u € 300,00 krijgt", "€ 240,00")
	if strings.Contains(p.Body, " checked") {
		t.Error("an option is chosen before anybody chose")
	}
	c.get(joinURL+"/vergoeding?bedrag=x").want(422, "<title>Fout:", `value="x"`)
	c.get(joinURL+"/vergoeding?terug=controle&bedrag=300").want(200, `name="terug" value="controle"`)
}
