package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/web/staff"
)

const payoutsPage = "/nl/beheer/zoom/uitbetalingen"

// on are the inputs of a date.
func on(day time.Time) []string {
	return []string{"execute-day", strconv.Itoa(day.Day()), "execute-month", strconv.Itoa(int(day.Month())), "execute-year", strconv.Itoa(day.Year())}
}

// theRun is the newest run.
func (o *office) theRun(t *testing.T) payments.Run {
	t.Helper()
	runs, err := o.claims.Runs(t.Context(), o.c.Claim.ID)
	must(t, err)
	if len(runs) == 0 {
		t.Fatal("there is no run")
	}
	return runs[0]
}

func TestPayoutRoad(t *testing.T) {
	t.Parallel()
	o := &office{}
	members := o.payable(t, 7, 210_000)
	o.accountant.get(payoutsPage).want(200, "Kunnen nu betaald worden", "Zet klaar", "Er zijn nog geen uitbetalingen")
	o.board.get(payoutsPage).want(200, "De boekhouder zet uitbetalingen klaar")
	made := o.accountant.post(payoutsPage, on(o.c.Payday())...)
	run := o.theRun(t)
	here := "/nl" + runPath(o.c.Claim, run.ID)
	made.goes(here)
	total := euro(run.TotalCents)
	o.accountant.get(payoutsPage).want(200, "Al in een uitbetaling", "Klaargezet", total)
	o.accountant.get(here).want(200, "U hebt deze uitbetaling zelf klaargezet", "7 personen", total, "Downloaden kan na het vrijgeven", "Annuleer deze uitbetaling")

	// not released: no file, for nobody
	o.board.get(here + "/bestand/1").want(http.StatusConflict)
	values := signed(o.accountant, "total", total)
	o.accountant.send(here+"/goedkeuren", values).want(http.StatusForbidden, "Hier zijn twee mensen voor nodig")
	o.board.postFrom(here, here+"/goedkeuren", "total", "1,00").want(http.StatusUnprocessableEntity, "Dit is niet het totaal", `value="1,00"`)
	o.board.send(here+"/vrijgeven", signed(o.board, "total", total)).want(http.StatusConflict)
	o.board.postFrom(here, here+"/goedkeuren", "total", total).goes(here)
	o.board.get(here).want(200, "De uitbetaling is goedgekeurd", "Typ het totaal nog een keer over")
	o.other.postFrom(here, here+"/vrijgeven", "total", total).goes(here)
	released := o.other.get(here).want(200, "Vrijgegeven", "Download", "Onderweg")
	o.other.send(here+"/annuleren", values).want(http.StatusForbidden) // the token of another browser
	o.other.send(here+"/vrijgeven", signed(o.other, "total", total)).want(http.StatusConflict)
	o.other.send(here+"/annuleren", signed(o.other)).want(http.StatusConflict)

	file := o.accountant.get(here+"/bestand/1").want(200, "pain.001.001.09")
	sum := sha256.Sum256([]byte(file.Body))
	for _, part := range chunked(hex.EncodeToString(sum[:])) {
		if !strings.Contains(released.Body, part) {
			t.Errorf("the page does not show the hash of the file: no %s", part)
		}
	}
	if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="`) {
		t.Errorf("Content-Disposition = %q, want a file to save", got)
	}
	o.accountant.get(here + "/bestand/2").want(200)
	o.accountant.get(here + "/bestand/3").want(http.StatusNotFound)
	if n := o.count(t, `SELECT count(*) FROM audit_events WHERE action = 'run.file_downloaded'`); n != 2 {
		t.Errorf("%d downloads in the log, want 2", n)
	}

	o.c.Bank(o.c.Carried(run)...)
	o.board.get(here).want(200, "Verwerkt", "De bank heeft alles uitgevoerd", "Betaald")
	o.c.Bank(o.c.Back(members[2], "AC04"))
	o.board.get(here).want(200, "Teruggekomen betalingen", members[2].Number, "De rekening is opgeheven AC04", "Vraag de deelnemer om een ander rekeningnummer")
	o.board.get("/en"+strings.TrimPrefix(here, "/nl")).want(200, "Returned", "Carried out")
	o.accountant.get(payoutsPage).want(200, "Geen rekeningnummer")
}

// chunked are the groups in which a page shows a hash.
func chunked(hash string) (parts []string) {
	for i := 0; i < len(hash); i += 8 {
		parts = append(parts, hash[i:i+8])
	}
	return parts
}

// euro is an amount as a Dutch page shows it.
func euro(c payments.Cents) string {
	return strings.ReplaceAll(viewOf("nl").Euro(int64(c)), "&", "&amp;")
}

func TestRunsThatCannotBePrepared(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 2, 60_000)
	now := o.c.Watch.Now()
	tests := []struct {
		name  string
		day   []string
		words string
	}{
		{"no day", []string{"execute-day", "", "execute-month", "", "execute-year", ""}, "Vul de dag in"},
		{"a day that is over", on(now.AddDate(0, 0, -1)), "Deze dag is voorbij"},
		{"a day far away", on(now.AddDate(1, 0, 0)), "te ver weg"},
		{"a Sunday", on(now.AddDate(0, 0, 14-int(now.Weekday()))), "betalen banken niet"},
		{"Christmas", on(time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC)), "betalen banken niet"},
		{"no date at all", []string{"execute-day", "x", "execute-month", "<b>", "execute-year", "\x00"}, "Deze datum bestaat niet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o.accountant.post(payoutsPage, tt.day...).want(http.StatusUnprocessableEntity, tt.words, "Zet klaar")
		})
	}
	if n := o.count(t, `SELECT count(*) FROM payout_runs`); n != 0 {
		t.Errorf("%d runs were prepared by bad forms", n)
	}
}

func TestPrepareRunTwiceAndEightAtOnce(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 3, 60_000)
	values := form(o.accountant.get(payoutsPage), on(o.c.Payday())...)
	onlyOne(t, o.accountant.eightAtOnce(payoutsPage, values))
	o.accountant.send(payoutsPage, values).want(http.StatusUnprocessableEntity, "Er is nu niemand die betaald kan worden")
	if n := o.count(t, `SELECT count(*) FROM payouts`); n != 3 {
		t.Errorf("%d payouts for three people", n)
	}
}

func TestReleaseEightAtOnce(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 3, 60_000)
	o.accountant.post(payoutsPage, on(o.c.Payday())...)
	run := o.theRun(t)
	here := "/nl" + runPath(o.c.Claim, run.ID)
	total := run.TotalCents.String()
	onlyOne(t, o.board.eightAtOnce(here+"/goedkeuren", form(o.board.get(here), "total", total)))
	onlyOne(t, o.board.eightAtOnce(here+"/vrijgeven", form(o.board.get(here), "total", total)))
	if n := o.count(t, `SELECT count(*) FROM journals WHERE event = 'run.released'`); n != 1 {
		t.Errorf("%d journals of the release, want 1", n)
	}
}

func TestCancelRun(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 2, 60_000)
	o.accountant.post(payoutsPage, on(o.c.Payday())...)
	run := o.theRun(t)
	here := "/nl" + runPath(o.c.Claim, run.ID)
	o.member(t, staff.Lawyer).send(here+"/annuleren", nil).want(http.StatusForbidden)
	o.board.postFrom(here, here+"/annuleren").goes(payoutsPage)
	o.board.get(here).want(200, "Geannuleerd door Medewerker", "Deze bestanden gaan niet naar de bank")
	o.accountant.get(here + "/bestand/1").want(http.StatusConflict)
	o.accountant.post(payoutsPage, on(o.c.Payday())...)
	if next := o.theRun(t); next.ID == run.ID || next.ItemCount != 2 {
		t.Errorf("after the cancelling run %d has %d people, want another with 2", next.ID, next.ItemCount)
	}
	o.c.Status(claims.Distributing)
}

func TestTypedTotals(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 2, 60_000)
	o.accountant.post(payoutsPage, on(o.c.Payday())...)
	run := o.theRun(t)
	here := "/nl" + runPath(o.c.Claim, run.ID)
	values := form(o.board.get(here))
	for _, text := range append([]string{(run.TotalCents + 1).String(), (run.TotalCents - 1).String(), "-" + run.TotalCents.String(), run.TotalCents.String() + "0"}, naughty...) {
		values.Set("total", text)
		o.board.send(here+"/goedkeuren", values).want(http.StatusUnprocessableEntity)
	}
	values["total"] = []string{run.TotalCents.String(), run.TotalCents.String()}
	o.board.send(here+"/goedkeuren", values).want(http.StatusBadRequest)
	if got := o.theRun(t).Status; got != payments.RunPrepared {
		t.Errorf("the run is %s after wrong totals", got)
	}
	english := "/en" + runPath(o.c.Claim, run.ID)
	o.board.postFrom(english, english+"/goedkeuren", "total", viewOf("en").Euro(int64(run.TotalCents))).goes(english)
}
