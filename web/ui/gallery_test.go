package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/a-h/templ"
)

var galleryDir = flag.String("gallery", "", "folder to write the gallery pages to")

// TestGallery shows every component with something in it; -gallery writes the pages to look at them.
func TestGallery(t *testing.T) {
	t.Parallel()
	v := sample(t)
	staff := v
	staff.User = User{Kind: "staff", Name: "Femke de Boer", Role: "Accountant"}
	staff.Nav = []NavItem{
		{Label: "Overzicht", URL: "#", Current: true},
		{Label: "Register", URL: "#", Group: "Deelnemers"}, {Label: "Verzoeken", URL: "#", Group: "Deelnemers", Count: 12},
		{Label: "Uitbetalingen", URL: "#", Group: "Geld"}, {Label: "Bank", URL: "#", Group: "Geld", Count: 1204},
	}
	staff.LogoutURL = "#"
	portal := v
	portal.User = User{Kind: "participant", Name: "Jan van den Berg"}
	portal.LogoutURL = "#"
	portal.Nav = []NavItem{
		{Label: "Overzicht", URL: "#", Current: true}, {Label: "Bewijs", URL: "#"}, {Label: "Vergoeding", URL: "#"},
		{Label: "Gegevens", URL: "#"}, {Label: "Toestemmingen", URL: "#"},
	}
	wrong := v
	wrong.HasErrors = true
	for name, page := range map[string]templ.Component{
		"public": with(PublicLayout(v), publicGallery(v)...),
		"form":   with(FormLayout(wrong, "#"), formGallery(wrong)...),
		"portal": with(PortalLayout(portal), portalGallery(portal)...),
		"admin":  with(AdminLayout(staff), adminGallery(staff)...),
		"letter": with(LetterLayout(v), letterGallery(v)...),
	} {
		html := render(t, page)
		if strings.Contains(html, "⟦") {
			_, after, _ := strings.Cut(html, "⟦")
			t.Errorf("%s: a text is missing: ⟦%.60s", name, after)
		}
		if n := strings.Count(html, "<h1"); n != 1 {
			t.Errorf("%s: %d first headings, want 1", name, n)
		}
		if strings.Contains(html, " style=") || strings.Contains(html, "<style") || strings.Contains(html, " onclick") {
			t.Errorf("%s: style or script inside the page, which the security policy refuses", name)
		}
		if *galleryDir != "" {
			if err := os.WriteFile(filepath.Join(*galleryDir, name+".html"), []byte(html), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func sample(t *testing.T) View {
	t.Helper()
	now := time.Date(2026, 12, 1, 22, 59, 0, 0, time.UTC)
	return View{
		Lang: "nl", Path: "/zoom", Title: "Doe mee", CSRF: "token", Now: now, Demo: true, HelpURL: "#",
		Foundation: Foundation{
			Name: "Stichting Samen Verhaal", RegisterNumber: "00000000", Address: "Voorbeeldgracht 1, 1000 AA Amsterdam",
			Email: "hulp@voorbeeld.test", Phone: "020 000 00 00", Hours: "Maandag tot en met vrijdag, 9.00 tot 17.00 uur",
			About: "Wij komen op voor mensen van wie de privacy is geschonden.",
		},
		Header:    []Link{{"Mijn zaak", "#"}},
		Footer:    []Link{{"Privacy", "#"}, {"Toegankelijkheid", "#"}, {"Over ons", "#"}},
		DemoLinks: []Link{{"Mail bekijken", "#"}, {"Betaalsimulator", "#"}},
		Translate: commonWords(t),
	}
}

// commonWords reads the area "common", the only one that the parts use.
func commonWords(t *testing.T) func(string, ...any) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "i18n", "nl", "common.json"))
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]any{}
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	return func(key string, args ...any) string {
		text, ok := words[key].(string)
		if !ok {
			return "⟦" + key + "⟧"
		}
		values := map[string]any{}
		for i := 0; i+1 < len(args); i += 2 {
			values[args[i].(string)] = args[i+1]
		}
		var b strings.Builder
		if err := template.Must(template.New("").Parse(text)).Execute(&b, values); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
}

// with gives a component its children.
func with(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func text(s string) templ.Component { return templ.Raw("<p>" + s + "</p>") }

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
