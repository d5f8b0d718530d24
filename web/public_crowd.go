package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/web/ui"
)

// showCrowd asks for some patience: the browser works for a second, or somebody
// without script waits for their turn. The form that was sent stands on the page and goes on from there.
func (s *Server) showCrowd(c echo.Context, busy *crowded) error {
	v := s.view(c, "public.crowd.title")
	p := ui.CrowdPage{View: v, WaitField: fieldWait, WorkField: fieldWork}
	own := []string{}
	if busy.Turn != nil {
		p.Seconds = max(1, int(busy.Turn.Sub(s.now()).Seconds()+0.999))
		p.Kept = append(p.Kept, ui.KeptField{Name: busy.Line.Name, Value: s.ticket(busy.entry, *busy.Turn)})
		own = append(own, busy.Line.Name)
	} else {
		puzzle, err := s.puzzle()
		if err != nil {
			return err
		}
		p.Puzzle = puzzle
		own = append(own, fieldWork)
	}
	for _, f := range again(c.Request().PostForm, own...) {
		p.Kept = append(p.Kept, ui.KeptField(f))
	}
	return s.show(c, http.StatusOK, ui.Crowd(p))
}
