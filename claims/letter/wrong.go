package letter

import "errors"

var (
	// ErrReceipt means a file that isn't a receipt as we give it out.
	ErrReceipt = errors.New("this is not a receipt that we can read")
	// ErrAltered means a receipt, or the letter beside it, in which something was changed.
	ErrAltered = errors.New("the receipt was altered")
)

// UnreadableError says why a file isn't a receipt as we give it out.
type UnreadableError struct{ Words Words }

func (e *UnreadableError) Error() string { return ErrReceipt.Error() + ": " + e.Words.EN }

// Unwrap makes it an ErrReceipt.
func (e *UnreadableError) Unwrap() error { return ErrReceipt }

// In says what is wrong in the language of the reader.
func (e *UnreadableError) In(lang Lang) string { return e.Words.In(lang) }

// AlteredError says which part of a receipt doesn't fit the rest.
type AlteredError struct {
	Field string
	Words Words
}

func (e *AlteredError) Error() string { return ErrAltered.Error() + ": " + e.Field + ": " + e.Words.EN }

// Unwrap makes it an ErrAltered.
func (e *AlteredError) Unwrap() error { return ErrAltered }

// In says what is wrong in the language of the reader.
func (e *AlteredError) In(lang Lang) string { return e.Words.In(lang) }

var (
	errUnreadable    = &UnreadableError{Words{"Dit is geen bewijs dat wij kunnen lezen.", "This is not a receipt that we can read."}}
	errUnknownFormat = &UnreadableError{Words{"Dit is geen bewijs dat wij kunnen lezen: het formaat is onbekend.", "This is not a receipt that we can read: its format is unknown."}}
	errLayout        = &AlteredError{"layout", Words{
		"Het bestand is niet meer opgemaakt zoals wij het gaven: er is een teken bij, af of veranderd.",
		"The file is no longer laid out as we gave it: a sign was added, removed or changed.",
	}}
)

func malformed(field string) error {
	return &AlteredError{field, Words{"Het veld " + field + " heeft een waarde die niet kan.", "The field " + field + " has an impossible value."}}
}

// Say tells what is wrong with a file in the language of the reader, if it is known in that language.
func Say(err error, lang Lang) string {
	var told interface {
		error
		In(lang Lang) string
	}
	if errors.As(err, &told) {
		return told.In(lang)
	}
	return err.Error()
}
