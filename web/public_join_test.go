package web

import (
	"strings"
	"testing"

	"samenclaim/claims"
)

const joinURL = "/nl/zoom/meedoen"

// walk answers the pages of the sign-up up to, and not including, a page.
func (c *client) walk(until, email, fee string) {
	c.t.Helper()
	c.post(joinURL).goes(joinURL + "/gebruik")
	steps := []struct {
		page  string
		pairs []string
	}{
		{"gebruik", []string{"used", "yes"}},
		{"leeftijd", []string{"adult", "yes"}},
		{"land", []string{"where", "NL"}},
		{"e-mail", []string{"email", email, "website", c.trap}},
		{"code", nil},
		{"naam", []string{"first_names", "Anna Maria", "infix", "de", "last_name", "Vries"}},
		{"adres", []string{"postcode", "1234ab", "house_number", "10", "street", "Dorpsstraat", "city", "Utrecht", "country", "NL"}},
		{"periode", []string{"from-month", "3", "from-year", "2020", "used_for", "private"}},
		{"bewijs", []string{"evidence", "later"}},
		{"vergoeding", []string{"fee", fee}},
	}
	for _, s := range steps {
		if s.page == until {
			return
		}
		if claims.OnlyForChild(until) && s.page == "leeftijd" {
			s.pairs = []string{"adult", "no"}
			c.post(joinURL+"/"+s.page, s.pairs...).goes(joinURL + "/relatie")
			return
		}
		if s.page == "code" {
			s.pairs = []string{"code", c.site.code(c.t, email)}
		}
		next := joinURL + "/" + draft{}.after(s.page)
		c.post(joinURL+"/"+s.page, s.pairs...).goes(next)
	}
}

func TestSomebodySignsUp(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.get("/nl/zoom").want(200, "Doe mee", "tot € 500,00", "€ 250,00")
	c.get(joinURL).want(200, "8 minuten")
	c.walk("controle", "anna@deelnemer.example", "flat")
	c.get(joinURL+"/controle").want(200, "Anna Maria de Vries", "1234 AB Utrecht", "maart 2020", "€ 50,00, van uw uitkering")
	sign := c.get(joinURL+"/ondertekenen").want(200, "Stichting De Lantaarn", "SHA-256")
	if strings.Contains(sign.Body, `id="mandate" name="mandate" value="yes" checked`) {
		t.Error("the box of the mandate is ticked before anybody ticked it")
	}
	done := c.send(joinURL+"/ondertekenen", form(sign, "mandate", "yes", "agreement", "yes", "name", "anna maria de  vries"))
	done.goes(joinURL + "/toestemmingen")
	c.post(joinURL+"/toestemmingen", "consent", "newsletter", "consent", "nonsense").goes(joinURL + "/klaar")
	c.get(joinURL+"/klaar").want(200, "ZM-", "U doet mee")
	if n := s.count(t, `SELECT count(*) FROM participations WHERE status = 'active'`); n != 1 {
		t.Errorf("participations = %d, want 1", n)
	}
	if n := s.count(t, `SELECT count(*) FROM consents WHERE withdrawn_at IS NULL`); n != 1 {
		t.Errorf("consents = %d, want 1", n)
	}
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE template = 'welcome'`); n != 1 {
		t.Errorf("welcome mails = %d, want 1", n)
	}
	c.get(joinURL + "/ondertekenen").goes(joinURL + "/klaar")
	c.get(joinURL + "/naam").goes(joinURL + "/klaar")
}

func TestEachPageSaysWhatIsWrongAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := setup(t)
	tests := []struct {
		name, page string
		pairs      []string
		words      []string
	}{
		{"nothing chosen", "gebruik", nil, []string{"Kies of u de dienst hebt gebruikt"}},
		{"an answer that does not exist", "gebruik", []string{"used", "perhaps"}, []string{"Kies of u de dienst hebt gebruikt"}},
		{"no age", "leeftijd", nil, []string{"Kies of u 18 jaar of ouder bent"}},
		{"no country", "land", nil, []string{"Kies waar u woonde"}},
		{"which country in Europe", "land", []string{"where", "EEA", "country", "US"}, []string{"Kies in welk land u woonde"}},
		{"no address", "e-mail", []string{"email", "  "}, []string{"Vul uw e-mailadres in"}},
		{"half an address", "e-mail", []string{"email", "anna@"}, []string{"naam@voorbeeld.nl", `value="anna@"`}},
		{"wrong code", "code", []string{"code", "000000x"}, []string{"nog 4 keer"}},
		{"no name", "naam", []string{"first_names", "Anna", "last_name", ""}, []string{"Vul uw achternaam in", `value="Anna"`}},
		{"a sign that steers", "naam", []string{"first_names", "Anna", "last_name", "V\u202eries"}, []string{"U+202E"}},
		{"a long name", "naam", []string{"first_names", "Anna", "last_name", strings.Repeat("é", 201)}, []string{"niet langer zijn dan 200 tekens"}},
		{"a strange postcode", "adres", []string{"postcode", "12345", "house_number", "10", "street", "Dorpsstraat", "city", "Utrecht", "country", "NL"}, []string{"1234 AB", `value="12345"`}},
		{"no street abroad", "adres", []string{"postcode", "", "country", "BE", "city", "Gent"}, []string{"Vul uw straat in", `value="Gent"`}},
		{"half a month", "periode", []string{"from-month", "3", "from-year", "", "used_for", "private"}, []string{"Vul een maand"}},
		{"end before begin", "periode", []string{"from-month", "3", "from-year", "2021", "to-month", "2", "to-year", "2021", "used_for", "private"}, []string{"Het einde is eerder dan het begin"}},
		{"the future", "periode", []string{"from-month", "3", "from-year", "2099", "used_for", "private"}, []string{"al voorbij"}},
		{"no use", "periode", nil, []string{"Kies waarvoor u de dienst gebruikte"}},
		{"no evidence answer", "bewijs", nil, []string{"Kies of u bewijs hebt"}},
		{"no fee", "vergoeding", nil, []string{"Kies hoe u wilt betalen"}},
		{"nothing ticked", "ondertekenen", []string{"name", "Anna Maria de Vries"}, []string{"Zet een vinkje bij de volmacht", `value="Anna Maria de Vries"`}},
		{"one box", "ondertekenen", []string{"mandate", "yes", "name", "Anna Maria de Vries"}, []string{"Zet een vinkje bij de overeenkomst"}},
		{"another name", "ondertekenen", []string{"mandate", "yes", "agreement", "yes", "name", "Piet"}, []string{"De naam is anders"}},
		{"a changed text", "ondertekenen", []string{"mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries", "mandate_sha256", ""}, []string{"De tekst is zojuist veranderd"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := s.visitor(t)
			c.ip = "198.51.100." + string(rune('1'+len(tt.page)))
			c.walk(tt.page, strings.ReplaceAll(tt.name, " ", ".")+"@deelnemer.example", "flat")
			if tt.page == "ondertekenen" {
				values := form(c.get(joinURL + "/" + tt.page))
				for i := 0; i < len(tt.pairs); i += 2 {
					values.Set(tt.pairs[i], tt.pairs[i+1])
				}
				c.send(joinURL+"/"+tt.page, values).want(422, append(tt.words, "<title>Fout:", "Er is iets niet goed ingevuld")...)
				return
			}
			c.post(joinURL+"/"+tt.page, tt.pairs...).want(422, append(tt.words, "<title>Fout:", "Er is iets niet goed ingevuld")...)
		})
	}
}

func TestErrorsAreInTheLanguageOfThePage(t *testing.T) {
	t.Parallel()
	s := setup(t)
	words := map[string]string{
		"gebruik": "Choose whether you used the service", "leeftijd": "Choose whether you are 18 or older", "land": "Choose where you lived", "e-mail": "Enter your email address",
		"code": "Enter the code from the email", "naam": "Enter your last name", "adres": "Enter a postcode such as 1234 AB", "periode": "Choose what you used the service for",
		"bewijs": "Choose whether you have evidence", "vergoeding": "Choose how you want to pay", "ondertekenen": "Tick the box",
	}
	for i, page := range joinPages {
		if words[page] == "" {
			continue
		}
		c := s.visitor(t).from(t, i)
		c.walk(page, page+"@deelnemer.example", "flat")
		p := c.post("/en/zoom/meedoen/"+page, "country", "NL").want(422, "<title>Error:", "Something is not filled in correctly", words[page])
		if strings.Contains(p.text(), "Vul ") || strings.Contains(p.text(), "Kies ") {
			t.Errorf("%s: Dutch on the English page: %s", page, p.text())
		}
	}
}

func TestWhoCannotJoinGetsAPageAndNothingIsKept(t *testing.T) {
	t.Parallel()
	s := setup(t)
	tests := []struct{ name, page, field, value, reason, words string }{
		{"never used it", "gebruik", "used", "no", "niet-gebruikt", "U kunt niet meedoen aan deze zaak"},
		{"does not know", "gebruik", "used", "unsure", "weet-niet", "Zo komt u erachter"},
		{"too young", "relatie", "relation", "none", "jonger", "ouder of voogd"},
		{"lived elsewhere", "land", "where", "other", "buitenland", "Uit dit land kunt u niet meedoen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := s.visitor(t)
			c.walk(tt.page, "", "")
			c.post(joinURL+"/"+tt.page, tt.field, tt.value).goes(joinURL + "/kan-niet/" + tt.reason)
			c.get(joinURL+"/kan-niet/"+tt.reason).want(200, tt.words)
		})
	}
}

func TestSkippingLeadsToTheFirstOpenPage(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.get(joinURL + "/naam").goes(joinURL)
	c.walk("leeftijd", "", "")
	c.get(joinURL + "/kind").goes(joinURL + "/leeftijd")
	for _, page := range []string{"naam", "code", "controle", "ondertekenen", "klaar", "toestemmingen"} {
		c.get(joinURL + "/" + page).goes(joinURL + "/leeftijd")
	}
	c.get(joinURL+"/gebruik").want(200, "checked")
	c.get(joinURL+"/bewaard").want(200, "2 december 2026")
}

func TestChangingAnAnswerReturnsToTheCheck(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("controle", "anna@deelnemer.example", "percentage")
	c.post(joinURL+"/naam?terug=controle", "first_names", "Bea", "last_name", "Smit").goes(joinURL + "/controle")
	c.get(joinURL+"/controle").want(200, "Bea Smit")
	c.post(joinURL+"/e-mail?terug=controle", "email", "bea@deelnemer.example").goes(joinURL + "/code?terug=controle")
	c.post(joinURL+"/code?terug=controle", "code", s.code(t, "bea@deelnemer.example")).goes(joinURL + "/controle")
	c.get(joinURL+"/controle").want(200, "bea@deelnemer.example")
}

func TestALikelySlipIsAskedAbout(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("e-mail", "", "")
	p := c.post(joinURL+"/e-mail", "email", "anna@gmial.com").want(200, "Bedoelt u anna@gmail.com?")
	c.send(joinURL+"/e-mail", form(p, "email", "anna@gmial.com", "doubt", "change")).goes(joinURL + "/code")
	c.get(joinURL+"/code").want(200, "anna@gmail.com")
}

func TestKnownAndUnknownAddressesLookTheSame(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "known@deelnemer.example", "flat")
	var pages []page
	for _, email := range []string{"known@deelnemer.example", "fresh@deelnemer.example"} {
		c := s.visitor(t)
		c.walk("e-mail", "", "")
		c.post(joinURL+"/e-mail", "email", email).goes(joinURL + "/code")
		c.get(joinURL+"/code").want(200, email)
		p := c.post(joinURL+"/code", "code", "12345")
		p.Body = strings.ReplaceAll(hidden.ReplaceAllString(p.Body, ""), email, "")
		pages = append(pages, p)
	}
	if pages[0].Status != pages[1].Status || pages[0].Body != pages[1].Body {
		t.Errorf("the pages differ: %d and %d bytes, status %d and %d", len(pages[0].Body), len(pages[1].Body), pages[0].Status, pages[1].Status)
	}
}

func TestEvidenceIsSentWithTheSignUp(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("bewijs", "anna@deelnemer.example", "flat")
	c.post(joinURL+"/bewijs", "evidence", "now").goes(joinURL + "/bewijs-sturen")
	c.upload(joinURL+"/bewijs-sturen", joinURL+"/bewijs-sturen", "file", "", nil).want(422, "Kies een bestand")
	c.upload(joinURL+"/bewijs-sturen", joinURL+"/bewijs-sturen", "file", "a.exe", []byte("MZ not a picture")).want(422, "pdf, jpg of png")
	pdf := []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	c.upload(joinURL+"/bewijs-sturen", joinURL+"/bewijs-sturen", "file", "uitnodiging.pdf", pdf).goes(joinURL + "/bewijs-sturen")
	c.get(joinURL+"/bewijs-sturen").want(200, "uitnodiging.pdf")
	c.upload(joinURL+"/bewijs-sturen", joinURL+"/bewijs-sturen", "file", "big.pdf", append(pdf, make([]byte, 12<<20)...)).want(422, "groter dan 10 MB")
	c.post(joinURL+"/vergoeding", "fee", "flat").goes(joinURL + "/controle")
	c.get(joinURL+"/controle").want(200, "1 bestand")
	c.post(joinURL+"/ondertekenen", "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries").goes(joinURL + "/toestemmingen")
	if n := s.count(t, `SELECT count(*) FROM evidence WHERE participation_id IS NOT NULL`); n != 1 {
		t.Errorf("files of evidence = %d, want 1", n)
	}
}

func TestAClosedClaimTakesNobody(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("naam", "anna@deelnemer.example", "flat")
	s.data.Force(t, `UPDATE claims SET status = 'lost', cutoff_at = opened_at, ended_at = opened_at`)
	c.get(joinURL + "/naam").goes(joinURL)
	c.get(joinURL).want(200, "Aanmelden kan nu niet")
	c.get("/nl/zoom").want(200)
}
