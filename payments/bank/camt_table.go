package bank

import "strings"

// table is what is read of the editions .02 to .13 of camt.053, and of
// camt.052 and camt.054, in one: where an edition moved something, both places
// are named.
func (c *camt) table() *element {
	return &element{kids: []*element{{name: "Document", start: c.document, kids: []*element{
		{name: "BkToCstmrStmt", start: c.message(KindStatement), kids: c.messageTable("Stmt")},
		{name: "BkToCstmrAcctRpt", start: c.message(KindReport), kids: c.messageTable("Rpt")},
		{name: "BkToCstmrDbtCdtNtfctn", start: c.message(KindAdvice), kids: c.messageTable("Ntfctn")},
	}}}}
}

func (c *camt) messageTable(name string) []*element {
	return []*element{
		{name: "GrpHdr", kids: []*element{
			{name: "MsgId", text: one(&c.file.MessageID)},
		}},
		{name: name, many: true, start: c.startStatement, end: c.endStatement, kids: c.statementTable()},
	}
}

// set defers the look at the statement: the table is made before there is one.
func (c *camt) set(field func(*Statement) *string) func([]byte) error {
	return func(text []byte) error { return one(field(c.st))(text) }
}

func (c *camt) statementTable() []*element {
	page := func(text []byte) error { c.lastPg = string(text); return nil }
	return []*element{
		{name: "Ntry", many: true, start: c.startEntry, end: c.endEntry, kids: c.entryTable()},
		{name: "Id", text: c.set(func(s *Statement) *string { return &s.ID })},
		{name: "StmtPgntn", kids: []*element{{name: "LastPgInd", text: page}}},
		{name: "RptPgntn", kids: []*element{{name: "LastPgInd", text: page}}},
		{name: "NtfctnPgntn", kids: []*element{{name: "LastPgInd", text: page}}},
		{name: "ElctrncSeqNb", text: c.set(func(s *Statement) *string { return &s.ElectronicSeq })},
		{name: "LglSeqNb", text: c.set(func(s *Statement) *string { return &s.LegalSeq })},
		{name: "FrToDt", kids: []*element{
			{name: "FrDtTm", text: func(text []byte) error { return c.day(&c.st.From)(text) }},
			{name: "ToDtTm", text: func(text []byte) error { return c.day(&c.st.To)(text) }},
		}},
		{name: "CpyDplctInd", text: c.set(func(s *Statement) *string { return &s.Copy })},
		{name: "Acct", kids: []*element{
			{name: "Id", kids: []*element{
				{name: "IBAN", text: c.accountIBAN},
				{name: "Othr", kids: []*element{{name: "Id", text: c.accountOther}}},
			}},
			{name: "Ccy", text: c.set(func(s *Statement) *string { return &s.Currency })},
		}},
		{name: "Bal", many: true, start: c.startBalance, end: c.endBalance, kids: []*element{
			{name: "Tp", kids: []*element{{name: "CdOrPrtry", kids: []*element{
				{name: "Cd", text: one(&c.bal.Type)},
				{name: "Prtry", text: one(&c.bal.Type)},
			}}}},
			c.amount(&c.bal.Amount, &c.bal.Currency),
			{name: "CdtDbtInd", text: direction(&c.balSign)},
			{name: "Dt", kids: []*element{
				{name: "Dt", text: c.day(&c.bal.Date)},
				{name: "DtTm", text: c.day(&c.bal.Date)},
			}},
		}},
		{name: "TxsSummry", kids: []*element{{name: "TtlNtries", kids: []*element{
			{name: "NbOfNtries", text: func(text []byte) error { return count(&c.claimed, text) }},
		}}}},
	}
}

func (c *camt) accountIBAN(text []byte) error {
	if c.st.Account != "" {
		return errTwoValues
	}
	c.st.Account = strings.ToUpper(string(text))
	c.st.AccountIBAN = c.st.Account
	return nil
}

func (c *camt) accountOther(text []byte) error {
	if c.st.Account != "" {
		return errTwoValues
	}
	c.st.Account = "Othr:" + string(text)
	return nil
}

func (c *camt) entryTable() []*element {
	e := &c.entry
	return []*element{
		{name: "NtryRef", text: one(&e.EntryRef)},
		c.amount(&e.Amount, &e.Currency),
		{name: "CdtDbtInd", text: direction(&c.sign)},
		{name: "RvslInd", text: func(text []byte) error {
			e.Reversal = string(text) == "true" || string(text) == "1"
			return nil
		}},
		{name: "Sts", text: one(&e.Status), kids: []*element{
			{name: "Cd", text: one(&e.Status)},
			{name: "Prtry", text: one(&e.Status)},
		}},
		{name: "BookgDt", kids: []*element{{name: "Dt", text: c.day(&e.BookedOn)}, {name: "DtTm", text: c.day(&e.BookedOn)}}},
		{name: "ValDt", kids: []*element{{name: "Dt", text: c.day(&e.ValueOn)}, {name: "DtTm", text: c.day(&e.ValueOn)}}},
		{name: "AcctSvcrRef", text: one(&e.Ref)},
		codeTable(&c.code),
		{name: "NtryDtls", many: true, kids: []*element{
			{name: "TxDtls", many: true, start: c.startDetail, end: c.endDetail, kids: c.detailTable()},
			{name: "Btch", many: true, start: c.startBatch, kids: []*element{
				{name: "PmtInfId", text: c.batch(one(&e.BatchID))},
				{name: "NbOfTxs", text: c.batch(func(text []byte) error { return count(&e.BatchCount, text) })},
				{name: "TtlAmt", start: c.currency, text: c.batch(func(text []byte) (err error) {
					e.BatchAmount, err = parseAmount(text, '.')
					return err
				})},
			}},
		}},
		{name: "AddtlNtryInf", text: one(&e.Info)},
	}
}

func codeTable(t *txCode) *element {
	return &element{name: "BkTxCd", kids: []*element{
		{name: "Domn", kids: []*element{
			{name: "Cd", text: one(&t.domain)},
			{name: "Fmly", kids: []*element{{name: "Cd", text: one(&t.family)}, {name: "SubFmlyCd", text: one(&t.sub)}}},
		}},
		{name: "Prtry", kids: []*element{{name: "Cd", text: one(&t.own)}}},
	}}
}

func (c *camt) detailTable() []*element {
	d := &c.det
	return []*element{
		{name: "Refs", kids: []*element{
			{name: "EndToEndId", text: one(&d.EndToEndID)},
			{name: "AcctSvcrRef", text: one(&d.Ref)},
			{name: "PmtInfId", text: one(&d.BatchID)},
			{name: "InstrId", text: one(&d.InstrID)},
			{name: "TxId", text: one(&d.TxID)},
		}},
		c.ownAmount(0),
		{name: "CdtDbtInd", text: direction(&c.detSign)},
		{name: "AmtDtls", kids: []*element{
			{name: "TxAmt", kids: []*element{c.ownAmount(1)}},
			{name: "InstdAmt", kids: []*element{c.ownAmount(2)}},
		}},
		codeTable(&c.detCode),
		{name: "RltdPties", kids: []*element{
			partyTable("Dbtr", &d.DebtorName), accountTable("DbtrAcct", &d.DebtorIBAN),
			partyTable("Cdtr", &d.CreditorName), accountTable("CdtrAcct", &d.CreditorIBAN),
		}},
		{name: "RmtInf", kids: []*element{
			{name: "Ustrd", many: true, text: joined(&d.Remittance)},
			{name: "Strd", many: true, kids: []*element{
				{name: "CdtrRefInf", kids: []*element{{name: "Ref", text: joined(&d.Remittance)}}},
			}},
		}},
		{name: "RtrInf", start: func() error { d.Return = true; return nil }, kids: []*element{
			{name: "Rsn", kids: []*element{{name: "Cd", text: one(&d.ReturnReason)}, {name: "Prtry", text: one(&d.ReturnReason)}}},
			{name: "AddtlInf", many: true, text: joined(&d.ReturnInfo)},
		}},
		{name: "AddtlTxInf", text: one(&d.Info)},
	}
}

func (c *camt) ownAmount(which int) *element {
	m := &c.amounts[which]
	el := c.amount(&m.Amount, &m.ccy)
	el.end = func() error { m.known = m.ccy != ""; return nil }
	return el
}

func partyTable(name string, to *string) *element {
	return &element{name: name, kids: []*element{
		{name: "Nm", text: one(to)},
		{name: "Pty", kids: []*element{{name: "Nm", text: one(to)}}},
	}}
}

func accountTable(name string, to *string) *element {
	return &element{name: name, kids: []*element{{name: "Id", kids: []*element{
		{name: "IBAN", text: one(to)},
		{name: "Othr", kids: []*element{{name: "Id", text: one(to)}}},
	}}}}
}
