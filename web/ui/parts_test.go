package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

// Every part can be shown with nothing in it.
func TestPartsWithAnEmptyView(t *testing.T) {
	t.Parallel()
	v := View{}
	parts := map[string]templ.Component{
		"PublicLayout": PublicLayout(v), "FormLayout": FormLayout(v, ""), "PortalLayout": PortalLayout(v), "AdminLayout": AdminLayout(v), "LetterLayout": LetterLayout(v),
		"Form": Form(v, ""), "UploadForm": UploadForm(v, ""), "SearchForm": SearchForm(v, ""), "HiddenCSRF": HiddenCSRF(v), "Hidden": Hidden("", ""),
		"ErrorSummary": ErrorSummary(v, nil), "TextField": TextField(v, FieldProps{}), "CodeField": CodeField(v, FieldProps{}), "TextArea": TextArea(v, FieldProps{}),
		"FileField": FileField(v, FieldProps{}), "SelectField": SelectField(v, GroupProps{}), "RadioGroup": RadioGroup(v, GroupProps{}), "CheckboxGroup": CheckboxGroup(v, GroupProps{}),
		"RadioCards": RadioCards(v, CardsProps{}), "CheckboxField": CheckboxField(v, CheckProps{}), "DateField": DateField(v, DateProps{}), "Fieldset": Fieldset("", false, ""),
		"SubmitButton": SubmitButton(v, ""), "SubmitAs": SubmitAs(v, "", "", "", ""), "PostButton": PostButton(v, "", "", ""), "ButtonLink": ButtonLink("", "", ""),
		"StartLink": StartLink("", ""), "Actions": Actions(), "StepText": StepText(v, 0, 0), "ConfirmTotal": ConfirmTotal(v, ConfirmProps{}),
		"PageHead": PageHead("", ""), "Heading": Heading("", ""), "Hero": Hero(v, HeroProps{}), "Section": Section(""), "SectionID": SectionID("", ""), "Prose": Prose(),
		"Paragraphs": Paragraphs(""), "Card": Card(""), "ActionCard": ActionCard("", "", "", ""), "Columns": Columns(), "Split": Split(), "Stats": Stats(), "Stat": Stat("", "", ""),
		"StatLink": StatLink("", "", "", ""), "Details": Details(""), "Faq": Faq(nil), "Empty": Empty(""), "Document": Document(v, DocumentProps{}), "Hash": Hash(""), "Mono": Mono(""),
		"Amount": Amount(""), "CopyText": CopyText(v, ""), "Notice": Notice(v, "", ""), "StatusTag": StatusTag("", ""), "StatusLine": StatusLine(v, "", "", ""),
		"Timeline": Timeline(v, []TimelineItem{{}}), "Stepper": Stepper(v, []StepItem{{}}), "Progress": Progress(v, "", 0, 0), "Balance": Balance(v, BalanceProps{}), "Moves": Moves(v, []Move{{}}),
		"SummaryList": SummaryList(v, []SummaryRow{{}}), "DefinitionList": DefinitionList([]Definition{{}}), "TableFrame": TableFrame(""),
		"DataTable": DataTable(v, TableProps{Rows: []Row{Cells(Cell{}, Cell{})}}), "Breakdown": Breakdown([]BreakdownRow{{}}), "FeeCompare": FeeCompare(v, FeeCompareProps{}),
		"Pager": Pager(v, PagerProps{}), "FilterChips": FilterChips(v, []Chip{{}}, ""),
	}
	for name, part := range parts {
		if html := render(t, part); html == "" && name != "ErrorSummary" && name != "Paragraphs" {
			t.Errorf("%s shows nothing at all", name)
		}
	}
}

func TestWhatIsTypedCanNotBecomeMarkup(t *testing.T) {
	t.Parallel()
	evil := `"><script>alert(1)</script>`
	html := render(t, templ.Join(
		TextField(View{}, FieldProps{Name: "n", Label: evil, Hint: evil, Error: evil, Value: evil, Autocomplete: evil}),
		TextArea(View{}, FieldProps{Name: "n", Value: "</textarea>" + evil}),
		ButtonLink("x", "javascript:alert(1)", ""),
		DataTable(View{}, TableProps{Caption: evil, Columns: []Column{{Label: evil}}, Rows: []Row{Cells(LinkTo(evil, "javascript:alert(1)"))}}),
	))
	if strings.Contains(html, "<script") || strings.Contains(html, `href="javascript:`) || strings.Contains(html, "</textarea>\"") {
		t.Errorf("typed text became markup: %s", html)
	}
}

func TestFieldWithAProblem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		part templ.Component
		want []string
	}{
		{
			"the error belongs to the input", TextField(View{}, FieldProps{Name: "email", Hint: "h", Error: "e"}),
			[]string{`aria-invalid="true"`, `aria-describedby="email-hint email-error"`, `id="email-error"`, `id="email-hint"`},
		},
		{
			"a group of choices is marked as a whole", RadioGroup(View{}, GroupProps{Name: "fee", Error: "e", Options: []Option{{"a", "A", ""}}}),
			[]string{`role="radiogroup"`, `aria-invalid="true"`, `aria-describedby="fee-error"`, `id="fee"`},
		},
		{
			"the first part of a date can be linked to", DateField(View{}, DateProps{Name: "from", Error: "e", NoDay: true}),
			[]string{`id="from" name="from-month"`, `aria-describedby="from-error"`},
		},
		{
			"the summary takes the focus without a script", ErrorSummary(View{}, Problems{{"email", "e"}}),
			[]string{`role="alert"`, `tabindex="-1"`, `autofocus`, `href="#email"`},
		},
		{"a box is read with its error", CheckboxField(View{}, CheckProps{Name: "m", Error: "e", Hint: "h"}), []string{`aria-describedby="m-error m-hint"`, `value="yes"`}},
		{"a form carries our token", Form(View{CSRF: "tok"}, "/nl"), []string{`name="csrf" value="tok"`, "novalidate", `method="post"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			html := render(t, tt.part)
			for _, want := range tt.want {
				if !strings.Contains(html, want) {
					t.Errorf("no %s in %s", want, html)
				}
			}
		})
	}
}

func TestNothingIsChosenBeforehand(t *testing.T) {
	t.Parallel()
	html := render(t, templ.Join(
		RadioGroup(View{}, GroupProps{Name: "a", Options: []Option{{"", "Leeg", ""}, {"x", "X", ""}}}),
		RadioCards(View{}, CardsProps{Name: "b", Options: []CardOption{{Value: "x"}, {Value: ""}}}),
		CheckboxField(View{}, CheckProps{Name: "c"}),
		CheckboxGroup(View{}, GroupProps{Name: "d", Options: []Option{{"x", "X", ""}}}),
	))
	if strings.Contains(html, "checked") {
		t.Errorf("something is chosen already: %s", html)
	}
}

func TestTitleAndAddresses(t *testing.T) {
	t.Parallel()
	v := View{Lang: "nl", Path: "/zoom", Title: "Doe mee", HasErrors: true, Foundation: Foundation{Name: "Stichting"}, Translate: commonWords(t)}
	if got, want := v.PageTitle(), "Fout: Doe mee – Stichting"; got != want {
		t.Errorf("PageTitle() = %q, want %q", got, want)
	}
	for path, want := range map[string]string{"/zoom": "/nl/zoom", "/": "/nl", "": "/nl", "x": "/nl/x", "//evil.test": "/nl//evil.test"} {
		if got := v.Href(path); got != want {
			t.Errorf("Href(%q) = %q, want %q", path, got, want)
		}
	}
	html := render(t, PublicLayout(v))
	for _, want := range []string{`<html lang="nl">`, `href="/en/zoom" lang="en"`, `class="skip" href="#main"`, `<main id="main"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

func TestMenuKeepsItsOrder(t *testing.T) {
	t.Parallel()
	v := View{Nav: []NavItem{{Label: "a", Group: "1"}, {Label: "b"}, {Label: "c", Group: "1"}}}
	groups := v.navGroups()
	if len(groups) != 2 || groups[0].Title != "1" || len(groups[0].Items) != 2 || groups[1].Items[0].Label != "b" {
		t.Errorf("navGroups() = %+v, want group 1 with a and c, then b", groups)
	}
}

func TestTimesAreReadByProgramsToo(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	html := render(t, Timeline(View{Lang: "nl"}, []TimelineItem{{Title: "x", When: when}}))
	if !strings.Contains(html, `datetime="2026-07-01T08:00:00Z"`) {
		t.Errorf("no time for programs in %s", html)
	}
}
