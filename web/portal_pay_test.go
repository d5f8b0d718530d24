package web

import (
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/payments/mollie/mollietest"
)

func TestPayingAheadAndComingBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ status, words, offer string }{
		{"paid", "Wij hebben uw betaling ontvangen", "U hebt € 50,00 vooruit betaald"},
		{"failed", "De betaling is niet gelukt", "Betaal € 50,00"},
		{"canceled", "U hebt de betaling geannuleerd", "Betaal € 50,00"},
		{"expired", "De betaling is verlopen", "Betaal € 50,00"},
	} {
		t.Run(tt.status, func(t *testing.T) {
			t.Parallel()
			s, _, b, home := joined(t, claims.Flat)
			b.get(home+"/betalen").want(200, "Wilt u € 50,00 nu al betalen?", "U hebt nog niets betaald")
			b.post(home + "/betalen").goes(home + "/betalen")
			ready := b.get(home+"/betalen").want(200, "U gaat naar Mollie", "Bezig")
			var provider, ref, checkout string
			must(t, s.pool.QueryRow(t.Context(), `SELECT provider_id, ref, checkout_url FROM prepayments`).Scan(&provider, &ref, &checkout))
			if !strings.Contains(ready.Body, `href="`+checkout+`"`) {
				t.Errorf("no link to %s", checkout)
			}
			b.get(home+"/betaling/"+ref).want(200, "Uw bank is nog bezig", "Kijk opnieuw")
			must(t, s.Mollie.Set(provider, tt.status))
			back := b.get(home+"/betaling/"+ref).want(200, tt.words)
			if again := strings.Contains(back.Body, "Probeer opnieuw"); again == (tt.status == "paid") {
				t.Errorf("trying again is offered: %v", again)
			}
			b.get(home+"/betaling/"+ref).want(200, tt.words)
			b.get(home+"/betalen").want(200, tt.offer)
			if tt.status != "paid" {
				b.postFrom(home+"/betaling/"+ref, home+"/betalen").goes(home + "/betalen")
				b.get(home+"/betalen").want(200, "U gaat naar Mollie")
			}
		})
	}
}

func TestOnlyTheFlatFeeIsPaidAhead(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Percentage)
	p := b.get(home+"/betalen").want(200, "U hoeft niets vooruit te betalen")
	b.send(home+"/betalen", form(b.get(home+"/gegevens"))).goes(home + "/betalen")
	if strings.Contains(p.Body, "Betaal €") || s.count(t, `SELECT count(*) FROM prepayments`) != 0 {
		t.Error("a percentage can be paid ahead")
	}
}

func TestPayingEightTimesIsOnce(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Flat)
	for status, n := range b.eightAtOnce(home+"/betalen", form(b.get(home+"/betalen"))) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM prepayments`); n != 1 {
		t.Errorf("%d payments, want 1", n)
	}
	var provider string
	must(t, s.pool.QueryRow(t.Context(), `SELECT provider_id FROM prepayments`).Scan(&provider))
	must(t, s.Mollie.Set(provider, "paid"))
	b.get(home+"/betaling/"+refOf(t, s)).want(200, "Wij hebben uw betaling ontvangen")
	b.send(home+"/betalen", form(b.get(home+"/gegevens"))).goes(home + "/betalen") // paid already: nothing new is opened
	if n := s.count(t, `SELECT count(*) FROM prepayments`); n != 1 {
		t.Errorf("%d payments, want 1", n)
	}
}

func refOf(t *testing.T, s caseSite) (ref string) {
	t.Helper()
	must(t, s.pool.QueryRow(t.Context(), `SELECT ref FROM prepayments ORDER BY id DESC LIMIT 1`).Scan(&ref))
	return ref
}

func TestNothingIsLostWhileMollieIsAway(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Flat)
	s.Mollie.FailNext(50, mollietest.Error500)
	b.post(home+"/betalen").want(503, "De betaaldienst is even niet bereikbaar. U hebt niets betaald en er is niets verloren", "Betaal € 50,00")
	s.Mollie.Recover()
	b.post(home + "/betalen").goes(home + "/betalen")
	ref := refOf(t, s)
	s.Mollie.FailNext(50, mollietest.Error500)
	b.get(home+"/betaling/"+ref).want(200, "Wij weten het nog niet", "Kijk opnieuw")
	b.get(home+"/betalen").want(200, "U gaat naar Mollie")
}

func TestAPaymentThatIsNotNeededGoesBack(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	b.post(home + "/betalen")
	ref := refOf(t, s)
	b.post(home+"/stoppen/beeindigen/bevestigen", "sure", "yes").goes(home + "/stoppen")
	var provider string
	must(t, s.pool.QueryRow(t.Context(), `SELECT provider_id FROM prepayments`).Scan(&provider))
	must(t, s.Mollie.Set(provider, "paid"))
	b.get(home+"/betaling/"+ref).want(200, "U krijgt deze betaling terug")
	b.get(home+"/betalen").want(200, "De betaling was niet meer nodig", "Staat klaar")
	s.Drain("refunds")
	b.get(home+"/betalen").want(200, "Terugbetaling")
	_ = m
}
