package auditpack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// JournalChain is the hash of a journal's lines, each written as the table has it without the chain, over the chain before.
func JournalChain(before string, rows [][]string) string {
	h := sha256.New()
	h.Write([]byte(before))
	for _, row := range rows {
		h.Write([]byte("\n" + strings.Join(row, "|")))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// checkBooks checks that each journal balances and that none was slipped in, and compares the books with the plan,
// the runs and the bank, account by account.
func (p *pack) checkBooks() error {
	chain, sum, got := "", int64(0), map[string]int64{}
	rows := p.tables[JournalsFile]
	var open [][]string
	for i, l := range rows {
		columns := Columns[JournalsFile]
		row := make([]string, len(columns)-1)
		for k := range row {
			row[k] = l[columns[k]]
		}
		open = append(open, row)
		sum += cents(l, "amount")
		got[l["event"]+" "+l["account"]] += cents(l, "amount")
		if i+1 < len(rows) && rows[i+1]["key"] == l["key"] {
			continue
		}
		if sum != 0 {
			return wrong(JournalsFile, "boeking %s is niet in evenwicht", "journal %s does not balance", l["key"])
		}
		if chain = JournalChain(chain, open); chain != l["chain"] {
			return wrong(JournalsFile, "de ketting breekt bij boeking %s", "the chain breaks at journal %s", l["key"])
		}
		open = nil
	}
	for _, w := range p.wanted() {
		if got[w.booking] != w.cents {
			return wrong(JournalsFile, "%s: geboekt %d, nagerekend %d", "%s: booked %d, recomputed %d", w.booking, got[w.booking], w.cents)
		}
	}
	return nil
}

// wanted is what must be booked, by event and account, from the other files alone. Debit is positive.
func (p *pack) wanted() (all []struct {
	booking string
	cents   int64
}) {
	add := func(booking string, cents int64) {
		all = append(all, struct {
			booking string
			cents   int64
		}{booking, cents})
	}
	add("distribution.approved 2100", p.plan.PotCents)
	add("distribution.approved 2110", -p.plan.PayoutCents)
	add("distribution.approved 2120", -p.plan.FeeCents)
	add("distribution.approved 2000", p.plan.PrepaidCents)
	var released, booked, returned, rejected, kept int64
	for _, r := range p.tables[RunsFile] {
		if r["released_at"] != "" {
			released += cents(r, "total")
		}
	}
	for _, l := range p.tables[LinesFile] {
		switch l["kind"] {
		case "payout", "payout_file":
			booked -= cents(l, "amount")
		case "return":
			kept += cents(l, "amount")
		}
	}
	for _, o := range p.tables[PayoutsFile] {
		switch o["status"] {
		case "returned":
			returned += cents(o, "amount")
		case "rejected":
			rejected += cents(o, "amount")
		}
	}
	var fee, vat, feeBack, vatBack int64
	for _, i := range p.tables[InvoicesFile] {
		if i["kind"] == "credit" {
			feeBack, vatBack = feeBack+cents(i, "fee"), vatBack+cents(i, "vat")
		} else {
			fee, vat = fee+cents(i, "fee"), vat+cents(i, "vat")
		}
	}
	add("run.released 2110", released)
	add("run.released 2200", -released)
	add("payouts.rejected 2110", -rejected)
	add("payouts.rejected 2200", rejected)
	add("payouts.booked 2200", booked)
	add("payouts.booked 1000", -booked)
	add("payout.returned 2110", -returned)
	add("payout.returned 1000", kept)
	add("payout.returned 4100", returned-kept)
	add("payout.returned 2120", -feeBack)
	add("payout.returned 2500", vatBack)
	add("payout.returned 8000", feeBack-vatBack)
	zero := p.zeroFees()
	add("distribution.zero 2120", zero)
	add("payouts.booked 2120", fee-zero)
	add("payouts.booked 2500", p.zeroVAT()-vat)
	add("payouts.booked 8000", vat-p.zeroVAT()-(fee-zero))
	return all
}

// zeroFees are the fees that were earned with nothing to pay out.
func (p *pack) zeroFees() (sum int64) {
	for _, i := range p.tables[InvoicesFile] {
		if i["end_to_end_id"] == "" {
			sum += cents(i, "fee")
		}
	}
	return sum
}

func (p *pack) zeroVAT() (sum int64) {
	for _, i := range p.tables[InvoicesFile] {
		if i["end_to_end_id"] == "" {
			sum += cents(i, "vat")
		}
	}
	return sum
}

// journals counts them.
func (p *pack) journals() (n int64) {
	last := ""
	for _, l := range p.tables[JournalsFile] {
		if l["key"] != last {
			n++
		}
		last = l["key"]
	}
	return n
}

// checkInvoices looks whether each fee that was earned has its invoice, with the VAT of its rate, and each that was taken back its credit note.
func (p *pack) checkInvoices() error {
	fees, status, number := map[string]int64{}, map[string]string{}, map[string]string{}
	for _, a := range p.tables[AwardsFile] {
		fees[a["number"]] = cents(a, "fee")
	}
	for _, o := range p.tables[PayoutsFile] {
		status[o["end_to_end_id"]], number[o["end_to_end_id"]] = o["status"], o["number"]
	}
	seen, invoices := map[string]bool{}, map[string]map[string]string{}
	for _, i := range p.tables[InvoicesFile] {
		if cents(i, "fee") != fees[i["number"]] || cents(i, "vat") != vatIn(cents(i, "fee"), cents(i, "rate_bp")) || i["end_to_end_id"] != "" && number[i["end_to_end_id"]] != i["number"] {
			return wrong(InvoicesFile, "%s heeft andere bedragen dan nagerekend", "%s has other amounts than recomputed", i["invoice"])
		}
		of := i["end_to_end_id"]
		if of == "" {
			of = i["number"]
		}
		if seen[i["kind"]+of] {
			return wrong(InvoicesFile, "%s staat er dubbel in", "%s is there twice", i["invoice"])
		}
		seen[i["kind"]+of], invoices[i["invoice"]] = true, i
		if first := invoices[i["credits"]]; i["kind"] == "credit" && (first == nil || first["end_to_end_id"] != of || first["vat"] != i["vat"]) {
			return wrong(InvoicesFile, "%s neemt iets anders terug dan is gefactureerd", "%s takes something else back than was invoiced", i["invoice"])
		}
	}
	for id, s := range status {
		earned, back := (s == "booked" || s == "returned") && fees[number[id]] > 0, s == "returned" && fees[number[id]] > 0
		if seen["invoice"+id] != earned || seen["credit"+id] != back {
			return wrong(InvoicesFile, "bij %s hoort iets anders dan er staat", "%s should have something else", fmt.Sprint(id))
		}
	}
	return nil
}
