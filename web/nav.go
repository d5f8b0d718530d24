package web

import (
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// menuRow is a line of the back office's menu, for who may open it.
type menuLine struct {
	Key        string
	Path       string // after /beheer; in the menu of a claim after /beheer/SLUG
	Permission staff.Permission
}

// The menu of the back office: of one claim, and of the foundation.
var (
	claimMenu = []menuLine{
		{"nav.case", "/zaak", staff.CaseRead},
		{"nav.register", "/register", staff.RegisterRead},
		{"nav.messages", "/berichten", staff.MessageAnswer},
		{"nav.of_age", "/meerderjarig", staff.RegisterRead},
		{"nav.representative", "/representativiteit", staff.CaseRead},
		{"nav.facts", "/feiten", staff.CaseRead},
		{"nav.letters", "/brieven", staff.CaseRead},
		{"nav.clock", "/verjaring", staff.LimitationRead},
		{"nav.docket", "/rol", staff.DocketRead},
		{"nav.news", "/nieuws", staff.NewsPublish},
		{"nav.consultation", "/raadpleging", staff.CaseRead},
		{"nav.settlement", "/schikking", staff.CaseRead},
		{"nav.distribution", "/verdeling", staff.CaseRead},
		{"nav.payouts", "/uitbetalingen", staff.CaseRead},
		{"nav.refunds", "/terugbetalingen", staff.CaseRead},
	}
	deskMenu = []menuLine{
		{"nav.bank", "/bank", staff.BankRead},
		{"nav.mollie", "/mollie", staff.BankRead},
		{"nav.books", "/boeken", staff.BooksRead},
		{"nav.sanctions", "/sancties", staff.SanctionsDecide},
		{"nav.reports", "/meldingen", staff.TakeoverPropose},
		{"nav.rights", "/rechten", staff.RightsAnswer},
		{"nav.unsure", "/onzekere-mails", staff.MailResend},
		{"nav.reach", "/onbereikbaar", staff.PersonReach},
		{"nav.mistakes", "/fouten", staff.MistakeAnswer},
		{"nav.disclosures", "/verstrekkingen", staff.DisclosureRecord},
		{"nav.processors", "/verwerkers", staff.ProcessorKeep},
		{"nav.outages", "/storingen", staff.OutageRead},
		{"nav.staff", "/medewerkers", staff.StaffManage},
		{"nav.log", "/logboek", staff.LogRead},
	}
)

// deskMenu is the menu of the member who is logged in, with the claim they are looking at.
func (s *Server) deskMenu(c echo.Context) []ui.NavItem {
	v, t := seen(c), s.words.T(lang(c))
	items := []ui.NavItem{{Label: t("nav.dashboard"), URL: "/" + v.lang + "/beheer", Current: v.path == "/beheer"}}
	if v.claim.ID == 0 && c.Param("slug") != "" {
		_, _ = s.claim(c) // an address that names no claim has no menu for it
	}
	if v.claim.ID != 0 {
		items = append(items, s.menu(c, claimMenu, "/beheer/"+v.claim.Slug, v.claim.Name(v.lang))...)
	}
	return append(items, s.menu(c, deskMenu, "/beheer", t("nav.foundation"))...)
}

func (s *Server) menu(c echo.Context, lines []menuLine, base, group string) (items []ui.NavItem) {
	v, t := seen(c), s.words.T(lang(c))
	for _, l := range lines {
		if v.member.May(l.Permission) {
			path := base + l.Path
			here := v.path == path || strings.HasPrefix(v.path, path+"/")
			items = append(items, ui.NavItem{Label: t(l.Key), URL: "/" + v.lang + path, Group: group, Current: here})
		}
	}
	return items
}
