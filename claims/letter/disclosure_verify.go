package letter

import (
	"errors"
	"fmt"
)

// VerifyDisclosure calculates the receipt of everybody in the file anew, and
// with the PDF of the letter (or nil) that this is the letter. Whatever doesn't
// fit comes back as an AlteredError that names the person by place and the field.
func VerifyDisclosure(d Disclosure, letterPDF []byte) (Finding, error) {
	if len(d.People) == 0 {
		return Finding{}, malformed("people")
	}
	if d.checksum() != d.Checksum {
		return Finding{}, &AlteredError{"people", Words{"Er is iemand uit de lijst weg, erbij gezet of verplaatst.", "Somebody was taken out of the list, put in or moved."}}
	}
	var f Finding
	var last Receipt
	var head Head
	for i, p := range d.People {
		r := d.receipt(p)
		var err error
		if head, err = r.proven(); err != nil {
			return Finding{}, ofPerson(i+1, err)
		}
		if i > 0 && r.Index <= last.Index {
			return Finding{}, malformed("people")
		}
		f.Proven, last = append(f.Proven, r.person(), r.place(head)), r
	}
	if letterPDF != nil {
		if err := last.inLetter(head, letterPDF); err != nil {
			return Finding{}, err
		}
	}
	return f.ofLetter(last, head, letterPDF != nil), nil
}

// ofPerson says of whom an error is.
func ofPerson(n int, err error) error {
	var altered *AlteredError
	if !errors.As(err, &altered) {
		return err
	}
	return &AlteredError{fmt.Sprintf("people.%d.%s", n, altered.Field), Words{fmt.Sprintf("Persoon %d: %s", n, altered.Words.NL), fmt.Sprintf("Person %d: %s", n, altered.Words.EN)}}
}
