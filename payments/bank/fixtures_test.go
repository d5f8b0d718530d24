package bank

import (
	"fmt"
	"io"
	"strings"
)

// statement08 is a whole small statement of the edition .08; %s is room for more.
const head08 = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-05T06:00:00+01:00</CreDtTm></GrpHdr>`

const acct08 = `<Id>S1</Id><ElctrncSeqNb>61</ElctrncSeqNb><Acct><Id><IBAN>NL18RABO3000000017</IBAN></Id><Ccy>EUR</Ccy></Acct>`

// file08 is a file of one statement with the given entries.
func file08(opening, closing string, entries ...string) string {
	return head08 + "<Stmt>" + acct08 + balance("OPBD", "CRDT", opening) + balance("CLBD", "CRDT", closing) +
		strings.Join(entries, "\n") + "</Stmt></BkToCstmrStmt></Document>\n"
}

func balance(kind, sign, amount string) string {
	return `<Bal><Tp><CdOrPrtry><Cd>` + kind + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount +
		`</Amt><CdtDbtInd>` + sign + `</CdtDbtInd><Dt><Dt>2026-03-04</Dt></Dt></Bal>`
}

// ntry is an entry with whatever comes behind its dates.
func ntry(sign, amount, more string) string {
	return `<Ntry><NtryRef>1</NtryRef><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>` + sign + `</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
		`<BookgDt><Dt>2026-03-04</Dt></BookgDt><ValDt><Dt>2026-03-04</Dt></ValDt><AcctSvcrRef>SVC1</AcctSvcrRef>` + more + `</Ntry>`
}

// returned is the detail of a payout that came back.
func returned(endToEnd, amount, reason string) string {
	return `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>` +
		`<Refs><PmtInfId>SC-1-1</PmtInfId><EndToEndId>` + endToEnd + `</EndToEndId></Refs><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd>` +
		`<RltdPties><Dbtr><Pty><Nm>Stichting Claim Voorbeeld</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>NL18RABO3000000017</IBAN></Id></DbtrAcct>` +
		`<Cdtr><Pty><Nm>J. de Vries</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>NL69INGB4000000000</IBAN></Id></CdtrAcct></RltdPties>` +
		`<RmtInf><Ustrd>Uitkering &amp; meer</Ustrd><Ustrd>deel twee</Ustrd></RmtInf>` +
		`<RtrInf><Rsn><Cd>` + reason + `</Cd></Rsn><AddtlInf>Rekening</AddtlInf><AddtlInf>opgeheven</AddtlInf></RtrInf></TxDtls></NtryDtls>`
}

// many is a file of n entries, written while it is read.
func many(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		out := func(s string) { _, _ = io.WriteString(w, s) }
		out(strings.TrimSuffix(file08("0.00", fmt.Sprintf("%d.%02d", n*12345/100, n*12345%100)), "</Stmt></BkToCstmrStmt></Document>\n"))
		for i := range n {
			out(ntry("CRDT", "123.45", returned(fmt.Sprintf("P1-%07d", i), "123.45", "AC04")) + "\n")
		}
		out("</Stmt></BkToCstmrStmt></Document>\n")
		_ = w.Close()
	}()
	return r
}
