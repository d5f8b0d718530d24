package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

// representative shows for how many people the foundation speaks in a claim, and how that was counted.
func (s *Server) representative(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	groups, err := s.claims.Representativeness(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	p := ui.RepresentativePage{View: s.view(c, "dossier.title"), Claim: claim.Name(lang(c))}
	p.FileURL, p.CountedAt = p.Href("/beheer/"+claim.Slug+"/representativiteit.csv"), p.Moment(s.now())
	p.Class = claim.Class(p.Lang)
	p.Period = p.Day(claim.PeriodFrom) + " – " + p.Day(claim.PeriodTo)
	p.Countries, p.Months = representativeTable(p.View, "dossier.country"), representativeTable(p.View, "dossier.month")
	for _, g := range groups {
		row := ui.Cells(ui.Text(representativeGroup(p.View, g)), ui.Num(p.Number(g.Signed)), ui.Num(p.Number(g.Active)), ui.Num(p.Number(g.Reached)),
			ui.Num(p.Number(g.InClass)), ui.Num(p.Number(g.Unknown)), ui.Num(p.Number(g.Evidence)), ui.Num(p.Number(g.Marked)))
		switch {
		case g.Country != "":
			p.Countries.Rows = append(p.Countries.Rows, row)
		case g.Month != nil:
			p.Months.Rows = append(p.Months.Rows, row)
		default:
			p.Countries.Foot, p.Months.Foot = row.Cells, row.Cells
		}
	}
	return s.show(c, http.StatusOK, ui.Representative(p))
}

// representativeFile is the same as a file, for an annex to a writ. It names nobody.
func (s *Server) representativeFile(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	groups, err := s.claims.Representativeness(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Type", "text/csv; charset=utf-8")
	c.Response().Header().Set("Content-Disposition", `attachment; filename="representativiteit-`+claim.Slug+`.csv"`)
	out := csv.NewWriter(c.Response())
	_ = out.Write([]string{"country", "month", "signed", "active", "reached", "in_class", "period_unknown", "evidence", "marked"}) // its errors come back at the end
	for _, g := range groups {
		month := ""
		if g.Month != nil {
			month = g.Month.Format("2006-01")
		}
		line := []string{g.Country, month}
		for _, n := range []int64{g.Signed, g.Active, g.Reached, g.InClass, g.Unknown, g.Evidence, g.Marked} {
			line = append(line, strconv.FormatInt(n, 10))
		}
		_ = out.Write(line)
	}
	_ = out.Write([]string{"counted_at", s.now().UTC().Format(time.RFC3339)})
	out.Flush()
	return out.Error()
}

func representativeTable(v ui.View, group string) ui.TableProps {
	t := ui.TableProps{Caption: v.T(group + "s"), HideCaption: true, Stack: true, Empty: v.T("dossier.none"), Columns: []ui.Column{{Label: v.T(group)}}}
	for _, key := range []string{"signed", "active", "reached", "in_class", "unknown", "evidence", "marked"} {
		t.Columns = append(t.Columns, ui.Column{Label: v.T("dossier." + key), Num: true})
	}
	return t
}

func representativeGroup(v ui.View, g claims.Representation) string {
	switch {
	case g.Country != "":
		return countryName(v.Lang, g.Country)
	case g.Month != nil:
		return monthOf(v, *g.Month)
	}
	return v.T("account.together")
}
