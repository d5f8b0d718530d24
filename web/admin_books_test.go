package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"samenclaim/claims/claimstest"
	"samenclaim/web/i18n"
)

const booksPage = "/nl/beheer/boeken"

// officeWords are the Dutch words of the pages.
func officeWords(t *testing.T) translate {
	t.Helper()
	words, err := i18n.New()
	must(t, err)
	return words.T("nl")
}

func TestBooks(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 3)
	o.board.get(booksPage).want(200, "Er is nog niets geboekt", "1000 Bank, derdengelden", "Totaal")
	o.settled(t, 90_000)
	o.c.Distribute()
	o.board.get(booksPage).want(200, "Verdeling goedgekeurd", "Schikkingsgeld ontvangen", "€\u00a0900,00", "3 regels samen", "2110 Uit te betalen aan deelnemers", "Stand nu")
	o.board.get("/en/beheer/boeken").want(200, "Distribution approved", "Settlement money received", "€\u00a0900.00", "1000 Bank, client account")
	o.board.get(booksPage+"?tot-day=1&tot-month=1&tot-year=2020").want(200, "Stand tot en met 1 januari 2020", "Journaal")
	before := o.board.get(booksPage + "?tot-day=1&tot-month=1&tot-year=2020").text()
	if balance, _, _ := strings.Cut(before, "Boekingen, de nieuwste eerst"); strings.Contains(balance, "900,00") {
		t.Error("the balance of before has money of after")
	}
	o.board.get(booksPage+"?tot-day=31&tot-month=2&tot-year=2026").want(http.StatusUnprocessableEntity, "Deze datum bestaat niet", `value="31"`)
	for _, text := range naughty {
		if got := o.board.get(booksPage + "?tot-day=" + queryText(text) + "&voor=" + queryText(text)); got.Status >= 500 {
			t.Errorf("%q in the address = %d", text, got.Status)
		}
	}
	o.board.get(booksPage+"?tot-day=9&tot-month=%3Cb%3E").want(http.StatusUnprocessableEntity, "&lt;b&gt;")
}

func TestJournalsArePaged(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	for i := range 5 {
		lines := make([]claimstest.Line, 5)
		for j := range lines {
			lines[j] = lineOf(100, "los bedrag "+strconv.Itoa(i*5+j))
		}
		o.c.Bank(lines...)
		for _, link := range openLineLinks(o.accountant.get(bankPage)) {
			o.accountant.post(link, "match", "unknown").goes(bankPage)
		}
	}
	first := o.accountant.get(booksPage).want(200, "rel=\"next\"")
	if got := strings.Count(first.Body, `scope="rowgroup"`); got != journalsAtOnce {
		t.Errorf("%d journals on the first page, want %d", got, journalsAtOnce)
	}
	_, link, _ := strings.Cut(first.Body, `rel="next" href="`)
	link, _, _ = strings.Cut(link, `"`)
	next := o.accountant.get(link).want(200, "Terug naar de nieuwste")
	if got := strings.Count(next.Body, `scope="rowgroup"`); got != 5 {
		t.Errorf("%d journals on the second page, want 5", got)
	}
}

func TestExports(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 2)
	o.settled(t, 90_000)
	o.c.Distribute()
	p := o.accountant.get(booksPage+"/journaal.csv").want(200, "journal,datum")
	if got := p.Header.Get("Content-Disposition"); got != `attachment; filename="journaal.csv"` {
		t.Errorf("Content-Disposition = %q", got)
	}
	rows, err := csv.NewReader(strings.NewReader(p.Body)).ReadAll()
	must(t, err)
	if want := o.count(t, `SELECT count(*) FROM entries`) + 1; len(rows) != want {
		t.Errorf("%d rows in the table, want %d", len(rows), want)
	}
	o.accountant.get(booksPage+"/journaal.hledger").want(200, "account Assets:1000", "EUR 900.00")
}
