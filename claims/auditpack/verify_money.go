package auditpack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
)

// live tells whether a payout takes the place of its award.
func live(status string) bool { return slices.Contains([]string{"planned", "sent", "booked"}, status) }

// checkRuns recounts every run: its payouts, their hash, its people, and the files the bank got.
func (p *pack) checkRuns() error {
	award, paid, of := map[string]int64{}, map[string]bool{}, map[string][]map[string]string{}
	for _, a := range p.tables[AwardsFile] {
		award[a["number"]] = cents(a, "payout")
	}
	for _, o := range p.tables[PayoutsFile] {
		if o["status"] != "cancelled" && cents(o, "amount") != award[o["number"]] {
			return wrong(PayoutsFile, "%s krijgt een ander bedrag dan in het plan staat", "%s gets another amount than the plan has", o["end_to_end_id"])
		}
		if live(o["status"]) {
			if paid[o["number"]] {
				return wrong(PayoutsFile, "%s wordt twee keer betaald", "%s is paid twice", o["number"])
			}
			paid[o["number"]] = true
		}
		of[o["run"]] = append(of[o["run"]], o)
	}
	for _, r := range p.tables[RunsFile] {
		if err := p.checkRun(r, of[r["run"]]); err != nil {
			return err
		}
		delete(of, r["run"])
	}
	if len(of) > 0 {
		return wrong(PayoutsFile, "er staan overboekingen in van een uitbetaling die er niet is", "it holds transfers of a run that is not there")
	}
	return nil
}

func (p *pack) checkRun(r map[string]string, payouts []map[string]string) error {
	slices.SortFunc(payouts, func(a, b map[string]string) int { return strings.Compare(a["end_to_end_id"], b["end_to_end_id"]) })
	var total int64
	lines, parts := make([]string, len(payouts)), map[string][]map[string]string{}
	for i, o := range payouts {
		total += cents(o, "amount")
		lines[i] = strings.Join([]string{o["award_id"], o["participation_id"], o["payee_account_id"], o["part"], o["end_to_end_id"], o["amount"]}, "|")
		parts[o["part"]] = append(parts[o["part"]], o)
	}
	if sum := sha256.Sum256([]byte(strings.Join(lines, "\n"))); hex.EncodeToString(sum[:]) != r["items_sha256"] || total != cents(r, "total") || int64(len(payouts)) != cents(r, "count") {
		return wrong(RunsFile, "uitbetaling %s is anders dan haar overboekingen", "run %s is other than its transfers", r["run"])
	}
	if r["released_at"] == "" {
		return nil
	}
	if r["approved_by"] == "" || r["approved_by"] == r["prepared_by"] || r["released_by"] == r["prepared_by"] {
		return wrong(RunsFile, "uitbetaling %s is niet door een ander goedgekeurd en vrijgegeven", "run %s was not approved and released by somebody else", r["run"])
	}
	for part, items := range parts {
		if err := p.checkBankFile(bankFile(r["run"], part), items); err != nil {
			return err
		}
	}
	return nil
}

// checkBankFile reads a file for the bank and compares every transfer in it.
func (p *pack) checkBankFile(name string, items []map[string]string) error {
	var file struct {
		Count     int64  `xml:"CstmrCdtTrfInitn>GrpHdr>NbOfTxs"`
		Sum       string `xml:"CstmrCdtTrfInitn>GrpHdr>CtrlSum"`
		Transfers []struct {
			ID     string `xml:"PmtId>EndToEndId"`
			Amount string `xml:"Amt>InstdAmt"`
		} `xml:"CstmrCdtTrfInitn>PmtInf>CdtTrfTxInf"`
	}
	if xml.NewDecoder(bytes.NewReader(p.files[name])).Decode(&file) != nil || int(file.Count) != len(items) || len(file.Transfers) != len(items) {
		return wrong(name, "ontbreekt, is niet te lezen of heeft een ander aantal overboekingen", "is missing, cannot be read or has another number of transfers")
	}
	want := map[string]int64{}
	var total int64
	for _, o := range items {
		want[o["end_to_end_id"]] = cents(o, "amount")
		total += cents(o, "amount")
	}
	for _, t := range file.Transfers {
		if euros(t.Amount) != want[t.ID] {
			return wrong(name, "%s heeft een ander bedrag", "%s has another amount", t.ID)
		}
		delete(want, t.ID)
	}
	if euros(file.Sum) != total || len(want) > 0 {
		return wrong(name, "heeft een ander totaal of andere overboekingen", "has another total or other transfers")
	}
	return nil
}

// euros reads an amount with two decimals as cents.
func euros(text string) int64 {
	whole, dec, ok := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+dec, 10, 64)
	if !ok || len(dec) != 2 || err != nil {
		return -1 << 62
	}
	return n
}

// bankFiles counts the files for the bank.
func (p *pack) bankFiles() (n int64) {
	for _, name := range p.order {
		if strings.HasPrefix(name, "runs/") && strings.HasSuffix(name, ".xml") {
			n++
		}
	}
	return n
}

// checkBank adds every statement up, and looks whether each payout is on one as its state says.
func (p *pack) checkBank() error {
	sum, count := map[string]int64{}, map[string]int64{}
	out, back := map[string]int64{}, map[string]int64{} // by EndToEndId, or run and part
	for _, l := range p.tables[LinesFile] {
		sum[l["statement"]] += cents(l, "amount")
		count[l["statement"]]++
		switch l["kind"] {
		case "payout", "payout_file":
			out[l["of"]] -= cents(l, "amount")
		case "return":
			back[l["of"]] += cents(l, "amount")
		}
	}
	for _, s := range p.tables[SheetsFile] {
		if cents(s, "opening")+sum[s["statement"]] != cents(s, "closing") || count[s["statement"]] != cents(s, "lines") {
			return wrong(SheetsFile, "afschrift %s telt niet op", "statement %s does not add up", s["statement"])
		}
	}
	parts := map[string]int64{}
	for _, o := range p.tables[PayoutsFile] {
		if o["status"] != "rejected" { // the bank did not carry it out
			parts[o["run"]+"-"+o["part"]] += cents(o, "amount")
		}
	}
	for _, o := range p.tables[PayoutsFile] {
		whole := parts[o["run"]+"-"+o["part"]]
		booked := out[o["end_to_end_id"]] == cents(o, "amount") || o["status"] != "rejected" && whole > 0 && out[o["run"]+"-"+o["part"]] == whole
		returned := back[o["end_to_end_id"]]
		if booked != (o["status"] == "booked" || o["status"] == "returned") || (returned > 0) != (o["status"] == "returned") || returned > cents(o, "amount") {
			return wrong(LinesFile, "%s is volgens de bank niet %s", "%s is not %s by what the bank says", o["end_to_end_id"], o["status"])
		}
	}
	return nil
}
