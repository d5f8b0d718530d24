package mollietest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"samenclaim/payments/mollie/mollietest"
)

func TestWhatTheAPIRefuses(t *testing.T) {
	t.Parallel()
	good := order("")
	swap := func(old, now string) string { return strings.Replace(good, old, now, 1) }
	tests := []struct {
		name, method, path, body string
		status                   int
		field                    any
	}{
		{"no amount", "POST", "v2/payments", swap(`"amount"`, `"anount"`), 422, "amount"},
		{"an amount that is a number", "POST", "v2/payments", swap(`"50.00"`, `50.00`), 422, "amount"},
		{"an amount with one decimal", "POST", "v2/payments", swap(`50.00`, `50.0`), 422, "amount"},
		{"an amount of nothing", "POST", "v2/payments", swap(`50.00`, `0.00`), 422, "amount"},
		{"another currency", "POST", "v2/payments", swap(`EUR`, `XXX`), 422, "amount"},
		{"no description", "POST", "v2/payments", swap(`"description"`, `"dascription"`), 422, "description"},
		{"a long description", "POST", "v2/payments", swap(`Zoom`, strings.Repeat("x", 255)), 422, "description"},
		{"no way back", "POST", "v2/payments", swap(`"redirectUrl"`, `"radirectUrl"`), 422, "redirectUrl"},
		{"a way back that is no address", "POST", "v2/payments", swap(`https://claim.test/terug`, `javascript:alert(1)//`), 422, "redirectUrl"},
		{"a webhook that is no address", "POST", "v2/payments", swap(`"webhookUrl":""`, `"webhookUrl":"nowhere"`), 422, "webhookUrl"},
		{"large metadata", "POST", "v2/payments", swap(`R1`, strings.Repeat("x", 1100)), 422, "metadata"},
		{"testmode with a key", "POST", "v2/payments", swap(`{`, `{"testmode":true,`), 422, "testmode"},
		{"a profile with a key", "POST", "v2/payments", swap(`{`, `{"profileId":"pfl_1",`), 422, "profileId"},
		{"no JSON", "POST", "v2/payments", `hello`, 400, nil},
		{"too much", "POST", "v2/payments", strings.Repeat(" ", 70<<10), 400, nil},
		{"an unknown payment", "GET", "v2/payments/tr_unknown", "", 404, nil},
		{"a refund of an unknown payment", "POST", "v2/payments/tr_unknown/refunds", `{}`, 404, nil},
		{"a limit of nothing", "GET", "v2/payments?limit=0", "", 400, "limit"},
		{"a limit above 250", "GET", "v2/payments?limit=251", "", 400, "limit"},
		{"a page from nowhere", "GET", "v2/payments?from=tr_unknown", "", 400, "from"},
		{"a route that is not there", "GET", "v2/orders", "", 404, nil},
	}
	s := start(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := send(t, s, tt.method, tt.path, tt.body)
			if got.status != tt.status || got.at("field") != tt.field || got.at("detail") == nil || got.at("title") == nil {
				t.Errorf("answers %d %s, want %d with field %v", got.status, got.text, tt.status, tt.field)
			}
			if ct := got.header.Get("Content-Type"); ct != "application/hal+json" {
				t.Errorf("content type is %q", ct)
			}
		})
	}
	if n := len(s.Payments()); n != 0 {
		t.Errorf("%d payments were made, want 0", n)
	}
}

func TestWhatTheAPIIgnores(t *testing.T) {
	t.Parallel()
	s := start(t)
	body := strings.Replace(order(""), "{", `{"_links":{},"company":{},"id":"tr_mine","status":"paid","method":["ideal"],`, 1)
	got := send(t, s, "POST", "v2/payments", body)
	if got.status != http.StatusCreated || got.at("status") != "open" || got.at("id") == "tr_mine" {
		t.Errorf("answers %d %s, want 201, open, an id of its own", got.status, got.text)
	}
}

func TestWithoutAKeyThereIsNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	id := create(t, s, "")
	for _, auth := range []string{"", "Bearer ", "Basic dGVzdA==", "Bearer sk_12345678"} {
		if got := send(t, s, "GET", "v2/payments/"+id, "", "Authorization", auth); got.status != http.StatusUnauthorized {
			t.Errorf("with %q it answers %d, want 401", auth, got.status)
		}
	}
}

func TestTestAndLiveDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	s := start(t)
	id := create(t, s, "")
	for auth, want := range map[string]int{"Bearer live_12345678": 404, "Bearer access_12345678": 404, "Bearer test_other123": 200} {
		if got := send(t, s, "GET", "v2/payments/"+id, "", "Authorization", auth); got.status != want {
			t.Errorf("with %s it answers %d, want %d", auth, got.status, want)
		}
	}
	if got := send(t, s, "GET", "v2/payments/"+id+"?testmode=true", "", "Authorization", "Bearer access_12345678"); got.status != 200 {
		t.Errorf("a token in test mode gets %d, want 200", got.status)
	}
}

func TestAKeyGivesTheSameAnswerOnlyToTheSameRequest(t *testing.T) {
	t.Parallel()
	s := start(t)
	first := send(t, s, "POST", "v2/payments", order(""), "Idempotency-Key", "k1")
	again := send(t, s, "POST", "v2/payments", order(""), "Idempotency-Key", "k1")
	if first.status != 201 || again.status != 201 || first.text != again.text {
		t.Errorf("the second answer is %d %s, want the first", again.status, again.text)
	}
	other := send(t, s, "POST", "v2/payments", strings.Replace(order(""), "50.00", "60.00", 1), "Idempotency-Key", "k1")
	if other.status != http.StatusBadRequest {
		t.Errorf("the same key for another amount answers %d, want 400", other.status)
	}
	if n := len(s.Payments()); n != 1 {
		t.Errorf("there are %d payments, want 1", n)
	}
	refused := send(t, s, "POST", "v2/payments", `{}`, "Idempotency-Key", "k2")
	mended := send(t, s, "POST", "v2/payments", order(""), "Idempotency-Key", "k2")
	if refused.status != 422 || mended.status != 201 {
		t.Errorf("after a refusal (%d) the mended request gets %d, want 201", refused.status, mended.status)
	}
}

func TestTwoEqualRefundsLookLikeAMistake(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := start(t, func(o *mollietest.Options) { o.Now = c.Now })
	id := createPaid(t, s)
	body := `{"amount":{"currency":"EUR","value":"10.00"},"description":"terug"}`
	for i, want := range []int{201, 409} {
		if got := send(t, s, "POST", "v2/payments/"+id+"/refunds", body, "Idempotency-Key", fmt.Sprint(i)); got.status != want {
			t.Errorf("refund %d answers %d, want %d", i, got.status, want)
		}
	}
	c.pass(2 * 60e9)
	if got := send(t, s, "POST", "v2/payments/"+id+"/refunds", body); got.status != 201 {
		t.Errorf("two minutes later it answers %d, want 201", got.status)
	}
	if got := send(t, s, "POST", "v2/payments/"+id+"/refunds", strings.Replace(body, "10.00", "30.01", 1)); got.status != 422 || got.at("field") != "amount" {
		t.Errorf("more than is left answers %d %s, want 422", got.status, got.text)
	}
}

func TestARefundCanBeStoppedUntilTheBankHasIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	if err := s.LowBalance(true); err != nil {
		t.Fatal(err)
	}
	for status, want := range map[string]int{"queued": 204, "pending": 204, "processing": 422, "refunded": 422, "failed": 422} {
		id := createPaid(t, s)
		made := send(t, s, "POST", "v2/payments/"+id+"/refunds", `{"amount":{"currency":"EUR","value":"50.00"}}`)
		if made.at("status") != "queued" {
			t.Fatalf("with a low balance a refund is %v, want queued", made.at("status"))
		}
		refund := "v2/payments/" + id + "/refunds/" + made.at("id").(string)
		if err := s.SetRefund(made.at("id").(string), status); err != nil {
			t.Fatal(err)
		}
		got := send(t, s, "DELETE", refund, "")
		after := send(t, s, "GET", refund, "")
		if got.status != want || (want == 204) != (after.status == 404) {
			t.Errorf("stopping a %s refund answers %d, then %d; want %d", status, got.status, after.status, want)
		}
		if left := send(t, s, "GET", "v2/payments/"+id, "").at("amountRemaining.value"); (left == "50.00") != (want == 204 || status == "failed") {
			t.Errorf("after stopping a %s refund %v is left", status, left)
		}
	}
}

func TestListsGoPageByPageOnTheirOwnHost(t *testing.T) {
	t.Parallel()
	s := start(t)
	var made []string
	for range 5 {
		made = append(made, create(t, s, ""))
	}
	var seen []string
	path := "v2/payments?limit=2"
	for path != "" {
		got := send(t, s, "GET", path, "")
		for _, p := range got.at("_embedded.payments").([]any) {
			seen = append(seen, p.(map[string]any)["id"].(string))
		}
		next, _ := got.at("_links.next.href").(string)
		if next != "" && !strings.HasPrefix(next, s.BaseURL()) {
			t.Fatalf("the next page is at %s, want under %s", next, s.BaseURL())
		}
		path = strings.TrimPrefix(next, s.BaseURL())
	}
	if len(seen) != 5 || seen[0] != made[4] || seen[4] != made[0] {
		t.Errorf("saw %v, want the newest first of %v", seen, made)
	}
	last := send(t, s, "GET", "v2/payments?limit=2&from="+made[0], "")
	if last.at("_links.previous.href") == nil || last.at("_links.next") != nil || last.at("count") != 1.0 {
		t.Errorf("the last page is %s", last.text)
	}
	if got := send(t, s, "GET", "v2/payments?limit=2&sort=asc", "").at("_embedded.payments").([]any)[0].(map[string]any)["id"]; got != made[0] {
		t.Errorf("oldest first begins with %v, want %s", got, made[0])
	}
}

func TestWhatBelongsToAPayment(t *testing.T) {
	t.Parallel()
	s := start(t)
	id := createPaid(t, s)
	refund := send(t, s, "POST", "v2/payments/"+id+"/refunds", `{"amount":{"currency":"EUR","value":"20.00"}}`).at("id")
	if err := s.Chargeback(id); err != nil {
		t.Fatal(err)
	}
	got := send(t, s, "GET", "v2/payments/"+id+"?embed=refunds,chargebacks", "")
	charged := got.at("_embedded.chargebacks").([]any)[0].(map[string]any)
	if r := got.at("_embedded.refunds").([]any)[0].(map[string]any); r["id"] != refund {
		t.Errorf("the embedded refund is %v, want %v", r["id"], refund)
	}
	if got.at("amountRefunded.value") != "20.00" || got.at("amountChargedBack.value") != "30.00" || got.at("amountRemaining.value") != "0.00" || got.at("status") != "paid" {
		t.Errorf("the payment is %s", got.text)
	}
	for _, path := range []string{"v2/refunds", "v2/chargebacks", "v2/payments/" + id + "/refunds", "v2/payments/" + id + "/chargebacks"} {
		if list := send(t, s, "GET", path, ""); list.status != 200 || list.at("count") != 1.0 {
			t.Errorf("%s answers %d %s, want one", path, list.status, list.text)
		}
	}
	if one := send(t, s, "GET", "v2/payments/"+id+"/chargebacks/"+charged["id"].(string), ""); one.at("amount.value") != "30.00" {
		t.Errorf("the chargeback is %s", one.text)
	}
	if methods := send(t, s, "GET", "v2/methods", ""); !strings.Contains(methods.text, `"ideal"`) {
		t.Errorf("the methods are %s", methods.text)
	}
}

func TestOnlyAnOpenPaymentIsCanceled(t *testing.T) {
	t.Parallel()
	s := start(t)
	open, paid := create(t, s, ""), createPaid(t, s)
	if got := send(t, s, "DELETE", "v2/payments/"+open, ""); got.status != 200 || got.at("status") != "canceled" || got.at("canceledAt") == nil {
		t.Errorf("canceling answers %d %s", got.status, got.text)
	}
	if got := send(t, s, "DELETE", "v2/payments/"+paid, ""); got.status != 422 {
		t.Errorf("canceling a paid payment answers %d, want 422", got.status)
	}
}
