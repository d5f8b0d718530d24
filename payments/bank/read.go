package bank

import (
	"fmt"
	"io"
)

// Read reads a bank file of any kind it knows and tells the visitor about it.
// The file it returns has no statements; ReadAll keeps those. When it returns
// an error, everything it told must be forgotten.
func Read(r io.Reader, o Options, v Visitor) (File, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 2 << 30
	}
	in, err := open(r)
	if err != nil {
		return File{}, err
	}
	var file File
	switch what := in.what(); what {
	case "xml":
		text, err := in.xmlText()
		if err != nil {
			return File{}, err
		}
		file, err = readCamt(text, o.MaxBytes, v)
		if err != nil {
			return File{}, err
		}
	case "mt940":
		file, err = readMT940(in, o.MaxBytes, v)
		if err != nil {
			return File{}, err
		}
	default:
		return File{}, fmt.Errorf("%w but %s", ErrFormat, what)
	}
	return file, nil
}

// ReadAll reads a bank file and keeps everything in memory.
func ReadAll(r io.Reader, o Options) (File, error) {
	var kept []Statement
	file, err := Read(r, o, Visitor{
		Entry: func(st *Statement, e *Entry) error {
			st.Entries = append(st.Entries, e.Clone())
			return nil
		},
		Close: func(st *Statement) error {
			kept = append(kept, *st)
			return nil
		},
	})
	if err != nil {
		return File{}, err
	}
	file.Statements = kept
	return file, nil
}

func readCamt(r io.Reader, maxBytes int64, v Visitor) (File, error) {
	c := &camt{visit: v, walk: walk{scanner: &scanner{buffer: newBuffer(r, maxBytes)}}}
	err := c.walk.run(c.table())
	switch {
	case err == nil && c.file.Kind == "":
		err = fmt.Errorf("%w but %w", ErrFormat, errNoMessage)
	case err == nil && c.seen == 0:
		err = fmt.Errorf("%w: %w", ErrUntrusted, errNoStatement)
	}
	return c.file, err
}
