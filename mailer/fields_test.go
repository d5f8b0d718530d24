package mailer

import (
	"errors"
	"strings"
	"testing"
)

func TestFieldsOfStaff(t *testing.T) {
	t.Parallel()
	person := map[string]string{"Name": "{{nummer}} {{.Code}}", "Number": "ZM-7K2M-93FX"}
	for _, tt := range []struct{ lang, text, want string }{
		{"nl", "Beste {{naam}}, {{ nummer }}", "Beste {{nummer}} {{.Code}}, ZM-7K2M-93FX"},
		{"en", "Dear {{name}}, {{number}}", "Dear {{nummer}} {{.Code}}, ZM-7K2M-93FX"},
		{"nl", "zonder", "zonder"},
	} {
		if err := CheckFields(tt.lang, tt.text); err != nil {
			t.Errorf("%q = %v", tt.text, err)
		}
		if got := FillFields(tt.lang, tt.text, person); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.text, got, tt.want)
		}
	}
	for _, text := range []string{"{{name}}", "{{.naam}}", "{{Naam}}", "{{naam", "}}", "{{if .Code}}x{{end}}", strings.Repeat("{{naam}}", 21)} {
		var field *FieldError
		if err := CheckFields("nl", text); !errors.As(err, &field) || field.Field == "" {
			t.Errorf("%q = %v, want the field named", text, err)
		}
	}
}

func TestTheNameStandsOnlyWhereTheWordsAskForIt(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	person := map[string]string{"Name": "Zoë {{.Code}} <b>", "Number": "ZM-7K2M-93FX"}
	got, err := r.RenderFor("news", "nl", map[string]string{"Title": "Titel", "Body": "Beste {{naam}}."}, person)
	if err != nil || !strings.Contains(got.Text, "Beste Zoë {{.Code}} <b>.") || strings.Contains(got.HTML, "<b>") {
		t.Errorf("with the name: %v\n%s", err, got.Text)
	}
	got, err = r.RenderFor("news", "nl", map[string]string{"Title": "Titel", "Body": "Beste deelnemer."}, person)
	if err != nil || strings.Contains(got.Text, "Zoë") {
		t.Errorf("without: %v\n%s", err, got.Text)
	}
}
