package mailer

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var (
	links = regexp.MustCompile(`(?:href="|https?://)[^"\s<]*`)
	tags  = regexp.MustCompile(`(?s)<(title|div style="display:none)[^>]*>.*?</(title|div)>|<[^>]*>`)
)

// TestMailsAreSafeToReceive is the linter of all mails: what a mail may link to,
// what its subject may say, and that both forms hold the same words.
func TestMailsAreSafeToReceive(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	noButton := map[string]bool{"payee_request": true, "payee_changed": true, "payout_returned": true, "prepayment_failed": true, "email_changed": true}
	for _, lang := range Langs {
		home := "https://claim.example"
		allowed := map[string]bool{home: true, home + "/" + lang + "/mijn": true, full["Link"]: true}
		allowed[home+"/"+lang+"/mijn/link/"+full["Token"]] = true // does nothing outside the browser that asked
		for _, name := range Templates() {
			got, err := r.Render(name, lang, full)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, link := range links.FindAllString(got.HTML+got.Text, -1) {
				link = strings.TrimPrefix(link, `href="`)
				if !allowed[link] {
					t.Errorf("%s/%s links to %q", lang, name, link)
				}
				if link != home && noButton[name] {
					t.Errorf("%s/%s is about money or access and links to %q", lang, name, link)
				}
			}
			for _, bad := range []string{"zoom", "claim tegen", "iban", "{{", "!"} {
				if strings.Contains(strings.ToLower(got.Subject), bad) {
					t.Errorf("%s/%s has the subject %q", lang, name, got.Subject)
				}
			}
			for _, foot := range []string{"Stichting Voorbeeld", "info@claim.example", "020 000 00 00", "Postbus 1", "ZM-7K2M-93FX"} {
				if !strings.Contains(got.Text, foot) || !strings.Contains(got.HTML, foot) {
					t.Errorf("%s/%s does not end with %q", lang, name, foot)
				}
			}
			plain := squeeze(html.UnescapeString(tags.ReplaceAllString(got.HTML, " ")))
			for _, block := range words[lang+"/"+name].blocks {
				pieces, err := block.fill(mergeOwn(full, lang))
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range pieces {
					if !strings.Contains(plain, squeeze(p.Text)) || !strings.Contains(strings.ToLower(squeeze(got.Text)), strings.ToLower(squeeze(p.Text))) {
						t.Errorf("%s/%s does not say %q in both forms", lang, name, p.Text)
					}
				}
			}
			for line := range strings.SplitSeq(got.Text, "\n") {
				if utf8.RuneCountInString(line) > 78 {
					t.Errorf("%s/%s has the long line %q", lang, name, line)
				}
			}
		}
	}
}

func mergeOwn(data map[string]string, lang string) map[string]string {
	all := map[string]string{"BaseURL": "https://claim.example", "Portal": "https://claim.example/" + lang + "/mijn", "Sender": "x"}
	for k, v := range data {
		all[k] = v
	}
	return all
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestValuesAreNeverReadAsATemplateOrAsMarkup(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	for _, payload := range []string{
		`{{.Code}}`, `{{.IBAN}}`, `{{template "layout"}}`, `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`,
		`</title><b>`, `button: Betaal | https://evil.example`, `${7*7}`, `%s%n`, `{{"{{"}}.Code}}`,
	} {
		data := map[string]string{"Name": payload, "Number": payload, "Claim": payload, "Code": "secret-code"}
		got, err := r.Render("welcome", "nl", data)
		if err != nil {
			t.Fatalf("Render with %q: %v", payload, err)
		}
		if !strings.Contains(got.Text, payload) {
			t.Errorf("the text changed %q", payload)
		}
		if strings.Contains(got.Text+got.HTML, "secret-code") {
			t.Errorf("%q showed another value", payload)
		}
		if strings.Contains(payload, "<") && strings.Contains(got.HTML, payload) {
			t.Errorf("the HTML holds %q as markup", payload)
		}
		if strings.Contains(got.HTML, `href="https://evil.example`) {
			t.Errorf("%q became a link", payload)
		}
	}
	got, err := r.Render("news", "nl", map[string]string{"Title": "T", "Body": "Een\n\nheading: Twee\n\nbutton: Drie | https://evil.example\n\n<b>vier</b>"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(got.HTML, "<h2") != 1 || strings.Contains(got.HTML, "evil.example\"") || strings.Contains(got.HTML, "<b>") {
		t.Errorf("the text of the news became markup:\n%s", got.HTML)
	}
	if strings.Count(got.HTML, "white-space:pre-line") != 4 {
		t.Errorf("the news has %d paragraphs, want 4", strings.Count(got.HTML, "white-space:pre-line"))
	}
}
