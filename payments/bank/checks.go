package bank

import (
	"errors"
	"fmt"
)

// checks collects what is odd about one statement while it is read: a
// warning is shown, an obstacle keeps the statement from being booked. Each
// is kept once, however many lines have it.
type checks struct {
	balances  []Balance
	warnings  notes
	obstacles notes
}

// notes are texts with the number of times each came up, in the order of the first time.
type notes struct {
	texts  []string
	counts map[string]int
}

func (n *notes) add(text string) {
	if n.counts == nil {
		n.counts = map[string]int{}
	}
	if n.counts[text]++; n.counts[text] == 1 {
		n.texts = append(n.texts, text)
	}
}

func (n *notes) list() []string {
	list := make([]string, 0, len(n.texts))
	for _, text := range n.texts {
		if times := n.counts[text]; times > 1 {
			text = fmt.Sprintf("%s (%d times)", text, times)
		}
		list = append(list, text)
	}
	return list
}

func (c *checks) warn(text string) { c.warnings.add(text) }

func (c *checks) obstacle(format string, args ...any) {
	c.obstacles.add(fmt.Sprintf(format, args...))
}

var errSum = errors.New("the entries add up to more than any account holds")

// entry counts an entry and adds it up.
func (c *checks) entry(st *Statement, e *Entry) error {
	st.EntryCount++
	e.Ordinal = st.EntryCount
	cents, whole := e.Amount.Cents()
	if e.AmountCents = cents; !whole {
		e.AmountCents = 0
		c.obstacle("an amount has fractions of a cent")
	}
	switch e.Status {
	case "PDNG", "INFO", "FUTR":
		c.warn("an entry is not booked yet and is left out")
		return nil
	case "BOOK":
	default:
		c.obstacle("an entry has a status nobody knows")
		return nil
	}
	if e.BookedOn.IsZero() {
		if e.BookedOn = e.ValueOn; e.BookedOn.IsZero() {
			e.BookedOn = st.To
			c.warn("an entry has no date; taken from the statement")
		}
	}
	if st.Currency == "" {
		st.Currency = e.Currency
	}
	if e.Currency != st.Currency {
		c.obstacle("an entry is in another currency than the account")
	}
	c.details(e)
	st.BookedCount++
	sum := st.BookedSum + e.Amount
	if sum > most || sum < -most {
		return errSum
	}
	st.BookedSum = sum
	return nil
}

// details warns when the parts do not make the whole: the entry is what moved
// the account, so the rest are costs, or a mistake of the bank.
func (c *checks) details(e *Entry) {
	if len(e.Details) == 0 {
		return
	}
	var sum Amount
	for i := range e.Details {
		if !e.Details[i].Known {
			return
		}
		sum += e.Details[i].Amount
		if sum > most || sum < -most {
			break
		}
	}
	if sum != e.Amount {
		c.warn("the details of an entry do not add up to it")
	}
}

// head fills in what a bank may leave to be understood.
func (st *Statement) head() {
	for _, b := range []*Balance{st.Opening, st.Closing} {
		if b != nil && st.Currency == "" {
			st.Currency = b.Currency
		}
	}
	if st.From.IsZero() && st.Opening != nil {
		st.From = st.Opening.Date
	}
	if st.To.IsZero() && st.Closing != nil {
		st.To = st.Closing.Date
	}
}

// finish decides whether the statement ties and can be booked.
func (c *checks) finish(st *Statement) {
	if st.Kind != KindStatement && st.Kind != KindMT940 {
		c.obstacle("%s is not a statement: the same movements come again in camt.053", st.Kind)
	}
	if st.AccountIBAN == "" {
		c.obstacle("the account is not an IBAN")
	}
	for _, b := range c.balances {
		if b.Type == "PRCD" && st.Opening != nil && st.Opening.Type == "OPBD" && b.Amount != st.Opening.Amount {
			c.obstacle("it opens with another balance than the one before closed with")
		}
	}
	switch {
	case st.Opening == nil:
		c.obstacle("it has no opening balance")
	case st.Closing == nil:
		c.obstacle("it has no closing balance")
	case st.Opening.Currency != st.Closing.Currency || st.Opening.Currency != st.Currency:
		c.obstacle("its balances are in different currencies")
	default:
		st.Ties = st.Opening.Amount+st.BookedSum == st.Closing.Amount
		if !st.Ties {
			c.obstacle("it does not tie: opening and entries make %s, closing is %s",
				st.Opening.Amount+st.BookedSum, st.Closing.Amount)
		}
		_, wholeOpening := st.Opening.Amount.Cents()
		_, wholeClosing := st.Closing.Amount.Cents()
		if !wholeOpening || !wholeClosing {
			c.obstacle("a balance has fractions of a cent")
		}
	}
	st.Warnings, st.Obstacles = c.warnings.list(), c.obstacles.list()
}
