package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"time"

	"gorm.io/gorm"

	"samenclaim/payments"
	"samenclaim/payments/sepa"
	"samenclaim/web/staff"
)

// What the defendant of the second claim pays, and what it writes on the transfer.
const (
	fitbandPot   = payments.Cents(371_843_57)
	fitbandTerms = "PULSARA-SCHIKKING-2016"
)

// bankLine is one line on a made-up statement.
type bankLine struct {
	cents  payments.Cents // negative goes out
	batch  string         // our file, booked as one sum
	count  int64
	end    string // the id of one transfer
	text   string
	name   string
	reason string // of a transfer that came back
}

// payday is the first day on which banks pay after a day.
func payday(after time.Time) time.Time {
	return sepa.NextTargetDay(after.Truncate(24*time.Hour).AddDate(0, 0, 1))
}

// receive books the statement on which the settlement's money came in.
func (s *seeder) receive() error {
	file, err := s.camt(s.days(60), 1, 0, []bankLine{{cents: fitbandPot, text: "Betreft " + fitbandTerms, name: "Pulsara B.V."}})
	if err != nil {
		return err
	}
	by := s.by(staff.Accountant, false)
	ref, err := s.money.Upload(s.ctx, by, "afschrift-1.xml", bytes.NewReader(file))
	if err != nil {
		return err
	}
	_, err = s.claims.BookStatement(s.ctx, by, ref)
	return err
}

// writeStatement writes the statement that the visitor imports by hand: the
// bank carried out the run as one sum, and three transfers came back.
func (s *seeder) writeStatement(tx *gorm.DB, run payments.Run) error {
	files, err := s.claims.RunFiles(s.ctx, run.ID)
	if err != nil {
		return err
	}
	var lines []bankLine
	for _, f := range files {
		lines = append(lines, bankLine{cents: -f.TotalCents, batch: f.MessageID, count: f.Count})
	}
	var back []struct {
		EndToEndID  string
		AmountCents payments.Cents
	}
	if err := tx.Raw(`SELECT end_to_end_id, amount_cents FROM payouts WHERE run_id = ? ORDER BY id LIMIT 3`, run.ID).Scan(&back).Error; err != nil {
		return err
	}
	for i, p := range back {
		lines = append(lines, bankLine{cents: p.AmountCents, end: p.EndToEndID, reason: []string{"AC01", "AC04", "BE04"}[i]})
	}
	file, err := s.camt(s.days(1), 2, fitbandPot, lines)
	if err != nil {
		return err
	}
	return os.WriteFile(s.folder.statement(), file, 0o600)
}

// camt writes a statement of one day in the form that banks use (camt.053.001.08).
func (s *seeder) camt(day time.Time, serial int, opening payments.Cents, lines []bankLine) ([]byte, error) {
	f, err := s.claims.Foundation(s.ctx)
	if err != nil {
		return nil, err
	}
	date, closing := day.Format(time.DateOnly), opening
	for _, l := range lines {
		closing += l.cents
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
<BkToCstmrStmt>
<GrpHdr><MsgId>SYNT-%[1]d</MsgId><CreDtTm>%[2]sT21:00:00</CreDtTm></GrpHdr>
<Stmt><Id>SYNT0000002016.%[1]d</Id><ElctrncSeqNb>%[1]d</ElctrncSeqNb><CreDtTm>%[2]sT21:00:00</CreDtTm>
<FrToDt><FrDtTm>%[2]sT00:00:00</FrDtTm><ToDtTm>%[2]sT23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>%[3]s</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>%[4]s<Dt><Dt>%[2]s</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>%[5]s<Dt><Dt>%[2]s</Dt></Dt></Bal>
`, serial, date, f.IBAN, side("Amt", opening), side("Amt", closing))
	for i, l := range lines {
		l.write(&b, date, fmt.Sprintf("SYNT%d-%d", serial, i+1))
	}
	b.WriteString("</Stmt>\n</BkToCstmrStmt>\n</Document>\n")
	return b.Bytes(), nil
}

// side is an amount with its direction.
func side(tag string, c payments.Cents) string {
	way := "CRDT"
	if c < 0 {
		way, c = "DBIT", -c
	}
	return fmt.Sprintf(`<%[1]s Ccy="EUR">%[2]d.%02[3]d</%[1]s><CdtDbtInd>%[4]s</CdtDbtInd>`, tag, c/100, c%100, way)
}

func (l bankLine) write(b *bytes.Buffer, date, ref string) {
	family, sub := "RCDT", "ESCT"
	if l.cents < 0 {
		family = "ICDT"
	} else if l.reason != "" {
		family, sub = "ICDT", "RRTN"
	}
	fmt.Fprintf(b, `<Ntry>%s<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%[2]s</Dt></ValDt><AcctSvcrRef>%s</AcctSvcrRef>`+
		`<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>%s</Cd><SubFmlyCd>%s</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>`, side("Amt", l.cents), date, ref, family, sub)
	if l.batch != "" {
		fmt.Fprintf(b, "<Btch><PmtInfId>%s</PmtInfId><NbOfTxs>%d</NbOfTxs>%s</Btch></NtryDtls></Ntry>\n", l.batch, l.count, side("TtlAmt", l.cents))
		return
	}
	end := l.end
	if end == "" {
		end = "NOTPROVIDED"
	}
	fmt.Fprintf(b, `<TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs>%s`, escape(end), side("Amt", l.cents))
	if l.name != "" {
		fmt.Fprintf(b, `<RltdPties><Dbtr><Pty><Nm>%s</Nm></Pty></Dbtr></RltdPties>`, escape(l.name))
	}
	if l.text != "" {
		fmt.Fprintf(b, `<RmtInf><Ustrd>%s</Ustrd></RmtInf>`, escape(l.text))
	}
	if l.reason != "" {
		fmt.Fprintf(b, `<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>`, l.reason)
	}
	b.WriteString("</TxDtls></NtryDtls></Ntry>\n")
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}
