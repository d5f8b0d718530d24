// Package sanctions reads the consolidated list of people and organisations
// whose money is frozen, as the European Union publishes it, and finds names
// that are like one on the list.
package sanctions

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ErrList means a file is not the consolidated list, in XML or CSV of version 1.1; the text says why.
var ErrList = errors.New("this is not the consolidated list of the European Union")

// List is one version of the list.
type List struct {
	Version string // the moment at which it was made, as it says itself
	Names   []Name
}

// Name is one name of somebody on the list; most have several.
type Name struct {
	Reference string // of the person or organisation: "EU.27.28"
	Name      string
}

// Entities counts the people and organisations on the list.
func (l List) Entities() int {
	all := map[string]bool{}
	for _, n := range l.Names {
		all[n.Reference] = true
	}
	return len(all)
}

// Read reads the list from the file with XML or CSV that the European
// Commission gives out. A list without a name, or a name without a person, is
// refused: an empty list would let everybody through.
func Read(r io.Reader) (List, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return List{}, fmt.Errorf("reading: %w", err)
	}
	head = bytes.TrimPrefix(head, []byte("\uFEFF"))
	var l List
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) {
		l, err = readXML(in)
	} else {
		l, err = readCSV(in)
	}
	switch {
	case err != nil:
		return List{}, err
	case l.Version == "":
		return List{}, fmt.Errorf("%w: it does not say when it was made", ErrList)
	case len(l.Names) == 0:
		return List{}, fmt.Errorf("%w: there is no name in it", ErrList)
	}
	return l, nil
}

// builder puts a list together: each name of a person once.
type builder struct {
	list List
	seen map[Name]bool
}

func (b *builder) add(reference, whole string, parts ...string) error {
	name := strings.Join(strings.Fields(whole), " ")
	if name == "" {
		name = strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
	}
	switch {
	case name == "":
		return nil // a line that tells an address or a birth date
	case reference == "":
		return fmt.Errorf("%w: a name belongs to nobody", ErrList)
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: it is not in UTF-8", ErrList)
	}
	n := Name{Reference: reference, Name: name}
	if b.seen == nil {
		b.seen = map[Name]bool{}
	}
	if !b.seen[n] {
		b.seen[n] = true
		b.list.Names = append(b.list.Names, n)
	}
	return nil
}

func readXML(r io.Reader) (List, error) {
	var b builder
	d := xml.NewDecoder(r)
	reference := ""
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.list, nil
		}
		if err != nil {
			return List{}, fmt.Errorf("%w: %w", ErrList, err)
		}
		if _, doctype := t.(xml.Directive); doctype {
			return List{}, fmt.Errorf("%w: it has a document type", ErrList)
		}
		el, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		of := map[string]string{}
		for _, a := range el.Attr {
			of[a.Name.Local] = a.Value
		}
		switch el.Name.Local {
		case "export":
			b.list.Version = of["generationDate"]
		case "sanctionEntity":
			if reference = of["euReferenceNumber"]; reference == "" {
				reference = of["logicalId"]
			}
		case "nameAlias":
			if err := b.add(reference, of["wholeName"], of["firstName"], of["middleName"], of["lastName"]); err != nil {
				return List{}, err
			}
		}
	}
}

func readCSV(r io.Reader) (List, error) {
	in := csv.NewReader(r)
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = ';', -1, true
	head, err := in.Read()
	if err != nil {
		return List{}, fmt.Errorf("%w: %w", ErrList, err)
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.TrimSpace(strings.TrimPrefix(name, "\uFEFF"))] = i
	}
	for _, need := range []string{"fileGenerationDate", "Entity_LogicalId", "NameAlias_WholeName"} {
		if _, ok := at[need]; !ok {
			return List{}, fmt.Errorf("%w: the column %s is missing", ErrList, need)
		}
	}
	var b builder
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return b.list, nil
		}
		if err != nil {
			return List{}, fmt.Errorf("%w: %w", ErrList, err)
		}
		of := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		if b.list.Version == "" {
			b.list.Version = of("fileGenerationDate")
		}
		reference := of("Entity_EU_ReferenceNumber")
		if reference == "" {
			reference = of("Entity_LogicalId")
		}
		if err := b.add(reference, of("NameAlias_WholeName"), of("NameAlias_FirstName"), of("NameAlias_MiddleName"), of("NameAlias_LastName")); err != nil {
			return List{}, err
		}
	}
}
