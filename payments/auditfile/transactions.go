package auditfile

import (
	"fmt"
	"strconv"
)

// transactions writes the lines, each with its journal and transaction begun and ended around it.
func (w *writer) transactions() {
	w.begin("transactions")
	w.totals(w.file.Totals)
	t := transactions{writer: w, left: w.file.Journals}
	for l, err := range w.file.Lines {
		if err != nil {
			w.fail(err)
			return
		}
		if t.line(l); w.err != nil {
			return
		}
	}
	t.end()
	for len(t.left) > 0 {
		t.next()
	}
	t.endJournal()
	w.close("transactions")
	if w.found != w.file.Totals {
		w.fail(fmt.Errorf("%w: %d lines add up to something else than the totals", ErrFile, w.found.Lines))
	}
}

// transactions is where the writer is among the lines.
type transactions struct {
	*writer
	left    []Journal // not begun yet
	journal string    // begun and not ended
	number  string    // of the transaction that is begun and not ended
	sum     int64     // of its lines so far
}

func (t *transactions) line(l Line) {
	if l.Transaction != t.number {
		t.end()
		for t.journal != l.Journal {
			if len(t.left) == 0 {
				t.fail(fmt.Errorf("%w: transaction %s stands in no journal, or out of order", ErrFile, l.Transaction))
				return
			}
			t.next()
		}
		t.beginTransaction(l)
	}
	t.sum += l.Cents
	t.found.add(l.Cents)
	t.trLine(l)
}

// next begins the journal that follows.
func (t *transactions) next() {
	t.endJournal()
	j := t.left[0]
	t.left, t.journal = t.left[1:], j.ID
	t.begin("journal")
	t.put("jrnID", j.ID)
	t.put("desc", j.Name)
	t.put("jrnTp", j.Type)
	if j.Account != "" {
		t.names("accID", j.Account)
		t.put("offsetAccID", j.Account)
		t.some("bankAccNr", j.IBAN, 35)
	}
}

func (t *transactions) endJournal() {
	if t.journal != "" {
		t.close("journal")
	}
}

func (t *transactions) beginTransaction(l Line) {
	t.number, t.sum = l.Transaction, 0
	if l.Day.Year() != t.file.Year {
		t.fail(fmt.Errorf("%w: transaction %s is of another year", ErrFile, l.Transaction))
	}
	t.begin("transaction")
	t.put("nr", l.Transaction)
	t.some("desc", l.Text, 9999)
	t.put("periodNumber", strconv.Itoa(int(l.Day.Month())))
	t.put("trDt", day(l.Day))
	source := "sourceID"
	if t.version == V40 {
		source = "Source"
	}
	t.some(source, l.Source, 35)
}

// end ends a transaction; one that does not balance ends the file.
func (t *transactions) end() {
	if t.number == "" {
		return
	}
	if t.sum != 0 {
		t.fail(fmt.Errorf("%w: transaction %s does not balance", ErrFile, t.number))
	}
	t.close("transaction")
	t.number = ""
}

func (t *transactions) trLine(l Line) {
	t.names("accID", l.Account)
	t.begin("trLine")
	t.put("nr", strconv.FormatInt(l.Number, 10))
	t.put("accID", l.Account)
	t.put("docRef", cut(l.Source, 999))
	t.put("effDate", day(l.Day))
	t.sided("amnt", l.Cents)
	if l.Relation != "" {
		t.names("custSupID", l.Relation)
		t.put("custSupID", l.Relation)
	}
	t.some("invRef", l.Invoice, 999)
	if l.VAT != nil {
		t.names("vatID", l.VAT.ID)
		t.begin("vat")
		t.put("vatID", l.VAT.ID)
		t.put("vatPerc", decimal(l.VAT.RateBP))
		t.sided("vatAmnt", l.VAT.Cents)
		t.close("vat")
	}
	t.close("trLine")
}
