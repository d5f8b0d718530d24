package bank

import (
	"regexp"
	"strings"
)

func (c *camt) startEntry() error {
	details := c.entry.Details[:0]
	c.entry = Entry{Details: details}
	c.sign, c.code, c.batches = "", txCode{}, 0
	return c.open()
}

// startBatch counts: of several batches in one entry none can be matched with its sum.
func (c *camt) startBatch() error {
	if c.batches++; c.batches > 1 {
		c.checks.warn("an entry holds several batches")
		c.entry.BatchID, c.entry.BatchCount, c.entry.BatchAmount = "", 0, 0
	}
	return nil
}

// batch lets a field of the first batch be read, and no other.
func (c *camt) batch(read func([]byte) error) func([]byte) error {
	return func(text []byte) error {
		if c.batches > 1 {
			return nil
		}
		return read(text)
	}
}

func (c *camt) endEntry() error {
	e := &c.entry
	switch {
	case e.Currency == "":
		return errNoAmount
	case c.sign == "":
		return errNoSign
	case c.sign == "DBIT":
		e.Amount = -e.Amount
	}
	e.Code, e.OwnCode = c.code.String(), c.code.own
	e.BatchID = strings.TrimSpace(e.BatchID)
	if e.Status == "" {
		c.checks.warn("an entry has no status; taken as booked")
		e.Status = "BOOK"
	}
	if e.Ref == "" {
		e.Ref = e.EntryRef
	}
	c.readInfo(e)
	for i := range e.Details {
		c.settleDetail(&e.Details[i])
	}
	if e.Return = e.Return || isReturn(e.Code); e.Return && e.ReturnReason == "" {
		e.ReturnReason = ownReason(e.OwnCode)
	}
	if len(e.Details) == 1 {
		e.takeOver(&e.Details[0])
	}
	if err := c.checks.entry(c.st, e); err != nil {
		return err
	}
	if c.visit.Entry == nil {
		return nil
	}
	return visitor(c.visit.Entry(c.st, e))
}

// takeOver lets an entry of one detail speak for itself.
func (e *Entry) takeOver(d *Detail) {
	e.EndToEndID, e.CounterName, e.CounterIBAN, e.Remittance = d.EndToEndID, d.CounterName, d.CounterIBAN, d.Remittance
	e.Return = e.Return || d.Return
	if e.ReturnReason == "" {
		e.ReturnReason = d.ReturnReason
	}
}

var (
	batchInInfo  = regexp.MustCompile(`/PREF/([^/]+)/`)
	countInInfo  = regexp.MustCompile(`/NRTX/0*([0-9]{1,9})`)
	reasonInInfo = regexp.MustCompile(`/RTRN/([A-Z0-9]{4})(?:/|$)`)
)

// readInfo finds what some Dutch banks say in the additional text only.
func (c *camt) readInfo(e *Entry) {
	if !strings.Contains(e.Info, "/") {
		return
	}
	if m := batchInInfo.FindStringSubmatch(e.Info); m != nil && e.BatchID == "" {
		e.BatchID = strings.TrimSpace(m[1])
		if m := countInInfo.FindStringSubmatch(e.Info); m != nil && e.BatchCount == 0 {
			_ = count(&e.BatchCount, []byte(m[1]))
		}
	}
	if m := reasonInInfo.FindStringSubmatch(e.Info); m != nil {
		e.Return, e.ReturnReason = true, m[1]
	}
}

func (c *camt) startDetail() error {
	if len(c.entry.Details) >= maxDetails {
		return errTooMany
	}
	c.det, c.detSign, c.detCode, c.amounts = Detail{}, "", txCode{}, [3]money{}
	return nil
}

func (c *camt) endDetail() error {
	d := &c.det
	d.Code = c.detCode.String()
	d.Return = d.Return || isReturn(d.Code)
	if d.Return && d.ReturnReason == "" {
		d.ReturnReason = ownReason(c.detCode.own)
	}
	if d.EndToEndID == "NOTPROVIDED" {
		d.EndToEndID = ""
	}
	for _, m := range c.amounts {
		if m.known && (!d.Known || d.Currency != c.entry.Currency && m.ccy == c.entry.Currency) {
			d.Amount, d.Currency, d.Known = m.Amount, m.ccy, true
		}
	}
	sign := c.detSign
	if sign == "" { // then it goes the way of its entry
		sign = c.sign
	}
	switch sign {
	case "DBIT":
		d.Amount = -d.Amount
	case "":
		return errNoSign
	}
	c.entry.Details = append(c.entry.Details, *d)
	return nil
}

// settleDetail completes a detail with what only the whole entry tells.
func (c *camt) settleDetail(d *Detail) {
	e := &c.entry
	if d.Known && d.Currency != e.Currency { // the account moved by the entry, in its own currency
		d.Known, d.Amount = false, 0
		c.checks.warn("a detail is in another currency than its entry")
	}
	if !d.Known && len(e.Details) == 1 {
		d.Amount, d.Known = e.Amount, true
	}
	if cents, whole := d.Amount.Cents(); whole {
		d.AmountCents = cents
	}
	d.Return = d.Return || isReturn(e.Code) || e.Return && len(e.Details) == 1
	if d.Return && d.ReturnReason == "" {
		if d.ReturnReason = e.ReturnReason; d.ReturnReason == "" {
			d.ReturnReason = ownReason(c.code.own)
		}
	}
	e.Return = e.Return || d.Return
	d.counterparty(c.st.AccountIBAN)
}

// counterparty picks the side that is not us. Banks name the sides of a
// returned transfer differently, so our own account decides before the sign.
func (d *Detail) counterparty(own string) {
	debtor := d.Amount > 0
	switch {
	case own != "" && d.DebtorIBAN == own && d.CreditorIBAN != own:
		debtor = false
	case own != "" && d.CreditorIBAN == own && d.DebtorIBAN != own:
		debtor = true
	case d.DebtorName+d.DebtorIBAN == "":
		debtor = false
	case d.CreditorName+d.CreditorIBAN == "":
		debtor = true
	}
	if debtor {
		d.CounterName, d.CounterIBAN = d.DebtorName, d.DebtorIBAN
	} else {
		d.CounterName, d.CounterIBAN = d.CreditorName, d.CreditorIBAN
	}
}

// isReturn knows the code of a transfer that came back, in any family.
func isReturn(code string) bool {
	return strings.HasPrefix(code, "PMNT/") && strings.HasSuffix(code, "/RRTN")
}

// ownReason translates the return codes of German banks.
func ownReason(own string) string {
	if !strings.Contains(own, "159") {
		return ""
	}
	for number, code := range map[string]string{"901": "AC01", "902": "AC04", "903": "AC06", "904": "AG01", "913": "MD07", "914": "MS03"} {
		if strings.HasSuffix(own, "+"+number) || strings.Contains(own, "+"+number+"+") {
			return code
		}
	}
	return ""
}
