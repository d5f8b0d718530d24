package bank

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrReport means a file is no report on payments; the text says what was found.
var ErrReport = errors.New("this is not a report on payments")

// StatusReport is what a bank says about a payment file: what it did with it
// (pain.002), or whether it knows the payees' accounts by their names
// (verification of payee, as pain.002 or as a table).
type StatusReport struct {
	MessageID  string
	OriginalID string // of the payment file; empty if the bank does not say
	Status     string // of the whole file: RJCT, ACCP, PART, or for names the worst result
	Reason     string // why, as a code or in the bank's words
	Batches    []ReportItem
	Items      []ReportItem
	Counts     map[string]int // how many payments have a status, if the bank says so
}

// ReportItem is what a bank says about one batch or one payment.
type ReportItem struct {
	ID     string // the batch's identifier, or the payment's EndToEndId
	Status string
	Reason string
	Info   string // the bank's own words; of a close match the name it knows
}

// The results of a verification of payee, as the banks write them.
const (
	NameMatches     = "RCVC"
	NameClose       = "RVMC"
	NameDiffers     = "RVNM"
	NameNotPossible = "RVNA"
)

var nameResults = map[string]bool{NameMatches: true, NameClose: true, NameDiffers: true, NameNotPossible: true}

// AboutNames tells whether the report is a verification of payee.
func (r StatusReport) AboutNames() bool {
	if nameResults[r.Status] {
		return true
	}
	for _, list := range [][]ReportItem{r.Batches, r.Items} {
		for _, it := range list {
			if nameResults[it.Status] {
				return true
			}
		}
	}
	return false
}

// mostReported is the largest report: one file has at most 100,000 payments.
const mostReported = 128 << 20

// ReadReport reads a report of a bank on a payment file.
func ReadReport(r io.Reader) (StatusReport, error) {
	in, err := open(r)
	if err != nil {
		return StatusReport{}, err
	}
	if in.what() != "xml" {
		return readNames(in)
	}
	text, err := in.xmlText()
	if err != nil {
		return StatusReport{}, err
	}
	p := pain002{walk: walk{scanner: &scanner{buffer: newBuffer(text, mostReported)}}}
	err = p.run(p.table())
	switch {
	case errors.Is(err, ErrFormat):
		_, what, _ := strings.Cut(err.Error(), " but ")
		return StatusReport{}, fmt.Errorf("%w but %s", ErrReport, what)
	case err != nil:
		return StatusReport{}, err
	case !p.found:
		return StatusReport{}, fmt.Errorf("%w but %w", ErrReport, errNoMessage)
	}
	return p.report, nil
}

// pain002 reads the editions .03 to .13 of the message.
type pain002 struct {
	walk
	report StatusReport
	found  bool
	item   ReportItem
	kind   string // of a count, with the number
	number int
}

func (p *pain002) table() *element {
	why := func(to *string, info *string) *element {
		return &element{name: "StsRsnInf", many: true, kids: []*element{
			{name: "Rsn", kids: []*element{{name: "Cd", text: firstOf(to)}, {name: "Prtry", text: firstOf(to)}}},
			{name: "AddtlInf", many: true, text: joined(info)},
		}}
	}
	counts := &element{name: "NbOfTxsPerSts", many: true, end: p.endCount, kids: []*element{
		{name: "DtldNbOfTxs", text: func(b []byte) error { return count(&p.number, b) }},
		{name: "DtldSts", text: func(b []byte) error { p.kind = string(b); return nil }},
	}}
	begin := func() error { p.item = ReportItem{}; return nil }
	var about string
	batch := ReportItem{}
	tx := &element{
		name: "TxInfAndSts", many: true, start: begin,
		end: func() error {
			if p.item.Info = strings.TrimSpace(p.item.Info); p.item.ID != "" {
				p.report.Items = append(p.report.Items, p.item)
			}
			return nil
		},
		kids: []*element{
			{name: "OrgnlEndToEndId", text: func(b []byte) error { p.item.ID = string(b); return nil }},
			{name: "TxSts", text: func(b []byte) error { p.item.Status = string(b); return nil }},
			{name: "StsRsnInf", many: true, kids: []*element{
				{name: "Rsn", kids: []*element{{name: "Cd", text: p.reason}, {name: "Prtry", text: p.reason}}},
				{name: "AddtlInf", many: true, text: func(b []byte) error { p.item.Info += string(b); return nil }},
			}},
		},
	}
	return &element{kids: []*element{{name: "Document", kids: []*element{
		{name: "CstmrPmtStsRpt", start: func() error { p.found = true; return nil }, kids: []*element{
			{name: "GrpHdr", kids: []*element{{name: "MsgId", text: one(&p.report.MessageID)}}},
			{name: "OrgnlGrpInfAndSts", kids: []*element{
				{name: "OrgnlMsgId", text: one(&p.report.OriginalID)}, {name: "GrpSts", text: one(&p.report.Status)}, why(&p.report.Reason, &about), counts,
			}},
			{
				name: "OrgnlPmtInfAndSts", many: true,
				start: func() error { batch = ReportItem{}; return nil },
				end: func() error {
					if batch.ID != "" {
						p.report.Batches = append(p.report.Batches, batch)
					}
					return nil
				},
				kids: []*element{
					{name: "OrgnlPmtInfId", text: func(b []byte) error { batch.ID = string(b); return nil }},
					{name: "PmtInfSts", text: func(b []byte) error { batch.Status = string(b); return nil }},
					why(&batch.Reason, &batch.Info), counts, tx,
				},
			},
		}},
	}}}}
}

// firstOf keeps the first of several reasons.
func firstOf(to *string) func([]byte) error {
	return func(b []byte) error {
		if *to == "" {
			*to = string(b)
		}
		return nil
	}
}

func (p *pain002) reason(b []byte) error { return firstOf(&p.item.Reason)(b) }

// endCount keeps how many payments have a status; the group says the same as its only batch.
func (p *pain002) endCount() error {
	if p.report.Counts == nil {
		p.report.Counts = map[string]int{}
	}
	p.report.Counts[p.kind] = max(p.report.Counts[p.kind], p.number)
	p.kind, p.number = "", 0
	return nil
}

// nameWords are the results as tables of banks have them.
var nameWords = map[string]string{
	"match": NameMatches, "rcvc": NameMatches, "mtch": NameMatches, "komt overeen": NameMatches, "overeenkomst": NameMatches,
	"close match": NameClose, "close": NameClose, "rvmc": NameClose, "cmtc": NameClose, "komt bijna overeen": NameClose, "bijna": NameClose,
	"no match": NameDiffers, "rvnm": NameDiffers, "nmtc": NameDiffers, "komt niet overeen": NameDiffers, "geen overeenkomst": NameDiffers,
	"not possible": NameNotPossible, "rvna": NameNotPossible, "noap": NameNotPossible, "not available": NameNotPossible, "niet mogelijk": NameNotPossible,
}

// readNames reads a table with the key of a payment, the result in a word, and
// for a close match the name; the columns stand in that order or under the
// names EndToEndId, Result and Name.
func readNames(r io.Reader) (StatusReport, error) {
	text, err := io.ReadAll(io.LimitReader(r, mostReported))
	if err != nil {
		return StatusReport{}, fmt.Errorf("reading: %w", err)
	}
	in := csv.NewReader(strings.NewReader(string(text)))
	in.FieldsPerRecord = -1
	head, _, _ := strings.Cut(string(text), "\n")
	if strings.Count(head, ";") > strings.Count(head, ",") {
		in.Comma = ';'
	}
	rows, err := in.ReadAll()
	if err != nil || len(rows) < 2 || len(rows[0]) < 2 {
		return StatusReport{}, fmt.Errorf("%w but something else than XML or a table", ErrReport)
	}
	key, result, name := 0, 1, 2
	for i, cell := range rows[0] {
		switch strings.ToLower(strings.TrimSpace(cell)) {
		case "endtoendid", "end-to-end id", "kenmerk":
			key = i
		case "result", "resultaat", "status":
			result = i
		case "name", "naam", "suggested name", "naam bij de bank":
			name = i
		}
	}
	var rep StatusReport
	for i, row := range rows[1:] {
		if len(row) <= max(key, result) {
			continue
		}
		status, ok := nameWords[strings.ToLower(strings.TrimSpace(row[result]))]
		if !ok {
			return StatusReport{}, fmt.Errorf("%w: line %d: a result nobody knows", ErrUntrusted, i+2)
		}
		it := ReportItem{ID: strings.TrimSpace(row[key]), Status: status}
		if name < len(row) && status == NameClose {
			it.Info = strings.TrimSpace(row[name])
		}
		rep.Items = append(rep.Items, it)
	}
	return rep, nil
}
