package web

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/staff"
	"samenclaim/web/static"
	"samenclaim/web/ui"
)

// Where the pages stand that every page leads to, after the language or the claim.
const (
	reportPath      = "/overlijden-melden" // where anybody reports a death
	accountPath     = "/verantwoording"
	mistakePath     = "/fout-melden"
	correctionsPath = "/correcties"
	// pageField is the page that is wrong, in the address of the form. It is nobody's personal data.
	pageField = "pagina"
)

// view is what every page needs. Problems, if any, are announced in the title.
func (s *Server) view(c echo.Context, titleKey string, bad ...ui.Problem) ui.View {
	v, t := seen(c), s.words.T(lang(c))
	view := ui.View{
		Lang: v.lang, Path: v.path, Title: t(titleKey), CSRF: v.csrf, HasErrors: len(bad) > 0, Flash: popFlash(c),
		Now: s.now(), Demo: s.cfg.Demo, DemoLinks: s.cfg.DemoLinks, Translate: t, Asset: static.URL,
		Header: []ui.Link{{Label: t("common.menu_portal"), URL: "/" + v.lang + "/mijn"}},
		Footer: []ui.Link{{Label: t("public.footer.claims"), URL: "/" + v.lang}, {Label: t("public.footer.staff"), URL: "/" + v.lang + "/beheer"}},
	}
	if f, err := s.claims.Foundation(c.Request().Context()); err == nil {
		view.Foundation = foundation(f, v.lang)
	}
	if slug := c.Param("slug"); slug != "" && v.member.ID == 0 {
		view.Footer = append([]ui.Link{{Label: t("public.footer.privacy"), URL: view.Href("/" + slug + "/privacy")}, {Label: t("account.title"), URL: view.Href("/" + slug + accountPath)}}, view.Footer...)
		view.HelpURL = view.Href("/"+slug) + "#vragen"
	}
	if v.member.ID == 0 {
		view.Footer = append(view.Footer, ui.Link{Label: t("report.footer"), URL: view.Href(reportPath)})
	}
	if v.member.ID == 0 && v.person.ID == 0 && c.Path() != "/:lang"+mistakePath {
		view.Footer = append(view.Footer, ui.Link{Label: t("mistake.title"), URL: view.Href(mistakePath) + "?" + pageField + "=" + url.QueryEscape(v.path)})
	}
	switch {
	case v.member.ID != 0:
		view.User = ui.User{Kind: "staff", Name: v.member.Name, Role: roleWords(t, v.member.Roles)}
		view.LogoutURL, view.Nav, view.Header = view.Href("/beheer/uitloggen"), s.deskMenu(c), nil
		view.Alarms = s.alarms(c, view)
		view.Idle = idle(deskIdle, view.Href("/beheer"))
	case v.person.ID != 0:
		view.User = ui.User{Kind: "participant", Name: v.person.Name()}
		view.LogoutURL, view.Header = view.Href("/mijn/uitloggen"), nil
		view.Idle = idle(mineIdle, view.Href("/mijn"))
	}
	return view
}

// askedBefore is how long before the end somebody who sits still is asked (WCAG 2.2.1).
const askedBefore = 5 * time.Minute

// idle is when somebody is asked. A log-in is noted once a minute, so it can end that much sooner.
func idle(limit time.Duration, home string) *ui.Idle {
	end := limit - time.Minute
	return &ui.Idle{Ask: end - askedBefore, End: end, StayURL: home, LoginURL: home + "/inloggen"}
}

// foundation is what a page says of the foundation.
func foundation(f claims.Foundation, lang string) ui.Foundation {
	hours := f.PhoneHoursNL
	if lang == "en" {
		hours = f.PhoneHoursEN
	}
	mark := fnv.New32a()
	_, _ = mark.Write([]byte(f.ThemeColor + f.LogoSVG)) // never fails
	stamp := fmt.Sprintf("?v=%08x", mark.Sum32())
	out := ui.Foundation{
		Name: f.Name, ShortName: f.Name, ThemeCSSURL: "/theme.css" + stamp, RegisterNumber: f.RegisterNumber,
		Address: f.Street + ", " + strings.ReplaceAll(f.Postcode, " ", "\u00a0") + "\u00a0" + f.City, Email: f.Email, Phone: f.Phone, Hours: hours,
	}
	if f.LogoSVG != "" {
		out.LogoURL = "/logo.svg" + stamp
	}
	return out
}

func roleWords(t func(string, ...any) string, roles []staff.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = t("staff.role." + string(r))
	}
	return strings.Join(words, ", ")
}
