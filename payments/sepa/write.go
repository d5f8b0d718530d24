package sepa

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Write writes the file. The transfers are streamed: when count or total turn
// out to differ, or a transfer is refused, Write returns an error and what was
// written so far must be thrown away.
func Write(w io.Writer, f File) error {
	f, err := f.check()
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if _, err := out.Write(f.head()); err != nil {
		return err
	}
	if err := f.writeTransfers(out); err != nil {
		return err
	}
	if _, err := out.WriteString("    </PmtInf>\n  </CstmrCdtTrfInitn>\n</Document>\n"); err != nil {
		return err
	}
	return out.Flush()
}

func (f File) writeTransfers(out *bufio.Writer) error {
	var count int
	var total int64
	var line []byte
	seen := make(map[string]struct{}, f.Count)
	for t, err := range f.Transfers {
		if err != nil {
			return err
		}
		if t, err = t.check(); err != nil {
			return err
		}
		if _, twice := seen[t.EndToEndID]; twice {
			return fmt.Errorf("%w: %s", ErrTwice, t.EndToEndID)
		}
		seen[t.EndToEndID] = struct{}{}
		count++
		total += t.AmountCents
		if count > f.Count {
			break
		}
		line = t.append(line[:0])
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	if count != f.Count || total != f.TotalCents {
		return fmt.Errorf("%w: stated %d transfers of %d cents in all, found %d of %d",
			ErrTotals, f.Count, f.TotalCents, count, total)
	}
	return nil
}

// head is everything before the first transfer. The order of the elements is
// binding; the address of the payer may be left out within the EEA.
func (f File) head() []byte {
	var b strings.Builder
	count, sum := strconv.Itoa(f.Count), string(appendEuros(nil, f.TotalCents))
	date := f.ExecutionDate.Format(time.DateOnly)
	bank := "<Othr><Id>NOTPROVIDED</Id></Othr>"
	if f.Version == V09 {
		date = "<Dt>" + date + "</Dt>"
		if f.DebtorBIC != "" {
			bank = "<BICFI>" + f.DebtorBIC + "</BICFI>"
		}
	} else if f.DebtorBIC != "" {
		bank = "<BIC>" + f.DebtorBIC + "</BIC>"
	}
	payer := f.DebtorName
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	fmt.Fprintf(&b, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:%s\">\n  <CstmrCdtTrfInitn>\n", f.Version)
	fmt.Fprintf(&b, "    <GrpHdr><MsgId>%s</MsgId><CreDtTm>%s</CreDtTm><NbOfTxs>%s</NbOfTxs><CtrlSum>%s</CtrlSum>",
		f.MessageID, f.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"), count, sum)
	fmt.Fprintf(&b, "<InitgPty><Nm>%s</Nm></InitgPty></GrpHdr>\n    <PmtInf>\n", payer)
	fmt.Fprintf(&b, "      <PmtInfId>%s</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>", f.BatchID)
	fmt.Fprintf(&b, "<NbOfTxs>%s</NbOfTxs><CtrlSum>%s</CtrlSum>\n", count, sum)
	b.WriteString("      <PmtTpInf><InstrPrty>NORM</InstrPrty><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>\n")
	fmt.Fprintf(&b, "      <ReqdExctnDt>%s</ReqdExctnDt>\n      <Dbtr><Nm>%s</Nm></Dbtr>\n", date, payer)
	fmt.Fprintf(&b, "      <DbtrAcct><Id><IBAN>%s</IBAN></Id><Ccy>EUR</Ccy></DbtrAcct>\n", f.DebtorIBAN)
	fmt.Fprintf(&b, "      <DbtrAgt><FinInstnId>%s</FinInstnId></DbtrAgt>\n      <ChrgBr>SLEV</ChrgBr>\n", bank)
	return []byte(b.String())
}

// append writes one transfer. The SEPA letters hold no sign that XML would
// mind, so nothing is left to escape. No address: within the EEA a payee needs none,
// and what is not sent cannot leak.
func (t Transfer) append(b []byte) []byte {
	b = append(b, "      <CdtTrfTxInf><PmtId><InstrId>"...)
	b = append(b, t.EndToEndID...)
	b = append(b, "</InstrId><EndToEndId>"...)
	b = append(b, t.EndToEndID...)
	b = append(b, `</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">`...)
	b = appendEuros(b, t.AmountCents)
	b = append(b, "</InstdAmt></Amt><Cdtr><Nm>"...)
	b = append(b, t.Name...)
	b = append(b, "</Nm></Cdtr><CdtrAcct><Id><IBAN>"...)
	b = append(b, t.IBAN...)
	b = append(b, "</IBAN></Id></CdtrAcct>"...)
	if t.Remittance != "" {
		b = append(b, "<RmtInf><Ustrd>"...)
		b = append(b, t.Remittance...)
		b = append(b, "</Ustrd></RmtInf>"...)
	}
	if t.Reference != "" {
		b = append(b, "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>ISO</Issr></Tp><Ref>"...)
		b = append(b, t.Reference...)
		b = append(b, "</Ref></CdtrRefInf></Strd></RmtInf>"...)
	}
	return append(b, "</CdtTrfTxInf>\n"...)
}

func appendEuros(b []byte, cents int64) []byte {
	b = strconv.AppendInt(b, cents/100, 10)
	return append(b, '.', byte('0'+cents%100/10), byte('0'+cents%10))
}
