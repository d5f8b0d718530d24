// Package ui holds the pages: typed components that turn ready-made words and amounts into HTML.
// It knows nothing of the database; what a page needs is handed to it.
package ui

import (
	"strings"
	"time"
)

// View is what every page needs: language, title, foundation, user, menu.
// Every page type embeds it.
type View struct {
	Lang        string // "nl" or "en"
	Path        string // the address without its language, for the language switch
	Title       string
	Description string
	Foundation  Foundation
	CSRF        string
	User        User
	Nav         []NavItem
	Header      []Link // quick links at the top right
	Footer      []Link
	HelpURL     string
	LogoutURL   string
	Flash       *Flash
	Idle        *Idle   // who is logged in; nil: nobody
	Alarms      []Alarm // what no page of staff lets go by
	HasErrors   bool
	Now         time.Time
	Demo        bool
	DemoLinks   []Link
	Translate   func(key string, args ...any) string
	Asset       func(name string) string
}

// Foundation is the organisation that the pages speak for.
type Foundation struct {
	Name           string
	ShortName      string
	LogoURL        string
	ThemeCSSURL    string
	RegisterNumber string
	Address        string
	Email          string
	Phone          string
	Hours          string
	About          string // one sentence for the footer
}

// Alarm is a warning that stands on every page of staff until it is solved.
type Alarm struct{ Title, Text, URL, Link string }

// User is who looks at the page; Kind is "", "participant" or "staff".
type User struct {
	Kind string
	Name string
	Role string
}

// Link is an address with its words.
type Link struct {
	Label string
	URL   string
}

// NavItem is one line of a menu; Count above zero is shown beside it.
type NavItem struct {
	Label   string
	URL     string
	Group   string
	Current bool
	Count   int
}

// Idle is when somebody who sits still is asked whether they are there, and when their log-in has ended.
type Idle struct {
	Ask, End time.Duration
	StayURL  string // a page that shows that they are there
	LoginURL string
}

// Flash is what happened just now, shown once; Kind as of Notice.
type Flash struct {
	Kind string
	Text string
}

// Problem is one thing the person can mend; Field is the input's name, "" for the whole form.
type Problem struct {
	Field string
	Text  string
}

// Problems are all things to mend on one page.
type Problems []Problem

// For returns the words for one field, "" when it is fine.
func (p Problems) For(field string) string {
	for _, one := range p {
		if one.Field == field {
			return one.Text
		}
	}
	return ""
}

// T returns the text of a key in the page's language; a missing text is shown as ⟦key⟧.
func (v View) T(key string, args ...any) string {
	if v.Translate == nil {
		return "⟦" + key + "⟧"
	}
	return v.Translate(key, args...)
}

// Href returns a path with the page's language before it.
func (v View) Href(path string) string { return hrefIn(v.language(), path) }

// PageTitle is what the browser's tab says; the word for an error comes first.
func (v View) PageTitle() string {
	title := v.Title
	if v.HasErrors {
		title = v.T("common.error_prefix") + " " + title
	}
	if v.Foundation.Name == "" {
		return title
	}
	return strings.TrimPrefix(title+" – "+v.Foundation.Name, " – ")
}

// Static returns the address of a static file.
func (v View) Static(name string) string {
	if v.Asset == nil {
		return "/static/" + name
	}
	return v.Asset(name)
}

// languages are the other languages this page exists in.
func (v View) languages() []language {
	return []language{
		{Code: "nl", Name: "Nederlands", URL: hrefIn("nl", v.Path), Current: v.language() == "nl"},
		{Code: "en", Name: "English", URL: hrefIn("en", v.Path), Current: v.language() == "en"},
	}
}

// language is one choice of the language switch.
type language struct {
	Code, Name, URL string
	Current         bool
}

func (v View) language() string {
	if v.Lang == "" {
		return "nl"
	}
	return v.Lang
}

func hrefIn(lang, path string) string {
	if path == "/" || path == "" {
		return "/" + lang
	}
	return "/" + lang + "/" + strings.TrimPrefix(path, "/")
}

// navGroup is a part of the menu under one heading.
type navGroup struct {
	Title string
	Items []NavItem
}

// navGroups keeps the order in which groups first appear.
func (v View) navGroups() []navGroup {
	var groups []navGroup
	place := map[string]int{}
	for _, item := range v.Nav {
		at, seen := place[item.Group]
		if !seen {
			at = len(groups)
			place[item.Group] = at
			groups = append(groups, navGroup{Title: item.Group})
		}
		groups[at].Items = append(groups[at].Items, item)
	}
	return groups
}
