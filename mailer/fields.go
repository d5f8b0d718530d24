package mailer

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
)

// fields are what a member of staff can have filled in for each reader: how it is written in each language, and the value it stands for.
var fields = map[string]map[string]string{
	"nl": {"naam": "Name", "nummer": "Number"},
	"en": {"name": "Name", "number": "Number"},
}

// FieldError is a field in a text that does not exist.
type FieldError struct{ Field string }

func (e *FieldError) Error() string { return fmt.Sprintf("there is no field %q", e.Field) }

var fieldMark = regexp.MustCompile(`\{\{\s*([^{}\n]{0,40}?)\s*\}\}`)

// mostFields is how many fields a text may have: each can be as long as a name.
const mostFields = 20

// CheckFields refuses a text of staff that has another field than {{naam}} and {{nummer}}, in English
// {{name}} and {{number}}, more than twenty, or braces that belong to none. The error is a *FieldError.
func CheckFields(lang, text string) error {
	for i, m := range fieldMark.FindAllStringSubmatch(text, -1) {
		if fields[lang][m[1]] == "" || i == mostFields {
			return &FieldError{m[0]}
		}
	}
	rest := fieldMark.ReplaceAllString(text, "")
	for _, mark := range []string{"{{", "}}"} {
		if i := strings.Index(rest, mark); i >= 0 {
			return &FieldError{mark}
		}
	}
	return nil
}

// HasField reports whether a text asks for a value.
func HasField(lang, text, value string) bool {
	for _, m := range fieldMark.FindAllStringSubmatch(text, -1) {
		if fields[lang][m[1]] == value {
			return true
		}
	}
	return false
}

// FillFields fills in the fields of a text, once: what is filled in is never read again.
func FillFields(lang, text string, values map[string]string) string {
	return fieldMark.ReplaceAllStringFunc(text, func(mark string) string {
		if value, ok := fields[lang][fieldMark.FindStringSubmatch(mark)[1]]; ok {
			return values[value]
		}
		return mark
	})
}

// RenderFor writes a mail to one person: the words are those of a mailing, nil for a mail of its own. Their
// fields are filled in first; the name is nowhere else in the mail.
func (r *Renderer) RenderFor(name, lang string, words, person map[string]string) (Rendered, error) {
	if words == nil {
		return r.Render(name, lang, person)
	}
	data := maps.Clone(person)
	for k, v := range words {
		data[k] = FillFields(lang, v, person)
	}
	if words["Name"] == "" {
		delete(data, "Name")
	}
	return r.Render(name, lang, data)
}
