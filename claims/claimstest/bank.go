package claimstest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"samenclaim/payments"
)

// Line is a line of a bank statement.
type Line struct {
	Cents    payments.Cents // negative goes out
	EndToEnd string
	Batch    string // the id of a whole file that goes out as one line
	Count    int64  // of transfers in the batch
	Text     string
	Returned string // code of the reason
}

// Statement writes a camt.053 of the next day, which follows on the last one.
func (c *Case) Statement(lines ...Line) []byte {
	c.Helper()
	opening := c.bank
	for _, l := range lines {
		c.bank += l.Cents
	}
	c.days++
	account := One[string](c, `SELECT iban FROM foundations`)
	return Camt053(account, c.Watch.Now().AddDate(0, 0, c.days-1), c.days, opening, lines)
}

// Camt053 writes a statement of one day for an account.
func Camt053(account string, day time.Time, serial int, opening payments.Cents, lines []Line) []byte {
	date, closing := day.Format(time.DateOnly), opening
	for _, l := range lines {
		closing += l.Cents
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M%[1]d</MsgId><CreDtTm>%[2]sT20:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S%[1]d</Id><ElctrncSeqNb>%[1]d</ElctrncSeqNb><CreDtTm>%[2]sT20:00:00</CreDtTm><FrToDt><FrDtTm>%[2]sT00:00:00</FrDtTm><ToDtTm>%[2]sT23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>%[3]s</IBAN></Id><Ccy>EUR</Ccy></Acct>
`, serial, date, account)
	for _, bal := range []struct {
		kind  string
		cents payments.Cents
	}{{"OPBD", opening}, {"CLBD", closing}} {
		fmt.Fprintf(&b, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>%s<Dt><Dt>%s</Dt></Dt></Bal>\n", bal.kind, amount(bal.cents), date)
	}
	for i, l := range lines {
		l.write(&b, date, fmt.Sprintf("R%d-%d", serial, i))
	}
	b.WriteString("</Stmt></BkToCstmrStmt></Document>\n")
	return b.Bytes()
}

func amount(c payments.Cents) string {
	side := "CRDT"
	if c < 0 {
		side, c = "DBIT", -c
	}
	return fmt.Sprintf(`<Amt Ccy="EUR">%d.%02d</Amt><CdtDbtInd>%s</CdtDbtInd>`, c/100, c%100, side)
}

func (l Line) write(b *bytes.Buffer, date, ref string) {
	family := "ESCT"
	if l.Returned != "" {
		family = "RRTN"
	}
	fmt.Fprintf(b, `<Ntry>%s<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%[2]s</Dt></ValDt><AcctSvcrRef>%s</AcctSvcrRef>`, amount(l.Cents), date, ref)
	fmt.Fprintf(b, `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>%s</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>`, family)
	if l.Batch != "" {
		total := amount(l.Cents)
		fmt.Fprintf(b, `<Btch><PmtInfId>%s</PmtInfId><NbOfTxs>%d</NbOfTxs>%s</Btch></NtryDtls></Ntry>`+"\n", l.Batch, l.Count, strings.NewReplacer("<Amt ", "<TtlAmt ", "</Amt>", "</TtlAmt>").Replace(total))
		return
	}
	id := l.EndToEnd
	if id == "" {
		id = "NOTPROVIDED"
	}
	fmt.Fprintf(b, `<TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs>%s`, escaped(id), amount(l.Cents))
	if l.Text != "" {
		fmt.Fprintf(b, `<RmtInf><Ustrd>%s</Ustrd></RmtInf>`, escaped(l.Text))
	}
	if l.Returned != "" {
		fmt.Fprintf(b, `<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>`, escaped(l.Returned))
	}
	b.WriteString("</TxDtls></NtryDtls></Ntry>\n")
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

// Upload keeps a bank file to be looked at.
func (c *Case) Upload(content []byte) (ref string) {
	c.Helper()
	ref, err := c.Money.Upload(c.Ctx(), Accountant, "afschrift.xml", bytes.NewReader(content))
	c.must(err)
	return ref
}

// Bank books a statement with these lines.
func (c *Case) Bank(lines ...Line) payments.Booked {
	c.Helper()
	booked, err := c.Claims.BookStatement(c.Ctx(), Accountant, c.Upload(c.Statement(lines...)))
	c.must(err)
	return booked
}

// Carried are the lines by which the bank carries out a run, one for each file.
func (c *Case) Carried(run payments.Run) []Line {
	c.Helper()
	files, err := c.Claims.RunFiles(c.Ctx(), run.ID)
	c.must(err)
	lines := make([]Line, len(files))
	for i, f := range files {
		lines[i] = Line{Cents: -f.TotalCents, Batch: f.MessageID, Count: f.Count}
	}
	return lines
}

// Back is the line by which the bank sends a member's last payout back.
func (c *Case) Back(m Member, reason string) Line {
	c.Helper()
	l := Line{Returned: reason}
	row := c.DB.WithContext(c.Ctx()).Raw(`SELECT end_to_end_id, amount_cents FROM payouts WHERE participation_id = ? ORDER BY id DESC LIMIT 1`, m.ParticipationID).Row()
	c.must(row.Scan(&l.EndToEnd, &l.Cents))
	return l
}
