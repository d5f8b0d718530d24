package bank

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// element says what is read of one XML element, found by its place and local
// name. What the table does not name is passed over. An element that is not
// many may come once: which of two would be the true one?
type element struct {
	name  string
	many  bool
	start func() error
	text  func([]byte) error
	end   func() error
	kids  []*element
}

var (
	errDoubled = errors.New("an element comes twice where it may come once")
	errMixed   = errors.New("text beside elements")
)

type frame struct {
	el   *element
	seen uint64
}

// walk goes through a document along the table of its elements.
type walk struct {
	*scanner
	stack []frame
	skip  int    // depth inside something that is passed over
	body  []byte // the text of the innermost element so far
}

func (w *walk) run(root *element) error {
	w.stack = append(w.stack[:0], frame{el: root})
	for {
		t, err := w.next()
		if err == nil {
			err = w.step(t)
		}
		if err != nil {
			return w.explain(err)
		}
	}
}

// explain says where in the file an error was; the end of the file is none.
func (w *walk) explain(err error) error {
	var foreign *visitorError
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &foreign):
		return foreign.error
	case errors.Is(err, ErrFormat), errors.Is(err, ErrUntrusted):
		return err
	}
	return untrusted(w.line(), "%s%v", w.path(), err)
}

// visitorError is an error of our caller, not of the file.
type visitorError struct{ error }

func (w *walk) path() string {
	var b bytes.Buffer
	for _, f := range w.stack[1:] {
		b.WriteString(f.el.name + "/")
	}
	if b.Len() == 0 {
		return ""
	}
	b.Truncate(b.Len() - 1)
	return b.String() + ": "
}

func (w *walk) step(t token) error {
	switch {
	case t == charData && w.skip == 0:
		w.body = append(w.body, w.text...)
		if len(w.body) > maxToken {
			return errTooLong
		}
	case t == startTag && w.skip > 0:
		w.skip++
	case t == startTag:
		return w.enter()
	case t == endTag && w.skip > 0:
		w.skip--
	case t == endTag:
		return w.leave()
	}
	return nil
}

func (w *walk) enter() error {
	if len(bytes.TrimSpace(w.body)) > 0 {
		return errMixed
	}
	w.body = w.body[:0]
	top := &w.stack[len(w.stack)-1]
	for i, kid := range top.el.kids {
		if len(kid.name) != len(w.local) || kid.name != string(w.local) {
			continue
		}
		bit := uint64(1) << i
		if top.seen&bit != 0 && !kid.many {
			return fmt.Errorf("%w: %s", errDoubled, kid.name)
		}
		top.seen |= bit
		w.stack = append(w.stack, frame{el: kid})
		if kid.start != nil {
			return kid.start()
		}
		return nil
	}
	if len(w.stack) < 3 {
		return notAStatement(string(w.local))
	}
	w.skip = 1
	return nil
}

func (w *walk) leave() error {
	el := w.stack[len(w.stack)-1].el
	text := bytes.TrimSpace(w.body)
	switch {
	case el.text == nil && len(text) > 0:
		return errMixed
	case el.text != nil && len(text) > 0:
		if err := el.text(text); err != nil {
			return err
		}
	}
	w.body = w.body[:0]
	if el.end != nil {
		if err := el.end(); err != nil {
			return err
		}
	}
	w.stack = w.stack[:len(w.stack)-1]
	return nil
}

// others are the XML files that people take for a statement.
var others = map[string]string{
	"CstmrCdtTrfInitn":    "a payment order (pain.001)",
	"CstmrDrctDbtInitn":   "a direct debit order (pain.008)",
	"CstmrPmtStsRpt":      "a status report on payments (pain.002)",
	"auditfile":           "an audit file",
	"html":                "a web page",
	"Envelope":            "an answer of a web service",
	"BkToCstmrAcctRptV01": "a report in a draft version of camt.052",
}

func notAStatement(name string) error {
	if what, ok := others[name]; ok {
		return fmt.Errorf("%w but %s", ErrFormat, what)
	}
	return fmt.Errorf("%w but an XML file with the element %s", ErrFormat, name)
}
