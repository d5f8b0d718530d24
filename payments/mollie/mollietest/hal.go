package mollietest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	exactAmount = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})\.[0-9]{2}$`)
	htmlType    = "text/html"
)

func euros(cents int64) object {
	return object{"currency": "EUR", "value": fmt.Sprintf("%d.%02d", cents/100, cents%100)}
}

// readEuros reads Mollie's text for an amount, without a float.
func readEuros(value string) (int64, bool) {
	if !exactAmount.MatchString(value) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.Replace(value, ".", "", 1), 10, 64)
	return n, err == nil && n > 0
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }

// paymentObject is a payment in Mollie's shape; what does not apply is left out.
func (s *Simulator) paymentObject(p *Payment) object {
	o := object{
		"resource": "payment", "id": p.ID, "mode": mode(p.Live), "createdAt": stamp(p.CreatedAt),
		"amount": euros(p.AmountCents), "description": p.Description, "method": orNull(p.Method),
		"metadata": rawOrNull(p.Metadata), "status": p.Status, "isCancelable": p.Status == "open",
		"profileId": "pfl_simulation", "sequenceType": "oneoff", "redirectUrl": p.RedirectURL, "locale": orNull(p.Locale),
	}
	if p.WebhookURL != "" {
		o["webhookUrl"] = p.WebhookURL
	}
	if p.unfinished() && !p.ExpiresAt.IsZero() {
		o["expiresAt"] = stamp(p.ExpiresAt)
	}
	if !p.ClosedAt.IsZero() && (p.Status == "canceled" || p.Status == "expired" || p.Status == "failed") {
		o[p.Status+"At"] = stamp(p.ClosedAt)
	}
	if !p.PaidAt.IsZero() {
		paidFields(o, p)
	}
	o["_links"] = s.paymentLinks(p)
	return o
}

func paidFields(o object, p *Payment) {
	o["paidAt"] = stamp(p.PaidAt)
	o["settlementAmount"] = euros(p.AmountCents)
	o["amountRemaining"] = euros(p.RemainingCents())
	if n := p.RefundedCents(); n > 0 {
		o["amountRefunded"] = euros(n)
	}
	if n := p.ChargedBackCents(); n > 0 {
		o["amountChargedBack"] = euros(n)
	}
	if p.Method == "ideal" {
		o["details"] = object{"consumerName": "T. TEST (SIMULATION)", "consumerAccount": "NL53INGB0654422370", "consumerBic": "INGBNL2A"}
	}
}

func (s *Simulator) paymentLinks(p *Payment) object {
	self := s.url("v2/payments/" + p.ID)
	links := object{"self": hal(self), "dashboard": link{s.url(""), htmlType}}
	if p.Status == "open" {
		links["checkout"] = link{s.url("checkout/" + p.ID), htmlType}
	}
	if len(p.Refunds) > 0 {
		links["refunds"] = hal(self + "/refunds")
	}
	if p.SettlementID != "" {
		links["settlement"] = hal(s.url("v2/settlements/" + p.SettlementID))
	}
	if len(p.Chargebacks) > 0 {
		links["chargebacks"] = hal(self + "/chargebacks")
	}
	return links
}

func (s *Simulator) paymentBody(p *Payment) []byte {
	b, err := json.Marshal(s.paymentObject(p))
	if err != nil {
		return []byte("null")
	}
	return b
}

func (s *Simulator) refundObject(p *Payment, r *Refund) object {
	o := object{
		"resource": "refund", "id": r.ID, "mode": mode(p.Live), "amount": euros(r.AmountCents), "description": r.Description,
		"metadata": rawOrNull(r.Metadata), "status": r.Status, "paymentId": p.ID, "createdAt": stamp(r.CreatedAt),
		"_links": object{
			"self":    hal(s.url("v2/payments/" + p.ID + "/refunds/" + r.ID)),
			"payment": hal(s.url("v2/payments/" + p.ID)),
		},
	}
	if r.SettlementID != "" {
		o["settlementId"] = r.SettlementID
	}
	return o
}

func (s *Simulator) chargebackObject(p *Payment, c *Chargeback) object {
	o := object{
		"resource": "chargeback", "id": c.ID, "amount": euros(c.AmountCents), "paymentId": p.ID,
		"createdAt": stamp(c.CreatedAt), "reversedAt": nil, "settlementAmount": signedEuros(-c.AmountCents * 100),
		"_links": object{
			"self":    hal(s.url("v2/payments/" + p.ID + "/chargebacks/" + c.ID)),
			"payment": hal(s.url("v2/payments/" + p.ID)),
		},
	}
	if !c.ReversedAt.IsZero() {
		o["reversedAt"] = stamp(c.ReversedAt)
	}
	return o
}

func mode(live bool) string {
	if live {
		return "live"
	}
	return "test"
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func rawOrNull(b json.RawMessage) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// referenceIn reads our own reference from the metadata.
func referenceIn(metadata json.RawMessage) string {
	var m struct {
		Ref string `json:"ref"`
	}
	if json.Unmarshal(metadata, &m) != nil {
		return ""
	}
	return m.Ref
}
