package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/web/ui"
)

// letterForm is what a lawyer words in a letter.
type letterForm struct {
	Reference string `form:"reference" say:"case.letters.field" validate:"filled,max=60"`
	Name      string `form:"name"      say:"case.letters.field" validate:"filled,max=140"`
	For       string `form:"for"       say:"case.letters.field" validate:"max=140"`
	Address   string `form:"address"   say:"case.letters.field" validate:"filled,max=500"`
	Articles  string `form:"articles"  say:"case.letters.field" validate:"filled,max=2000"`
	Demand    string `form:"demand"    say:"case.letters.field" validate:"filled,max=1000"`
	Consult   string `form:"consult"   say:"case.letters.field" validate:"filled,max=300"`
	Place     string `form:"place"     say:"case.letters.field" validate:"filled,max=80"`
	Delivery  string `form:"delivery"  say:"case.letters.field" validate:"filled,max=140"`
	Facts     string `form:"facts"     say:"case.letters.field" validate:"max=8000"`
}

func letterFormOf(f claims.LetterFields) letterForm {
	return letterForm{
		Reference: f.Reference, Name: f.AddresseeName, For: f.AddresseeFor, Address: f.AddresseeAddress, Articles: f.Articles, Demand: f.DemandForm,
		Consult: f.ConsultBy, Place: f.Place, Delivery: f.DeliveryBy, Facts: f.Prose.Facts,
	}
}

// onto puts what was typed over the fields of a letter; the rest stays.
func (l letterForm) onto(f claims.LetterFields) claims.LetterFields {
	f.Reference, f.AddresseeName, f.AddresseeFor, f.AddresseeAddress, f.Articles = l.Reference, l.Name, l.For, l.Address, l.Articles
	f.DemandForm, f.ConsultBy, f.Place, f.DeliveryBy, f.Prose.Facts = l.Demand, l.Consult, l.Place, l.Delivery, l.Facts
	return f
}

func letterInputs(v ui.View, f letterForm, bad ui.Problems) (lines, texts []ui.FieldProps) {
	line := func(name, value string, most int) ui.FieldProps {
		return ui.FieldProps{Name: name, Label: v.T("case.letters.input." + name), Value: value, Error: bad.For(name), MaxLength: most}
	}
	text := func(name, value string, most, rows int) ui.FieldProps {
		p := line(name, value, most)
		p.Rows = rows
		return p
	}
	lines = []ui.FieldProps{
		line("reference", f.Reference, 60), line("name", f.Name, 140), line("for", f.For, 140), line("consult", f.Consult, 300),
		line("place", f.Place, 80), line("delivery", f.Delivery, 140),
	}
	texts = []ui.FieldProps{
		text("address", f.Address, 500, 4), text("articles", f.Articles, 2000, 6), text("demand", f.Demand, 1000, 3), text("facts", f.Facts, 8000, 8),
	}
	return lines, texts
}

// saveLetter keeps what a lawyer worded.
func (s *Server) saveLetter(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	form, err := bind[letterForm](c)
	if err == nil {
		err = s.claims.SaveLetter(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal, form.onto(l.Fields))
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLetter(c, http.StatusUnprocessableEntity, &form, deliverForm{}, bad)
	}
	if err != nil {
		return err
	}
	return s.letterDone(c, "case.letters.saved")
}

// proposeLetter, withdrawLetter and sendLetter are the road of two people: the lawyer proposes, another sends.
func (s *Server) proposeLetter(c echo.Context) error {
	return s.actOnLetter(c, s.claims.ProposeLetter, "case.letters.proposed")
}

func (s *Server) withdrawLetter(c echo.Context) error {
	return s.actOnLetter(c, s.claims.WithdrawProposal, "case.move_dropped")
}

func (s *Server) sendLetter(c echo.Context) error {
	return s.actOnLetter(c, s.claims.SendLetter, "case.letters.sent")
}

func (s *Server) actOnLetter(c echo.Context, do func(context.Context, audit.Actor, int64, int) error, said string) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	err = do(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal)
	if bad := s.mend(c, err); bad != nil {
		return s.showLetter(c, http.StatusUnprocessableEntity, nil, deliverForm{}, bad)
	}
	if err != nil {
		return err
	}
	return s.letterDone(c, said)
}

func (s *Server) letterDone(c echo.Context, said string) error {
	s.flash(c, "success", seen(c).text(s, said))
	return s.to(c, "/beheer/"+c.Param("slug")+"/brieven/"+c.Param("ordinal"))
}

type deliverForm struct {
	Channel  string `form:"channel"  say:"case.letters.channel"  validate:"oneof=registered_post bailiff email portal"`
	Tracking string `form:"tracking" say:"case.letters.tracking" validate:"max=100"`
	Date     string `form:"date"     say:"case.letters.date"     validate:"filled"`
	Time     string `form:"time"     say:"case.letters.time"     validate:"filled"`
}

// errNoSuchTime means that a date and time do not exist, such as half past two in the night that summer time begins.
var errNoSuchTime = errors.New("no such date or time")

// moment is the date and time as typed, in Dutch time.
func (f deliverForm) moment() (time.Time, error) {
	typed := f.Date + " " + f.Time
	t, err := time.ParseInLocation("2006-01-02 15:04", typed, locale.Amsterdam())
	if err != nil || t.Format("2006-01-02 15:04") != typed {
		return t, errNoSuchTime
	}
	return t, nil
}

// deliverLetter records that the letter arrived, with the proof.
func (s *Server) deliverLetter(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	form, err := bind[deliverForm](c)
	if err == nil {
		err = s.deliver(c, claim, l, form)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLetter(c, http.StatusUnprocessableEntity, nil, form, bad)
	}
	if err != nil {
		return err
	}
	return s.letterDone(c, "case.letters.recorded")
}

func (s *Server) deliver(c echo.Context, claim claims.Claim, l claims.Letter, form deliverForm) error {
	at, err := form.moment()
	if err != nil {
		return err
	}
	_, file := uploaded(c, "proof")
	proof, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	return s.claims.Deliver(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal,
		claims.Delivery{Channel: form.Channel, Tracking: form.Tracking, DeliveredAt: at, Proof: proof})
}
