package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/payments"
	"samenclaim/web/ui"
)

// takeOutForm names people to take out of a run.
type takeOutForm struct {
	Numbers string `form:"numbers" say:"money.takeout.numbers" validate:"max=20000"`
}

// closeNameForm says why a name that is nearly the bank's is that of the payee.
type closeNameForm struct {
	Check  string `form:"check" say:"money.names.who" validate:"filled"`
	Reason string `form:"reason" say:"money.names.reason" validate:"filled,max=500"`
}

// alarmForm says what an alarm turned out to be.
type alarmForm struct {
	Alarm string `form:"alarm" validate:"filled"`
	Ended string `form:"ended" say:"money.alarm.reason" validate:"filled,max=500"`
}

// takeOut makes a new run of what is left of one that was not released.
func (s *Server) takeOut(c echo.Context) error {
	longWork(c)
	claim, run, err := s.run(c)
	if err != nil {
		return err
	}
	var next payments.Run
	form, err := bind[takeOutForm](c)
	if err == nil {
		next, err = s.claims.TakeOut(c.Request().Context(), s.member(c).Actor(), run.ID, strings.FieldsFunc(strings.ToUpper(form.Numbers), func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' || r == '\r' || r == '\t' }))
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showRun(c, http.StatusUnprocessableEntity, claim, run, runTyped{numbers: form.Numbers}, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.takeout.done", "Old", run.ID, "Count", ui.View{Lang: lang(c)}.Number(run.ItemCount-next.ItemCount)))
	return s.to(c, runPath(claim, next.ID))
}

// namesFile gives names and accounts for the bank's comparison.
func (s *Server) namesFile(c echo.Context) error {
	_, run, err := s.run(c)
	if err != nil {
		return err
	}
	name, content, err := s.money.NamesFile(c.Request().Context(), s.member(c).Actor(), run.ID)
	if err != nil {
		return err
	}
	return s.sendFile(c, name, "text/csv; charset=utf-8", content)
}

// readReport reads what the bank says about a run.
func (s *Server) readReport(c echo.Context) error {
	longWork(c)
	claim, run, err := s.run(c)
	if err != nil {
		return err
	}
	var out payments.Reported
	content, err := uploadedWhole(c, "money.report.missing")
	if err == nil {
		out, err = s.claims.ReadReport(c.Request().Context(), s.member(c).Actor(), run.ID, content)
	}
	if bad := s.mendFile(c, err); bad != nil {
		return s.showRun(c, http.StatusUnprocessableEntity, claim, run, runTyped{}, bad)
	}
	if err != nil {
		return err
	}
	v := ui.View{Lang: lang(c)}
	words := s.wordsOf(c)("money.report.status_done", len(out.Rejected), "Count", v.Number(int64(len(out.Rejected))))
	if out.Kind == payments.ReportNames {
		words = s.wordsOf(c)("money.report.names_done", "Close", v.Number(int64(out.Close)), "None", v.Number(int64(out.NoMatch)))
	}
	s.flash(c, "success", words)
	return s.to(c, runPath(claim, run.ID))
}

// uploadedWhole reads a file that is small enough to be kept in memory.
func uploadedWhole(c echo.Context, missing string) ([]byte, error) {
	name, file := uploaded(c, "file")
	if name == "" {
		return nil, wrong("file", missing)
	}
	content, err := io.ReadAll(file)
	switch tooLarge := new(http.MaxBytesError); {
	case errors.As(err, &tooLarge) || err == nil && len(content) == 0:
		return nil, payments.ErrFileSize
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errForm // the browser stopped half-way
	}
	return content, err
}

// acceptName accepts a name that is nearly the one the bank knows.
func (s *Server) acceptName(c echo.Context) error {
	claim, run, err := s.run(c)
	if err != nil {
		return err
	}
	form, err := bind[closeNameForm](c)
	if err == nil {
		err = s.claims.AcceptName(c.Request().Context(), s.member(c).Actor(), run.ID, formNumber(form.Check), form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showRun(c, http.StatusUnprocessableEntity, claim, run, runTyped{reason: form.Reason}, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.names.accepted_now"))
	return s.to(c, runPath(claim, run.ID))
}

// endAlarm says what an alarm turned out to be.
func (s *Server) endAlarm(c echo.Context) error {
	claim, run, err := s.run(c)
	if err != nil {
		return err
	}
	form, err := bind[alarmForm](c)
	if err == nil {
		err = s.claims.EndAlarm(c.Request().Context(), s.member(c).Actor(), run.ID, formNumber(form.Alarm), form.Ended)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showRun(c, http.StatusUnprocessableEntity, claim, run, runTyped{ended: form.Ended}, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", s.wordsOf(c)("money.alarm.ended_now"))
	return s.to(c, runPath(claim, run.ID))
}
