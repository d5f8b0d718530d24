package bank

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxBalances and maxDetails keep one statement and one entry from filling the memory.
const (
	maxBalances = 100
	maxDetails  = 250_000
)

var (
	errSign       = errors.New("neither CRDT nor DBIT")
	errNoSign     = errors.New("without CdtDbtInd: in or out?")
	errNoAmount   = errors.New("without an amount")
	errNoCurrency = errors.New("an amount without a currency")
	errTwoValues  = errors.New("two values where there is one")
	errNoMessage  = errors.New("a document without a message")
	errTooMany    = errors.New("more of them than a bank ever sends")
)

// camt is what is known while an ISO 20022 file is read.
type camt struct {
	walk    walk
	visit   Visitor
	file    File
	seen    int        // statements so far
	st      *Statement // nil between statements
	checks  checks
	opened  bool // whether the visitor knows the statement
	bal     Balance
	balSign string
	entry   Entry
	sign    string // of the entry
	code    txCode
	batches int // of the entry
	det     Detail
	detSign string
	detCode txCode
	amounts [3]money // of a detail: its own, the transaction's, the instructed
	ccy     string   // of the amount being read
	claimed int      // number of entries the statement says it has
	lastPg  string
}

// money is an amount with the currency beside it.
type money struct {
	Amount
	ccy   string
	known bool
}

// txCode is a bank transaction code while it is read.
type txCode struct{ domain, family, sub, own string }

func (t txCode) String() string {
	if t.domain == "" {
		return ""
	}
	return t.domain + "/" + t.family + "/" + t.sub
}

// camtNames is the end of the namespace of every edition, whoever publishes it.
var camtNames = regexp.MustCompile(`camt\.05[234]\.001\.\d\d$`)

var errNames = errors.New("the namespace is not that of a bank statement")

func (c *camt) document() error {
	ns := attribute(c.walk.tag, "xmlns")
	if ns != "" && !camtNames.MatchString(ns) {
		return errNames
	}
	if at := strings.LastIndexByte(ns, ':'); at >= 0 && strings.HasPrefix(ns, "urn:iso:std:iso:20022:tech:xsd:") {
		c.file.Version = ns[at+1:]
	}
	return nil
}

func (c *camt) message(kind Kind) func() error {
	return func() error {
		if c.file.Kind != "" {
			return errDoubled
		}
		c.file.Kind = kind
		return nil
	}
}

func (c *camt) startStatement() error {
	c.seen++
	c.st = &Statement{Kind: c.file.Kind}
	c.checks = checks{}
	c.opened, c.claimed, c.lastPg = false, -1, ""
	return nil
}

// open tells the visitor about the statement, once, before its first entry.
func (c *camt) open() error {
	if c.opened {
		return nil
	}
	c.opened = true
	c.st.head()
	if c.visit.Statement == nil {
		return nil
	}
	return visitor(c.visit.Statement(c.st))
}

func visitor(err error) error {
	if err != nil {
		return &visitorError{err}
	}
	return nil
}

func (c *camt) endStatement() error {
	if err := c.open(); err != nil {
		return err
	}
	c.st.head()
	if c.claimed >= 0 && c.claimed != c.st.EntryCount {
		c.checks.obstacle("the statement says it has %d entries, %d are there", c.claimed, c.st.EntryCount)
	}
	if c.lastPg == "false" || c.lastPg == "0" {
		c.checks.obstacle("it is one page of a longer statement")
	}
	c.checks.finish(c.st)
	st := c.st
	c.st = nil
	if c.visit.Close == nil {
		return nil
	}
	return visitor(c.visit.Close(st))
}

func (c *camt) startBalance() error {
	c.bal, c.balSign = Balance{}, ""
	return nil
}

func (c *camt) endBalance() error {
	if c.bal.Type == "" {
		return errors.New("a balance without a type")
	}
	if c.bal.Currency == "" {
		return errNoAmount
	}
	switch c.balSign {
	case "DBIT":
		c.bal.Amount = -c.bal.Amount
	case "":
		c.checks.warn("a balance does not say whether it is a debt; taken as none")
	}
	if len(c.checks.balances) >= maxBalances {
		return errTooMany
	}
	doubled := slices.ContainsFunc(c.checks.balances, func(b Balance) bool { return b.Type == c.bal.Type })
	if doubled && (c.bal.Type == "OPBD" || c.bal.Type == "CLBD" || c.bal.Type == "PRCD") {
		return fmt.Errorf("%w: balance %s", errDoubled, c.bal.Type)
	}
	c.checks.balances = append(c.checks.balances, c.bal)
	switch b := c.bal; b.Type {
	case "OPBD":
		c.st.Opening = &b
	case "PRCD":
		if c.st.Opening == nil {
			c.st.Opening = &b
		}
	case "CLBD":
		c.st.Closing = &b
	}
	return nil
}

// one keeps the text of an element that may be given in one of several places, but once.
func one(to *string) func([]byte) error {
	return func(text []byte) error {
		if *to != "" {
			return errTwoValues
		}
		*to = string(text)
		return nil
	}
}

// joined keeps the text of an element that may come several times.
func joined(to *string) func([]byte) error {
	return func(text []byte) error {
		if *to != "" {
			*to += " "
		}
		*to += string(text)
		return nil
	}
}

func direction(to *string) func([]byte) error {
	return func(text []byte) error {
		if *to != "" {
			return errTwoValues
		}
		switch string(text) { // constants, so that a million lines make no garbage
		case "CRDT":
			*to = "CRDT"
		case "DBIT":
			*to = "DBIT"
		default:
			return errSign
		}
		return nil
	}
}

func (c *camt) currency() error {
	c.ccy = attribute(c.walk.tag, "Ccy")
	if len(c.ccy) != 3 {
		return errNoCurrency
	}
	return nil
}

// amount reads the element Amt and its currency.
func (c *camt) amount(to *Amount, ccy *string) *element {
	return &element{name: "Amt", start: c.currency, text: func(text []byte) (err error) {
		*to, err = parseAmount(text, '.')
		*ccy = c.ccy
		return err
	}}
}

// day reads a date, or the date of a moment, as the bank wrote it.
func (c *camt) day(to *time.Time) func([]byte) error {
	return func(text []byte) error {
		if !to.IsZero() {
			return errTwoValues
		}
		day, ok := parseDay(text)
		if !ok {
			c.checks.obstacle("a date is none")
			return nil
		}
		*to = day
		return nil
	}
}

func parseDay(text []byte) (time.Time, bool) {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' || len(text) > 10 && !strings.ContainsRune("TZ+-", rune(text[10])) {
		return time.Time{}, false
	}
	var n [3]int
	for i, part := range [][]byte{text[:4], text[5:7], text[8:10]} {
		for _, d := range part {
			if d < '0' || d > '9' {
				return time.Time{}, false
			}
			n[i] = n[i]*10 + int(d-'0')
		}
	}
	day := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	return day, n[0] > 0 && day.Month() == time.Month(n[1]) && day.Day() == n[2]
}

func count(to *int, text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 31)
	if err != nil {
		return errors.New("a count is no number")
	}
	*to = int(n)
	return nil
}
