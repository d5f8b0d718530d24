package mailer

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var links = regexp.MustCompile(`(?:href="|https?://)[^"\s<]*`)

// TestMailsAreSafeToReceive is the linter of all mails: what a mail may link to, and what its subject may say.
func TestMailsAreSafeToReceive(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	noButton := map[string]bool{"payee_request": true, "payee_changed": true, "payout_returned": true, "prepayment_failed": true, "confirm": true, "email_changed": true, "email_code": true, "email_requested": true}
	for _, lang := range Langs {
		home := "https://claim.example"
		allowed := map[string]bool{home: true, home + "/" + lang + "/mijn": true, full["Link"]: true}
		allowed[home+"/"+lang+"/mijn/link/"+full["Token"]] = true                 // does nothing outside the browser that asked
		allowed[home+"/"+lang+"/mijn/overname/"+full["Token"]] = true             // spends nothing until somebody signs
		allowed[home+"/"+lang+"/mijn/adres/"+full["Token"]] = true                // proves an address; changes nothing for a week
		allowed[home+"/"+lang+"/mijn/"+full["Ref"]+"/documenten/volmacht"] = true // opens for who is logged in
		allowed[home+"/"+lang+"/"+full["Slug"]+"/meedoen/verder"] = true          // asks for a code
		allowed[home+"/"+lang+"/fout-melden/"+full["Token"]] = true               // shows an answer to who reported a mistake
		for _, name := range Templates() {
			got, err := r.Render(name, lang, most(name))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, link := range links.FindAllString(got.HTML+got.Text, -1) {
				link = strings.TrimPrefix(link, `href="`)
				if !allowed[link] && (got.Unsubscribe == "" || link != got.Unsubscribe) {
					t.Errorf("%s/%s links to %q", lang, name, link)
				}
				if link != home && noButton[name] {
					t.Errorf("%s/%s is about money or access and links to %q", lang, name, link)
				}
			}
			if (got.Unsubscribe != "") != (name == "newsletter") || got.Unsubscribe != "" && !strings.HasPrefix(got.Unsubscribe, home+"/") {
				t.Errorf("%s/%s can be unsubscribed from at %q; only the newsletter can, on our own site", lang, name, got.Unsubscribe)
			}
			for _, bad := range []string{"zoom", "fitband", "claim tegen", "claim against", "iban", "{{", "!"} {
				if strings.Contains(strings.ToLower(got.Subject), bad) {
					t.Errorf("%s/%s has the subject %q", lang, name, got.Subject)
				}
			}
			for _, foot := range []string{"Stichting Voorbeeld", "info@claim.example", "020 000 00 00", "Postbus 1", "ZM-7K2M-93FX"} {
				if !strings.Contains(got.Text, foot) || !strings.Contains(got.HTML, foot) {
					t.Errorf("%s/%s does not end with %q", lang, name, foot)
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

// mayHold is everything that a mail can tell: of a person the name and the
// number, and beside that what is the same for everybody. Anybody between us
// and the reader can read a mail: amounts, accounts and choices are in the portal.
var mayHold = []string{
	"Name", "Number", "Code", "Link", "Token", "Subscription", // who it is for, and what opens a door once
	"Title", "Body", "Outcome", "LimitationOn", "Slug", "Price", // of the case, the same for all
	"Named",                                        // that a list with names went with a letter, the same for all in it
	"Late",                                         // what the case does with who signs late, and that somebody did
	"Date", "When", "Until", "UsableFrom", "Wiped", // moments
	"Refund", // that money comes back, not how much
	"Stays",  // that the award is paid as it was fixed
	"Ref",    // of an erasure: it says nothing of who was erased
}

func TestMailsHoldNothingPersonalButNameAndNumber(t *testing.T) {
	t.Parallel()
	for id, s := range words {
		for _, value := range s.uses {
			if !slices.Contains(mayHold, value) {
				t.Errorf("%s shows %s, which is not for a mail", id, value)
			}
		}
		for _, b := range s.blocks {
			if strings.Contains(b.text.Root.String(), `with index . "Refund"`) {
				t.Errorf("%s shows the value of Refund: say that money comes back, not how much", id)
			}
		}
	}
}

func TestValuesAreNeverReadAsATemplateOrAsMarkup(t *testing.T) {
	t.Parallel()
	r := testRenderer(t)
	for _, payload := range []string{
		`{{.Code}}`, `{{.IBAN}}`, `{{template "layout"}}`, `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`,
		`</title><b>`, `button: Betaal | https://evil.example`, `${7*7}`, `%s%n`, `{{"{{"}}.Code}}`,
	} {
		data := map[string]string{"Name": payload, "Number": payload, "Ref": "A"}
		got, err := r.Render("welcome", "nl", data)
		if err != nil {
			t.Fatalf("Render with %q: %v", payload, err)
		}
		if !strings.Contains(got.Text, payload) {
			t.Errorf("the text changed %q", payload)
		}
		if !strings.Contains(got.HTML, html.EscapeString(payload)) {
			t.Errorf("the HTML changed %q", payload)
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
