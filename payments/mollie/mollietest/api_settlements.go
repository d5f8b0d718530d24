package mollietest

import (
	"fmt"
	"net/http"
	"time"
)

// tokenOnly refuses a key of a profile: settlements and balances belong to the organisation.
func (c *call) tokenOnly() (answer, bool) {
	if c.byKey {
		return problem(http.StatusForbidden, "", "The API key does not give access to this resource."), true
	}
	return answer{}, false
}

// signedEuros writes ten-thousandths of a euro with two decimals.
func signedEuros(exact int64) object { return object{"currency": "EUR", "value": decimals(exact, 2)} }

// exactEuros writes ten-thousandths of a euro with four decimals, as in the periods of a settlement.
func exactEuros(exact int64) object { return object{"currency": "EUR", "value": decimals(exact, 4)} }

func decimals(exact int64, places int) string {
	sign := ""
	if exact < 0 {
		sign, exact = "-", -exact
	}
	if places == 2 {
		return fmt.Sprintf("%s%d.%02d", sign, exact/10_000, exact/100%100)
	}
	return fmt.Sprintf("%s%d.%04d", sign, exact/10_000, exact%10_000)
}

func (s *Simulator) listSettlements(c *call, st *state) answer {
	if a, bad := c.tokenOnly(); bad {
		return a
	}
	var all []object
	for _, one := range st.Settlements {
		if one.Live == c.live {
			all = append(all, s.settlementObject(one, st.parts(one.ID, one.Live)))
		}
	}
	return s.pageOf(c, "v2/settlements", "settlements", all)
}

// settlementNamed finds a settlement by its id or by its reference on the bank statement, which are unique: the
// official client does not say in which mode it asks for one.
func (c *call) settlementNamed(st *state) *Settlement {
	name := c.PathValue("id")
	for _, one := range st.Settlements {
		if one.ID == name || one.Reference == name {
			return one
		}
	}
	return nil
}

func (s *Simulator) getSettlement(c *call, st *state) answer {
	if a, bad := c.tokenOnly(); bad {
		return a
	}
	if name := c.PathValue("id"); name == "open" || name == "next" {
		all := st.parts("", c.live)
		return says(http.StatusOK, s.settlementObject(&Settlement{ID: name, Status: "open", AmountCents: all.amountCents(), Live: c.live, CreatedAt: s.now()}, all))
	}
	one := c.settlementNamed(st)
	if one == nil {
		return notFound("settlement")
	}
	return says(http.StatusOK, s.settlementObject(one, st.parts(one.ID, one.Live)))
}

func (s *Simulator) settlementObject(one *Settlement, all parts) object {
	self := s.url("v2/settlements/" + one.ID)
	o := object{
		"resource": "settlement", "id": one.ID, "reference": orNull(one.Reference), "createdAt": stamp(one.CreatedAt), "settledAt": nil,
		"status": one.Status, "amount": signedEuros(one.AmountCents * 100), "balanceId": primaryBalance,
		"periods": object{one.CreatedAt.UTC().Format("2006"): object{one.CreatedAt.UTC().Format("01"): period(all)}},
		"_links": object{
			"self": hal(self), "payments": hal(self + "/payments"), "refunds": hal(self + "/refunds"),
			"chargebacks": hal(self + "/chargebacks"), "captures": hal(self + "/captures"),
		},
	}
	if !one.SettledAt.IsZero() {
		o["settledAt"] = stamp(one.SettledAt)
	}
	return o
}

// period is one month in Mollie's shape: refunds and chargebacks are revenue below zero.
func period(all parts) object {
	var paid, back, charged int64
	for _, p := range all.payments {
		paid += p.AmountCents
	}
	for _, r := range all.refunds {
		back += r.of.AmountCents
	}
	charged = paid - back - all.cents
	revenue := []object{}
	for _, line := range []struct {
		text  string
		count int
		cents int64
	}{{"iDEAL", len(all.payments), paid}, {"Refunds", len(all.refunds), -back}, {"Chargebacks", len(all.chargebacks), -charged}} {
		if line.count > 0 {
			revenue = append(revenue, object{
				"description": line.text, "method": "ideal", "count": line.count,
				"amountNet": exactEuros(line.cents * 100), "amountVat": nil, "amountGross": exactEuros(line.cents * 100),
			})
		}
	}
	costs := []object{}
	for _, line := range []struct {
		text       string
		count, net int64
	}{{"iDEAL", int64(len(all.payments)), 2900}, {"Refund", int64(len(all.refunds)), 2500}} {
		if line.count > 0 {
			vat := line.count * line.net * 21 / 100
			costs = append(costs, object{
				"description": line.text, "method": "ideal", "count": line.count, "rate": object{"fixed": exactEuros(line.net), "percentage": "0.00"},
				"amountNet": exactEuros(line.count * line.net), "amountVat": exactEuros(vat), "amountGross": exactEuros(line.count*line.net + vat),
			})
		}
	}
	return object{"revenue": revenue, "costs": costs, "invoiceId": nil}
}

// listOf gives one list of what a settlement is made of.
func (s *Simulator) listOf(c *call, st *state, name string, list func(parts) []object) answer {
	if a, bad := c.tokenOnly(); bad {
		return a
	}
	one := c.settlementNamed(st)
	if one == nil {
		return notFound("settlement")
	}
	return s.pageOf(c, "v2/settlements/"+one.ID+"/"+name, name, list(st.parts(one.ID, one.Live)))
}

func (s *Simulator) listSettlementPayments(c *call, st *state) answer {
	return s.listOf(c, st, "payments", func(all parts) (list []object) {
		for _, p := range all.payments {
			list = append(list, s.paymentObject(p))
		}
		return list
	})
}

func (s *Simulator) listSettlementRefunds(c *call, st *state) answer {
	return s.listOf(c, st, "refunds", func(all parts) (list []object) {
		for _, r := range all.refunds {
			o := s.refundObject(r.Payment, r.of)
			o["settlementAmount"] = signedEuros(-r.of.AmountCents * 100)
			list = append(list, o)
		}
		return list
	})
}

func (s *Simulator) listSettlementChargebacks(c *call, st *state) answer {
	return s.listOf(c, st, "chargebacks", func(all parts) (list []object) {
		for i, one := range all.chargebacks {
			o := s.chargebackObject(one.Payment, one.of)
			if i >= len(all.chargebacks)-all.reversals { // it came back
				o["settlementAmount"] = signedEuros(one.of.AmountCents * 100)
			}
			list = append(list, o)
		}
		return list
	})
}

// listSettlementCaptures is empty: the simulated Mollie takes money at once.
func (s *Simulator) listSettlementCaptures(c *call, st *state) answer {
	return s.listOf(c, st, "captures", func(parts) []object { return nil })
}

const primaryBalance = "bal_simulation"

func (s *Simulator) listBalances(c *call, st *state) answer {
	if a, bad := c.tokenOnly(); bad {
		return a
	}
	return s.pageOf(c, "v2/balances", "balances", []object{s.balanceObject(st, c.live)})
}

func (s *Simulator) getBalance(c *call, st *state) answer {
	if a, bad := c.tokenOnly(); bad {
		return a
	}
	if id := c.PathValue("id"); id != "primary" && id != primaryBalance {
		return notFound("balance")
	}
	return says(http.StatusOK, s.balanceObject(st, c.live))
}

func (s *Simulator) balanceObject(st *state, live bool) object {
	available := max(0, st.balance(live))
	if st.LowBalance {
		available = 0
	}
	return object{
		"resource": "balance", "id": primaryBalance, "mode": mode(live), "createdAt": stamp(time.Unix(0, 0)), "currency": "EUR", "status": "active",
		"availableAmount": euros(available), "pendingAmount": euros(0), "transferFrequency": "daily", "transferThreshold": euros(0),
		"transferReference": "Samenclaim", "_links": object{"self": hal(s.url("v2/balances/" + primaryBalance))},
	}
}
