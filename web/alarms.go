package web

import (
	"slices"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// clockDesk is where it stands until when claims are preserved, below a claim.
const clockDesk = "/verjaring"

// alarms stand on every page of staff until they are solved: claims that lapse within the last warning.
func (s *Server) alarms(c echo.Context, v ui.View) (alarms []ui.Alarm) {
	m := seen(c).member
	if !m.May(staff.CaseRead) {
		return nil
	}
	near, err := s.claims.NearLimitation(c.Request().Context())
	soon := slices.DeleteFunc(slices.Clone(near), func(n claims.NearLimitation) bool { return n.DaysLeft(v.Now) > claims.LastWarning })
	if err != nil || len(soon) == 0 {
		return nil // a page is shown without it as well; the start page would fail
	}
	all, err := s.claims.Claims(c.Request().Context())
	if err != nil {
		return nil
	}
	for _, n := range soon {
		at := slices.IndexFunc(all, func(c claims.Claim) bool { return c.ID == n.ClaimID })
		if at < 0 {
			continue
		}
		text := v.T("clock.alarm.text", n.People, "On", v.Day(n.LimitationOn))
		if n.DaysLeft(v.Now) < 0 {
			text = v.T("clock.alarm.late", n.People, "On", v.Day(n.LimitationOn))
		}
		a := ui.Alarm{Title: v.T("clock.alarm.title", "Claim", all[at].Name(v.Lang)), Text: text}
		if m.May(staff.LimitationRead) {
			a.URL, a.Link = v.Href("/beheer/"+all[at].Slug+clockDesk), v.T("clock.alarm.link")
		}
		alarms = append(alarms, a)
	}
	return alarms
}
