package mollietest

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
)

//go:embed pages
var files embed.FS

var templates = template.Must(template.ParseFS(files, "pages/*.html"))

// view is what every page of the simulator has.
type view struct {
	Lang, Other string
	T           map[string]string
	Root        string // path of the simulator
	Here        string // path of this page
	Heading     string
}

func (s *Simulator) view(r *http.Request, locale, here string) view {
	lang := language(r, locale)
	return view{Lang: lang, Other: otherLanguage(lang), T: words[lang], Root: s.base.Path, Here: s.base.Path + here, Heading: words[lang]["overview"]}
}

// Is tells a status in words; what we have no word for is shown as it is.
func (v view) Is(status string) string {
	if text := v.T["is-"+status]; text != "" {
		return text
	}
	return status
}

// Euro shows an amount.
func (v view) Euro(cents int64) string { return shown(v.Lang, cents) }

// show renders into memory first; leaving is the one other site that a form may lead to.
func show(w http.ResponseWriter, status int, name, leaving string, page any) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, page); err != nil {
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	safe(w, leaving)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // who left needs no page
}

// safe sets the simulator's own headers. A form's target counts for browsers
// over redirects too, so the site that people go back to has to be named.
func safe(w http.ResponseWriter, leaving string) {
	forms := "form-action 'self'"
	if u, err := url.Parse(leaving); err == nil && u.Host != "" {
		forms += " " + u.Scheme + "://" + u.Host
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "+forms)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

func (s *Simulator) style(w http.ResponseWriter, _ *http.Request) {
	b, err := files.ReadFile("pages/style.css")
	if err != nil {
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(b)
}

// message is a page with one heading and one sentence.
type message struct {
	view
	Text, Back, BackText string
}

func (s *Simulator) tell(w http.ResponseWriter, r *http.Request, status int, key string) {
	v := s.view(r, "", "")
	v.Heading = v.T[key]
	show(w, status, "message.html", "", message{view: v, Text: v.T[key+"-text"], Back: v.Root, BackText: v.T["overview"]})
}
