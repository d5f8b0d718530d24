package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// logPage is how many lines of the log stand on one page.
const logPage = 50

// showLog shows who did what, newest first. It is read only, and never shorter than what happened.
func (s *Server) showLog(c echo.Context) error {
	before, err := strconv.ParseInt(c.QueryParam("voor"), 10, 64)
	if c.QueryParam("voor") != "" && (err != nil || before < 1) {
		return staff.ErrNotFound
	}
	lines, err := s.staff.Log(c.Request().Context(), before, logPage+1)
	if err != nil {
		return err
	}
	head, err := s.staff.LogHead(c.Request().Context())
	if err != nil {
		return err
	}
	p := ui.LogPage{View: s.view(c, "nav.log")}
	if head.ID > 0 {
		p.Sealed = []ui.Definition{
			{Label: p.T("staff.log.sealed"), Value: p.T("staff.log.sealed_value", "Line", head.LastID, "At", p.Moment(head.SealedAt))},
			{Label: p.T("staff.log.head"), Value: fmt.Sprintf("%d:%x", head.ID, head.SHA256), Hash: true},
		}
	}
	if len(lines) > logPage {
		lines = lines[:logPage]
		p.OlderURL = p.Href("/beheer/logboek") + "?voor=" + strconv.FormatInt(lines[logPage-1].ID, 10)
	}
	if before > 0 {
		p.NewestURL = p.Href("/beheer/logboek")
	}
	for _, l := range lines {
		who := l.Actor
		if l.Name != "" {
			who = l.Name
		}
		p.Lines = append(p.Lines, ui.LogRow{At: p.ShortMoment(l.At), Who: who, What: logWords(p.View, l.Action), Action: l.Action, Subject: l.Subject, Detail: logDetail(l.Detail)})
	}
	return s.show(c, http.StatusOK, ui.Log(p))
}

// logWords is what happened, in words; what has none yet is shown as it is written in the log.
func logWords(v ui.View, action string) string {
	words := v.T("case.event." + action)
	if strings.HasPrefix(words, "⟦") {
		return action
	}
	return words
}

// logDetail sets what the log keeps beside an event as "name: value", by name.
func logDetail(raw []byte) string {
	var all map[string]any
	if json.Unmarshal(raw, &all) != nil {
		return string(raw)
	}
	parts := make([]string, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value, ok := all[name].(string)
		if !ok {
			b, _ := json.Marshal(all[name]) // it was JSON a moment ago
			value = string(b)
		}
		parts = append(parts, name+": "+value)
	}
	return strings.Join(parts, ", ")
}
