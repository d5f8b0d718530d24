package main

import (
	"bytes"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"samenclaim/internal/locale"
	"samenclaim/mailer/mailtest"
	"samenclaim/web/i18n"
	"samenclaim/web/static"
	"samenclaim/web/ui"
)

// demoPages show what only a demo can: logins, delivered mails, a bank file.
type demoPages struct {
	*demoWorld
	services
}

// mount adds the pages, in Dutch and below /demo/en/ in English.
func (d *demoPages) mount(mux *http.ServeMux) {
	for _, lang := range []string{"nl", "en"} {
		under := map[string]string{"nl": "/demo/", "en": "/demo/en/"}[lang]
		mux.HandleFunc("GET "+under+"{$}", func(w http.ResponseWriter, r *http.Request) { d.start(w, r, lang) })
		mux.HandleFunc("GET "+under+"mail", func(w http.ResponseWriter, r *http.Request) { d.mails(w, r, lang) })
		mux.HandleFunc("GET "+under+"mail/{id}", func(w http.ResponseWriter, r *http.Request) { d.mail(w, r, lang) })
	}
	mux.HandleFunc("GET /demo/mail/{id}/html", d.mailHTML)
	mux.HandleFunc("GET /demo/afschrift.xml", d.bankFile)
}

// pagePolicy allows what our own pages need, mailPolicy nothing but the looks of a mail.
const (
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"
)

func (d *demoPages) show(w http.ResponseWriter, r *http.Request, page templ.Component) {
	var b bytes.Buffer
	if err := page.Render(r.Context(), &b); err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // the visitor may be gone
}

// view is the frame of a page.
func (d *demoPages) view(r *http.Request, lang, title string) ui.View {
	v := ui.View{
		Lang: lang, Path: "/", Title: title, Now: time.Now(), Demo: true, Asset: static.URL, Translate: func(key string, _ ...any) string { return key },
		Header: []ui.Link{{Label: "Demo", URL: demoUnder(lang)}, {Label: "Mail", URL: demoUnder(lang) + "mail"}, {Label: "Mollie", URL: mollieUnder}},
	}
	if words, err := i18n.New(); err == nil {
		v.Translate = words.T(lang)
	}
	if f, err := d.claims.Foundation(r.Context()); err == nil {
		v.Foundation = ui.Foundation{Name: f.LegalName, ShortName: f.Name, LogoURL: "/logo.svg", ThemeCSSURL: "/theme.css", Email: f.Email, Phone: f.Phone}
	}
	return v
}

func demoUnder(lang string) string {
	if lang == "en" {
		return "/demo/en/"
	}
	return "/demo/"
}

// start lists addresses and logins.
func (d *demoPages) start(w http.ResponseWriter, r *http.Request, lang string) {
	say, now := demoWords(lang), time.Now()
	p := demoStartPage{View: d.view(r, lang, say("title")), Say: say, Other: ui.Link{Label: say("other"), URL: demoUnder(map[string]string{"nl": "en", "en": "nl"}[lang])}}
	for _, place := range []struct{ key, path string }{
		{"claim", "/" + lang + "/zoom"}, {"second", "/" + lang + "/fitband"}, {"mine", "/" + lang + "/mijn/inloggen"}, {"desk", "/" + lang + "/beheer/inloggen"},
		{"mail", demoUnder(lang) + "mail"}, {"mollie", mollieUnder}, {"file", "/demo/afschrift.xml"},
	} {
		p.Places = append(p.Places, ui.Cells(ui.LinkTo(say("place."+place.key), place.path), ui.Text(say("about."+place.key))))
	}
	for _, c := range d.state.Claimants {
		p.People = append(p.People, ui.Cells(ui.Cell{Text: c.Email}, ui.Cell{Text: c.Number, Mono: true, Whole: true}, ui.Text(c.Slug), ui.Text(say("who."+c.What))))
	}
	for _, l := range d.state.Logins {
		p.Staff = append(p.Staff, ui.Cells(ui.Text(p.T("staff.role."+string(l.Role))), ui.Text(l.Name), ui.Text(l.Email),
			ui.Cell{Text: l.code(now), Mono: true}, ui.Cell{Text: l.code(now.Add(30 * time.Second)), Mono: true}))
	}
	d.show(w, r, demoStart(p))
}

const mailsShown = 100

// mails lists what was delivered, the newest first.
func (d *demoPages) mails(w http.ResponseWriter, r *http.Request, lang string) {
	say := demoWords(lang)
	p := demoMailsPage{View: d.view(r, lang, say("mails")), Say: say, Action: demoUnder(lang) + "mail", To: r.URL.Query().Get("to")}
	for _, m := range d.sink.Messages(mailtest.Filter{To: p.To}, mailsShown) {
		p.Rows = append(p.Rows, ui.Cells(ui.Cell{Text: locale.ShortMoment(m.At, lang)}, ui.Text(m.To), ui.LinkTo(m.Subject, demoUnder(lang)+"mail/"+strconv.FormatInt(m.ID, 10))))
	}
	d.show(w, r, demoMails(p))
}

// mail shows one mail as text, with the addresses in it as links.
func (d *demoPages) mail(w http.ResponseWriter, r *http.Request, lang string) {
	m, ok := d.message(w, r)
	if !ok {
		return
	}
	say := demoWords(lang)
	p := demoMailPage{View: d.view(r, lang, m.Subject), Say: say, Back: demoUnder(lang) + "mail", From: m.From, To: m.To, ID: m.MessageID,
		At: locale.Moment(m.At, lang), Text: m.Text, HTML: "/demo/mail/" + strconv.FormatInt(m.ID, 10) + "/html"}
	for word := range strings.FieldsSeq(m.Text) {
		if strings.HasPrefix(word, d.base+"/") {
			p.Links = append(p.Links, ui.Link{Label: word, URL: word})
		}
	}
	d.show(w, r, demoMail(p))
}

func (d *demoPages) message(w http.ResponseWriter, r *http.Request) (mailtest.Message, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	m, ok := d.sink.Message(id)
	if err != nil || !ok {
		http.Error(w, "there is no such mail", http.StatusNotFound)
		return m, false
	}
	return m, true
}

// mailHTML shows the mail as a mail program would, shut in: no script, no forms, nothing from elsewhere.
func (d *demoPages) mailHTML(w http.ResponseWriter, r *http.Request) {
	m, ok := d.message(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(m.HTML)) // the visitor may be gone
}

// bankFile is the statement that an accountant imports by hand.
func (d *demoPages) bankFile(w http.ResponseWriter, _ *http.Request) {
	b, err := os.ReadFile(d.folder.statement())
	if err != nil {
		http.Error(w, "there is no statement", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Disposition", `attachment; filename="afschrift.xml"`)
	_, _ = w.Write(b) // the visitor may be gone
}
