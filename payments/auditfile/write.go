package auditfile

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Write writes a file. The same books give the same bytes. What it returns an error for is not to be used.
func Write(w io.Writer, v Version, f File) error {
	if namespaces[v] == "" {
		return fmt.Errorf("%w: edition %q is unknown", ErrFile, v)
	}
	buffered := bufio.NewWriter(w)
	out := &writer{version: v, file: f, xml: xml.NewEncoder(buffered), out: buffered, known: map[string]bool{}}
	out.xml.Indent("", " ")
	out.text(xml.Header)
	out.open(xml.StartElement{Name: xml.Name{Local: "auditfile"}, Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: namespaces[v]}}})
	out.header()
	out.company()
	out.close("auditfile")
	if out.err != nil {
		return out.err
	}
	if err := out.xml.Close(); err != nil {
		return fmt.Errorf("write the audit file: %w", err)
	}
	return buffered.Flush()
}

func (w *writer) header() {
	f := w.file
	w.begin("header")
	w.put("fiscalYear", strconv.Itoa(f.Year))
	w.put("startDate", day(time.Date(f.Year, 1, 1, 0, 0, 0, 0, time.UTC)))
	w.put("endDate", day(time.Date(f.Year, 12, 31, 0, 0, 0, 0, time.UTC)))
	w.put("curCode", "EUR")
	w.put("dateCreated", day(f.CreatedOn))
	w.put("softwareDesc", cut(f.Software, 50))
	w.put("softwareVersion", cut(f.SoftwareVersion, 20))
	w.close("header")
}

func (w *writer) company() {
	c := w.file.Company
	w.begin("company")
	if w.version == V32 {
		w.some("companyIdent", c.RegisterNumber, 35)
	}
	w.put("companyName", cut(c.Name, 999))
	w.put("taxRegistrationCountry", "NL")
	w.put("taxRegIdent", cut(c.TaxNumber, 30))
	w.begin("streetAddress")
	w.some("streetname", c.Street, 999)
	w.some("city", c.City, 50)
	w.some("postalCode", c.Postcode, 10)
	w.put("country", "NL")
	w.close("streetAddress")
	w.relations()
	w.ledger()
	w.vatCodes()
	w.periods()
	w.opening()
	w.transactions()
	w.close("company")
}

func (w *writer) relations() {
	w.begin("customersSuppliers")
	for number, err := range w.file.Relations {
		if err != nil {
			w.fail(err)
			return
		}
		w.known["custSupID "+number] = true
		w.begin("customerSupplier")
		w.put("custSupID", number)
		w.put("custSupTp", "C")
		w.close("customerSupplier")
	}
	w.close("customersSuppliers")
}

func (w *writer) ledger() {
	w.begin("generalLedger")
	for _, a := range w.file.Accounts {
		w.known["accID "+a.Code] = true
		kind := "P"
		if a.Balance {
			kind = "B"
		}
		w.begin("ledgerAccount")
		w.put("accID", a.Code)
		w.put("accDesc", a.Name)
		w.put("accTp", kind)
		w.close("ledgerAccount")
	}
	w.close("generalLedger")
}

func (w *writer) vatCodes() {
	w.begin("vatCodes")
	for _, c := range w.file.VATCodes {
		w.known["vatID "+c.ID] = true
		w.begin("vatCode")
		w.put("vatID", c.ID)
		w.put("vatDesc", c.Name)
		w.some("vatToPayAccID", c.ToPay, 35)
		w.close("vatCode")
	}
	w.close("vatCodes")
}

// periods are the months of the year.
func (w *writer) periods() {
	w.begin("periods")
	for m := time.January; m <= time.December; m++ {
		first := time.Date(w.file.Year, m, 1, 0, 0, 0, 0, time.UTC)
		w.begin("period")
		w.put("periodNumber", strconv.Itoa(int(m)))
		w.put("startDatePeriod", day(first))
		w.put("endDatePeriod", day(first.AddDate(0, 1, -1)))
		w.close("period")
	}
	w.close("periods")
}

func (w *writer) opening() {
	w.begin("openingBalance")
	if w.version == V32 {
		w.put("opBalDate", day(time.Date(w.file.Year, 1, 1, 0, 0, 0, 0, time.UTC)))
	}
	var sum Totals
	for _, o := range w.file.Opening {
		sum.add(o.Cents)
	}
	if sum.DebitCents != sum.CreditCents {
		w.fail(fmt.Errorf("%w: the opening balance does not balance", ErrFile))
	}
	w.totals(sum)
	for i, o := range w.file.Opening {
		w.names("accID", o.Account)
		w.begin("obLine")
		w.put("nr", strconv.Itoa(i+1))
		w.put("accID", o.Account)
		w.sided("amnt", o.Cents)
		w.close("obLine")
	}
	w.close("openingBalance")
}
