package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// draft is a sign-up on its way: what one browser has filled in for one claim.
type draft struct {
	participants.Signup
	claim claims.Claim
	token string
	page  string // of the sign-up, the last part of the address
}

// joinPages are all pages of the sign-up in order: those that are answered, then check and signature.
var joinPages = append(claims.Pages(), "controle", "ondertekenen")

// firstCounted is the first page that says how far along one is: from there on the number of pages is known.
const firstCounted = "e-mail"

// openAt reports whether this draft can be signed at a moment: an outage may have kept it from being in time.
func (d draft) openAt(t time.Time) bool {
	return d.claim.OpenAt(t) || d.claim.TakesSignups() && d.AdmittedAt(t)
}

// latePrice is what whoever signs this draft at a moment pays ahead; nothing for who is in time, or counts as such.
func (d draft) latePrice(t time.Time) payments.Cents {
	if d.AdmittedAt(t) {
		return 0
	}
	return d.claim.LatePrice(t)
}

func (d draft) home() string            { return "/" + d.claim.Slug + "/meedoen" }
func (d draft) at(page string) string   { return d.home() + "/" + page }
func (d draft) proven() bool            { return d.EmailProvenAt != nil }
func (d draft) firstOpen() string       { return claims.FirstOpen(d.Answers, d.proven()) }
func draftCookie(c claims.Claim) string { return draftCookiePrefix + c.Slug }

const draftCookiePrefix = "__Host-aanmelding-"

// pages are the pages of this draft in order: only a guardian is asked about the child.
func (d draft) pages() []string {
	if d.Answers.ForChild() {
		return joinPages
	}
	return slices.DeleteFunc(slices.Clone(joinPages), claims.OnlyForChild)
}

// after is the page that follows a page of this draft.
func (d draft) after(page string) string {
	pages := d.pages()
	return pages[slices.Index(pages, page)+1]
}

// join finds the draft of this browser. Whoever skips a page is sent to the
// first one that is open; who signed already, to what they signed.
func (s *Server) join(c echo.Context, page string) (draft, error) {
	d := draft{page: page}
	var err error
	if d.claim, err = s.claim(c); err != nil {
		return d, err
	}
	cookie, err := c.Cookie(draftCookie(d.claim))
	if err != nil {
		return d, detour{d.home()}
	}
	d.token = cookie.Value
	d.Signup, err = s.people.Signup(c.Request().Context(), d.claim.ID, d.token)
	if errors.Is(err, participants.ErrNotFound) {
		return d, detour{d.home()}
	}
	if err != nil {
		return d, err
	}
	if c.Request().PostForm.Get("later") != "" {
		seen(c).later = d.at("bewaard")
	}
	return d, d.misplaced(seen(c).received)
}

// misplaced says where a draft belongs, if not on this page.
func (d draft) misplaced(now time.Time) error {
	signed := d.Status == participants.SignupSigned
	after := d.page == "toestemmingen" || d.page == "klaar"
	switch {
	case signed && !after:
		return detour{d.at("klaar")}
	case signed:
		return nil
	case !d.openAt(now):
		return detour{d.home()}
	}
	open := d.firstOpen()
	if open == "" {
		open = "ondertekenen"
	}
	if claims.OnlyForChild(d.page) && !d.Answers.ForChild() {
		return detour{d.at("leeftijd")}
	}
	if after || slices.Index(joinPages, d.page) > slices.Index(joinPages, open) {
		return detour{d.at(open)}
	}
	return nil
}

// answer saves one page of the draft.
func (s *Server) answer(ctx context.Context, d draft, change func(*participants.Answers)) error {
	_, err := s.people.Answer(ctx, d.claim.ID, d.token, func(a *participants.Answers) {
		change(a)
		a.Asked[d.page] = true
	})
	return err
}

// onward goes to the page after this one, or back to the check of the answers if one came from there.
func (s *Server) onward(c echo.Context, d draft) error {
	next := d.after(d.page)
	if c.Request().PostForm.Get("terug") == "controle" {
		su, err := s.people.Signup(c.Request().Context(), d.claim.ID, d.token)
		if err != nil {
			return err
		}
		if next = claims.FirstOpen(su.Answers, su.EmailProvenAt != nil); next == "" {
			next = "controle"
		}
	}
	return s.to(c, d.at(next))
}

// joinView is what every page of the sign-up has.
func (s *Server) joinView(c echo.Context, d draft, titleKey string, bad ui.Problems) ui.JoinPage {
	p := ui.JoinPage{View: s.view(c, titleKey, bad...), Bad: bad, Return: c.QueryParam("terug")}
	if c.Request().Method == http.MethodPost {
		p.Return = c.Request().PostForm.Get("terug")
	}
	if p.Return != "controle" {
		p.Return = ""
	}
	i := slices.Index(d.pages(), d.page)
	switch {
	case p.Return != "":
		p.Back = p.Href(d.at(p.Return))
	case i > 0:
		p.Back = p.Href(d.at(d.pages()[i-1]))
	case i == 0:
		p.Back = p.Href(d.home())
	}
	if i >= slices.Index(d.pages(), firstCounted) {
		p.Step, p.Of = i+1, len(d.pages())
	}
	p.About = about(p.View, d)
	p.LaterURL = p.Href(d.at("bewaard"))
	return p
}

// note is a short text that stands with a question.
func (s *Server) note(c echo.Context, claim claims.Claim, key string) (ui.Note, error) {
	texts, err := s.claims.Texts(c.Request().Context(), claim.ID, lang(c))
	return noteOf(texts[key]), err
}

func noteOf(t participants.Text) ui.Note { return ui.Note{Title: t.Title, Body: t.Body} }

// showStart tells what joining is, before anything is asked or kept.
func (s *Server) showStart(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	d := draft{claim: claim}
	if cookie, err := c.Cookie(draftCookie(claim)); err == nil {
		if su, err := s.people.Signup(c.Request().Context(), claim.ID, cookie.Value); err == nil {
			d.Signup = su
		}
	}
	now := seen(c).received
	if !d.openAt(now) {
		return s.showDead(c, claim, "signup_closed")
	}
	texts, err := s.claims.Texts(c.Request().Context(), claim.ID, lang(c))
	if err != nil {
		return err
	}
	p := ui.JoinStartPage{
		JoinPage: s.joinView(c, d, "join.start.title", nil), Against: claim.DefendantName, Free: noteOf(texts["free_until"]),
		Late: claim.TooLate(now) && !d.AdmittedAt(now), Limitation: claim.LimitationOn, FlatCents: int64(claim.FlatFeeCents), RateBP: claim.RateBP,
	}
	p.LatePrice = lateWords(p.View, d.latePrice(now))
	p.Deadline = deadlineWords(p.View, claim, now)
	p.Links = []ui.Link{
		{Label: p.T("join.start.who"), URL: p.Href("/"+claim.Slug) + "#wie-zijn-wij"}, {Label: p.T("join.start.data"), URL: p.Href("/" + claim.Slug + "/privacy")},
		{Label: p.T("public.helper.title"), URL: p.Href("/" + claim.Slug + "/kosten")}, {Label: p.T("join.start.help"), URL: p.Href("/"+claim.Slug) + "#vragen"},
	}
	p.Back, p.ElsewhereURL = p.Href("/"+claim.Slug), p.Href(d.at("verder"))
	if d.ID != 0 {
		p.ResumeURL = p.Href(d.at(resumeAt(d)))
	}
	return s.show(c, http.StatusOK, ui.JoinStart(p))
}

func resumeAt(d draft) string {
	if d.Status == participants.SignupSigned {
		return "klaar"
	}
	if open := d.firstOpen(); open != "" {
		return open
	}
	return "controle"
}

// start opens a draft for this browser.
func (s *Server) start(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	if !claim.OpenAt(seen(c).received) {
		return detour{draft{claim: claim}.home()}
	}
	ctx := c.Request().Context()
	if err := s.pass(c, entry{gateStart, place(c)}, entry{s.gateSite(), "all"}); err != nil {
		return err
	}
	token, _, err := s.people.StartSignup(ctx, claim.ID, lang(c))
	if err != nil {
		return err
	}
	s.setCookie(c, draftCookie(claim), token, int(participants.DraftLife/time.Second))
	return s.to(c, draft{claim: claim}.at(joinPages[0]))
}

// showLater says until when a draft is kept.
func (s *Server) showLater(c echo.Context) error {
	d, err := s.join(c, joinPages[0])
	if err != nil {
		return err
	}
	p := ui.JoinLaterPage{JoinPage: s.joinView(c, d, "join.later.title", nil), Until: d.ExpiresAt, ContinueURL: "/" + lang(c) + d.at(resumeAt(d))}
	if d.EmailIndex != nil { // a code was asked for: the sign-up is found back by its address
		p.Site = s.base.Host + p.Href(d.home())
	}
	p.Back = p.ContinueURL
	return s.show(c, http.StatusOK, ui.JoinLater(p))
}

// wipe has this browser forget its draft; the answers are deleted, the row goes by itself.
func (s *Server) wipe(c echo.Context) error {
	d, err := s.join(c, joinPages[0])
	if err != nil {
		return err
	}
	if err := s.forget(c, d); err != nil {
		return err
	}
	return s.to(c, "/"+d.claim.Slug)
}

// forget deletes what was filled in.
func (s *Server) forget(c echo.Context, d draft) error {
	s.setCookie(c, draftCookie(d.claim), "", -1)
	return s.answer(c.Request().Context(), d, func(a *participants.Answers) { *a = participants.Answers{Asked: map[string]bool{}} })
}

// showDead is a page that says kindly why this road ends here.
func (s *Server) showDead(c echo.Context, claim claims.Claim, key string) error {
	n, err := s.note(c, claim, key)
	if err != nil {
		return err
	}
	news, err := s.claims.News(c.Request().Context(), claim.ID, 1)
	if err != nil {
		return err
	}
	v := s.view(c, "join.dead.title")
	v.Title = n.Title
	p := ui.JoinDeadPage{View: v, Note: n, Back: v.Href("/" + claim.Slug), ClaimURL: v.Href("/" + claim.Slug)}
	if len(news) > 0 {
		p.NewsURL = p.ClaimURL + "#nieuws"
	}
	return s.show(c, http.StatusOK, ui.JoinDead(p))
}

// about says on each page whom a guardian is asked about: the child, or the guardian.
func about(v ui.View, d draft) string {
	if !d.Answers.ForChild() || d.Answers.Ward.Born == "" {
		return ""
	}
	switch d.page {
	case "land", "periode", "bewijs":
		return v.T("join.about.child", "Child", d.Answers.Ward.Name())
	case "e-mail", "naam", "adres":
		return v.T("join.about.guardian")
	}
	return ""
}
