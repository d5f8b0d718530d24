package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// consultationForm is what participants are asked about a proposed settlement, and until when.
type consultationForm struct {
	TitleNL string `form:"title_nl" say:"consult.field" validate:"filled,max=140"`
	TitleEN string `form:"title_en" say:"consult.field" validate:"filled,max=140"`
	BodyNL  string `form:"body_nl"  say:"consult.field" validate:"filled,max=10000"`
	BodyEN  string `form:"body_en"  say:"consult.field" validate:"filled,max=10000"`
	Date    string `form:"date"     say:"consult.date"  validate:"filled"`
	Time    string `form:"time"     say:"consult.time"  validate:"filled"`
	Form    string `form:"form"     say:"consult.field" validate:"filled,max=40"`
}

func consultationPath(claim claims.Claim) string { return "/beheer/" + claim.Slug + "/raadpleging" }

// consultations shows what participants are asked and said, with a form while there is a proposal.
func (s *Server) consultations(c echo.Context) error {
	return s.showConsultations(c, http.StatusOK, nil, nil)
}

func (s *Server) showConsultations(c echo.Context, status int, typed *consultationForm, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	all, err := s.claims.Consultations(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	m, v := s.member(c), s.view(c, "nav.consultation", bad...)
	p := ui.ConsultationsPage{View: v, Bad: bad, Base: v.Href(consultationPath(claim)), MayWrite: claim.Status == claims.SettlementProposed && m.May(staff.ConsultationWrite)}
	form := consultationForm{Form: rand.Text()}
	for _, one := range all {
		p.All = append(p.All, s.consultation(c, v, one))
		if one.Status == claims.ConsultationDraft || one.Status == claims.ConsultationOpen {
			p.MayWrite = false
		}
	}
	if len(all) > 0 && all[0].Status == claims.ConsultationDropped { // what was typed stays
		end := all[0].ClosesAt.In(locale.Amsterdam())
		form = consultationForm{all[0].TitleNL, all[0].TitleEN, all[0].BodyNL, all[0].BodyEN, end.Format("2006-01-02"), end.Format("15:04"), form.Form}
	}
	if typed != nil {
		form = *typed
	}
	p.Form = ui.ConsultationForm(form)
	if !p.MayWrite && len(all) == 0 {
		p.Empty = v.T("consult.none")
		if claim.Status != claims.SettlementProposed {
			p.Empty = v.T("consult.no_proposal")
		}
	}
	return s.show(c, status, ui.Consultations(p))
}

// consultation is one of them as staff see it. What people say stays closed until the end.
func (s *Server) consultation(c echo.Context, v ui.View, one claims.Consultation) ui.ConsultationRow {
	m := s.member(c)
	row := ui.ConsultationRow{
		Heading: v.T("consult.heading", "Ordinal", one.Ordinal), Ordinal: strconv.Itoa(one.Ordinal), Status: v.T("consult.status." + one.Status),
		Kind:   map[string]string{claims.ConsultationDraft: "neutral", claims.ConsultationOpen: "info", claims.ConsultationClosed: "done", claims.ConsultationDropped: "neutral"}[one.Status],
		Titles: []ui.ConsultationText{{Lang: "nl", Title: one.TitleNL, Body: one.BodyNL}, {Lang: "en", Title: one.TitleEN, Body: one.BodyEN}},
		Facts:  []ui.Definition{{Label: v.T("consult.until"), Value: v.Moment(one.ClosesAt)}, {Label: v.T("consult.written"), Value: s.actorName(c, one.WrittenBy) + ", " + v.Moment(one.WrittenAt)}},
	}
	if one.OpenedAt != nil {
		row.Facts = append(row.Facts, ui.Definition{Label: v.T("consult.opened"), Value: s.actorName(c, *one.OpenedBy) + ", " + v.Moment(*one.OpenedAt)})
	}
	if one.Status == claims.ConsultationDraft {
		row.Own = one.WrittenBy == m.Actor()
		row.MayOpen, row.MayDrop = !row.Own && m.May(staff.ConsultationOpen), m.May(staff.ConsultationWrite)
	}
	if one.ClosedAt != nil {
		row.Facts = append(row.Facts,
			ui.Definition{Label: v.T("consult.choice.for"), Value: v.Number(*one.VotesFor)}, ui.Definition{Label: v.T("consult.choice.against"), Value: v.Number(*one.VotesAgainst)},
			ui.Definition{Label: v.T("consult.choice.none"), Value: v.Number(*one.VotesNone)}, ui.Definition{Label: v.T("consult.mandates"), Value: v.Number(*one.Mandates)},
			ui.Definition{Label: v.T("consult.root"), Value: hex.EncodeToString(one.Root), Hash: true})
	}
	return row
}

// writeConsultation keeps what is asked; somebody else opens it.
func (s *Server) writeConsultation(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[consultationForm](c)
	if err == nil {
		in := claims.Consultation{TitleNL: form.TitleNL, TitleEN: form.TitleEN, BodyNL: form.BodyNL, BodyEN: form.BodyEN, RequestID: form.Form}
		if in.ClosesAt, err = typedMoment(form.Date, form.Time); err == nil {
			err = s.claims.WriteConsultation(c.Request().Context(), s.member(c).Actor(), claim.ID, in)
		}
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showConsultations(c, http.StatusUnprocessableEntity, &form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "consult.saved"))
	return s.to(c, consultationPath(claim))
}

// openConsultation and dropConsultation are what can be done with one that is written.
func (s *Server) openConsultation(c echo.Context) error {
	return s.onConsultation(c, s.claims.OpenConsultation, "consult.opened_done")
}

func (s *Server) dropConsultation(c echo.Context) error {
	return s.onConsultation(c, s.claims.DropConsultation, "consult.dropped_done")
}

func (s *Server) onConsultation(c echo.Context, do func(context.Context, audit.Actor, int64, int) error, said string) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ordinal, err := strconv.Atoi(c.Param("ordinal"))
	if err != nil {
		return claims.ErrNotFound
	}
	err = do(c.Request().Context(), s.member(c).Actor(), claim.ID, ordinal)
	if bad := s.mend(c, err); bad != nil {
		return s.showConsultations(c, http.StatusUnprocessableEntity, nil, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, said))
	return s.to(c, consultationPath(claim))
}
