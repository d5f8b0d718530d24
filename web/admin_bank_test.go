package web

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"samenclaim/claims/claimstest"
	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

const bankPage = "/nl/beheer/bank"

// lineOf is a line of a statement that comes in.
func lineOf(cents payments.Cents, text string) claimstest.Line {
	return claimstest.Line{Cents: cents, Text: text}
}

// longText is a text of n signs.
func longText(n int) string { return strings.Repeat("x", n) }

// viewOf formats as the pages do.
func viewOf(lang string) ui.View { return ui.View{Lang: lang} }

// sendFile uploads a bank file and returns the page it leads to.
func (o *office) sendBankFile(t *testing.T, content []byte) string {
	t.Helper()
	p := o.accountant.upload(bankPage, bankPage, "file", "afschrift.xml", content)
	if p.Status != http.StatusSeeOther {
		t.Fatalf("upload = %d\n%s", p.Status, p.text())
	}
	return p.Place
}

func TestBankRoad(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	o.c.Settle(80_000)
	o.accountant.get(bankPage).want(200, "Er is nog geen afschrift geboekt", "Elke regel van de bank heeft een plek", "Er zijn nog geen bestanden", "Klopt")
	content := o.c.Statement(lineOf(80_000, "inzake "+o.c.Reference()), lineOf(-1_250, "kosten"), lineOf(500, "<b>onbekend</b> {{.IBAN}}"))
	here := o.sendBankFile(t, content)
	o.accountant.get(here).want(200, "kan geboekt worden", "Begin, regels en eind kloppen", "Sluit aan op het vorige afschrift", "Schikkingsgeld", "Niet herkend", "afschrift.xml", "Boek dit bestand", "Leg weg zonder te boeken")
	if n := o.count(t, `SELECT count(*) FROM statements`); n != 0 {
		t.Error("looking at a file booked it")
	}
	if again := o.sendBankFile(t, content); again != here {
		t.Errorf("the same file again is %s, want %s", again, here)
	}
	values := form(o.accountant.get(here))
	o.accountant.send(here+"/boeken", values).goes(bankPage)
	o.accountant.get(bankPage).want(200, "Geboekt: 3 nieuwe regels. Herkend: 1. Nog open: 2.", "Klopt nog niet", "Waar het verschil uit bestaat", "2 regels", "Niets van ons past hierbij", "&lt;b&gt;onbekend", "{{.IBAN}}", "−€\u00a07,50")
	o.accountant.send(here+"/boeken", values).want(http.StatusConflict, "Dit is al geboekt")
	o.accountant.send(here+"/weg", values).want(http.StatusConflict)
	o.accountant.get(here).want(200, "Dit bestand is geboekt", "Al eerder geboekt")

	lines := openLineLinks(o.accountant.get(bankPage))
	if len(lines) != 2 {
		t.Fatalf("%d open lines on the page, want 2", len(lines))
	}
	o.accountant.get(lines[0]).want(200, "Kosten van de bank", "−€\u00a012,50 (af)")
	o.accountant.post(lines[0]).want(http.StatusUnprocessableEntity, "Kies wat deze regel is")
	o.accountant.post(lines[0], "match", "settlement:1").want(http.StatusUnprocessableEntity, "Deze regel kan dat niet zijn")
	costs := form(o.accountant.get(lines[0]), "match", "costs")
	o.accountant.send(lines[0], costs).goes(bankPage)
	o.accountant.send(lines[0], costs).want(http.StatusConflict, "Dit is al geboekt")
	o.accountant.get(lines[0]).want(http.StatusNotFound)
	o.accountant.get(lines[1]).want(200, "Schikkingsgeld van", "nog €\u00a00,00 te ontvangen", "Nog niet bekend")
	o.accountant.post(lines[1], "match", "unknown").goes(bankPage)
	o.accountant.get(bankPage).want(200, "Elke regel van de bank heeft een plek", "€\u00a00,00", "Klopt")
	o.accountant.get("/en/beheer/bank").want(200, "Balance on the bank statement", "Every line of the bank")
}

var lineLink = regexp.MustCompile(`href="(/nl/beheer/bank/regel/[0-9]+)"`)

func openLineLinks(p page) (links []string) {
	for _, m := range lineLink.FindAllStringSubmatch(p.Body, -1) {
		links = append(links, m[1])
	}
	return links
}

func TestBookFileEightAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.c.Settle(80_000)
	here := o.sendBankFile(t, o.c.Statement(lineOf(80_000, o.c.Reference())))
	onlyOne(t, o.accountant.eightAtOnce(here+"/boeken", form(o.accountant.get(here))))
	if n := o.count(t, `SELECT count(*) FROM statement_lines`); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
}

func TestMatchLineEightAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.c.Bank(lineOf(500, "onbekend"))
	line := openLineLinks(o.accountant.get(bankPage))[0]
	onlyOne(t, o.accountant.eightAtOnce(line, form(o.accountant.get(line), "match", "unknown")))
}

// A payout whose key the bank moved into the text is found, in and out.
func TestPayoutsNamedInTheTextAreOffered(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 1, 30_000)
	run := o.c.Release()
	key := claimstest.One[string](o.c, `SELECT end_to_end_id FROM payouts`)
	o.c.Bank(claimstest.Line{Cents: -run.TotalCents, Text: "overboeking " + key + " verwerkt"})
	line := openLineLinks(o.accountant.get(bankPage))[0]
	o.accountant.get(line).want(200, "Uitbetaling "+key, "zelfde kenmerk, zelfde bedrag", "zelfde totaal")
	o.accountant.post(line, "match", "payout:1").goes(bankPage)
	o.c.Bank(lineOf(run.TotalCents, "retour "+key))
	line = openLineLinks(o.accountant.get(bankPage))[0]
	o.accountant.get(line).want(200, "Teruggekomen uitbetaling "+key)
	o.accountant.post(line, "match", "return:1").goes(bankPage)
	o.accountant.get(payoutsPage).want(200, "Geen rekeningnummer")
}

func TestBankFilesThatCannotBeBooked(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	good := string(o.c.Statement(lineOf(500, "een")))
	account := claimstest.One[string](o.c, `SELECT iban FROM foundations`)
	tests := []struct {
		name, content string
		words         string
	}{
		{"an empty file", "", "leeg of groter dan 200 MB"},
		{"a PDF", "%PDF-1.7\n", "dit is een pdf"},
		{"a table", "a;b;c;d\n1;2;3;4\n", "dit is een tabel (CSV)"},
		{"a ZIP", "PK\x03\x04xxxx", "pak het eerst uit"},
		{"no bank file", "hallo", "geen camt.053 of MT940"},
		{"another XML", "<x></x>", "een ander soort XML"},
		{"cut off", good[:len(good)-40], "houdt te vroeg op"},
		{"a document type", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Document/>`, "documenttype"},
		{"broken XML", strings.Replace(good, "<Bal>", "<Bal", 1), "beschadigd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o.accountant.upload(bankPage, bankPage, "file", "x.xml", []byte(tt.content)).want(http.StatusUnprocessableEntity, tt.words)
		})
	}
	o.accountant.post(bankPage).want(http.StatusBadRequest) // not a form with a file
	o.accountant.upload(bankPage, bankPage, "other", "x.xml", []byte(good)).want(http.StatusUnprocessableEntity, "Kies een bestand")

	// can be looked at, but not booked
	looks := []struct {
		name, content string
		words         []string
	}{
		{"it does not tie", strings.Replace(good, ">5.00<", ">6.00<", 1), []string{"kloppen niet", "kan niet geboekt worden"}},
		{"another account", strings.Replace(good, account, "NL02ABNA0123456789", 1), []string{"Niet onze rekening", "kan niet geboekt worden"}},
	}
	for _, tt := range looks {
		t.Run(tt.name, func(t *testing.T) {
			here := o.sendBankFile(t, []byte(tt.content))
			p := o.accountant.get(here).want(200, tt.words...)
			if strings.Contains(p.Body, here+"/boeken") {
				t.Error("the page offers to book it")
			}
			o.accountant.send(here+"/boeken", signed(o.accountant)).want(http.StatusUnprocessableEntity, "Wij kunnen dit bestand niet vertrouwen")
			o.accountant.send(here+"/weg", signed(o.accountant)).goes(bankPage)
			o.accountant.get(here).want(http.StatusNotFound)
			o.accountant.get(bankPage).want(200, "Weggelegd")
		})
	}
	if n := o.count(t, `SELECT count(*) FROM statement_lines`); n != 0 {
		t.Errorf("%d lines were booked from bad files", n)
	}
}

func TestAMissingStatementIsNoticed(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.c.Bank(lineOf(500, "een"))
	_ = o.c.Statement(lineOf(700, "twee")) // never uploaded
	here := o.sendBankFile(t, o.c.Statement(lineOf(900, "drie")))
	o.accountant.get(here).want(200, "er ontbreekt een afschrift", "kan niet geboekt worden")
	o.accountant.send(here+"/boeken", signed(o.accountant)).want(http.StatusUnprocessableEntity, "Upload eerst het ontbrekende afschrift")
}

func TestMatchesThatAreNone(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.c.Bank(lineOf(500, "een"))
	line := openLineLinks(o.accountant.get(bankPage))[0]
	values := form(o.accountant.get(line))
	for _, text := range append([]string{"costs", "payout:1", "payout_file:1", "return:1", "settlement:", "settlement:-1", "settlement:1:2", "payout"}, naughty...) {
		values.Set("match", text)
		if got := o.accountant.send(line, values).Status; got != http.StatusUnprocessableEntity && got != http.StatusNotFound {
			t.Errorf("%q = %d, want 422 or 404", text, got)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM line_matches`); n != 0 {
		t.Error("a line was matched with nothing")
	}
	values.Set("match", "unknown")
	o.accountant.send("/nl/beheer/bank/regel/999999", values).want(http.StatusNotFound)
}

// An upload above the limit is refused without being kept.
func TestTooLargeABankFile(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.accountant.upload(bankPage, bankPage, "file", "x.xml", make([]byte, importBytes+1)).want(http.StatusUnprocessableEntity, "groter dan 200 MB")
	if n := o.count(t, `SELECT count(*) FROM statement_imports`); n != 0 {
		t.Error("a file that is too large was kept")
	}
}

func TestBankWords(t *testing.T) {
	t.Parallel()
	o := officeWords(t)
	tests := []struct{ name, said, want string }{
		{"a warning", "an entry has no date; taken from the statement", "een regel heeft geen datum; wij nemen die van het afschrift"},
		{"a warning many times", "an entry is not booked yet and is left out (12 times)", "een regel is nog niet geboekt door de bank en telt niet mee (12 keer)"},
		{"with amounts in it", "it does not tie: opening and entries make 5.00, closing is 6.00", "beginsaldo en regels samen zijn niet het eindsaldo"},
		{"with a line", "line 12: Stmt/Ntry: without an amount", "een bedrag is niet goed geschreven of ontbreekt (regel 12 van het bestand)"},
		{"what nobody foresaw", "something new", "de lezer meldt: something new"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := bankWord(o, tt.said); got != tt.want {
				t.Errorf("bankWord(%q) = %q, want %q", tt.said, got, tt.want)
			}
		})
	}
	err := fmt.Errorf("%w: %w", payments.ErrUntrusted, errors.New("it has no opening balance; something new"))
	if got, want := bankTrouble(o, err), "het beginsaldo ontbreekt; de lezer meldt: something new"; got != want {
		t.Errorf("bankTrouble = %q, want %q", got, want)
	}
}

func TestNobodyElseBooks(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	here := o.sendBankFile(t, o.c.Statement(lineOf(500, "een")))
	for _, role := range []staff.Role{staff.Lawyer, staff.Board, staff.Register, staff.Privacy, staff.Admin, staff.Intake} {
		browser := o.member(t, role)
		browser.get(here).want(http.StatusForbidden)
		browser.send(here+"/boeken", signed(browser)).want(http.StatusForbidden)
	}
	o.accountant.send(here+"/boeken", nil).want(http.StatusForbidden) // no token
	if n := o.count(t, `SELECT count(*) FROM statements`); n != 0 {
		t.Error("somebody booked who may not")
	}
}
