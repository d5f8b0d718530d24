package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type feeSignForm struct {
	Option          string `form:"option"`
	MandateSHA256   string `form:"mandate_sha256"`
	AgreementSHA256 string `form:"agreement_sha256"`
	RequestID       string `form:"request_id"`
	Shown           string `form:"shown"`
	Mandate         bool   `form:"mandate"`
	Agreement       bool   `form:"agreement"`
	Name            string `form:"name"`
}

// openFeeSign shows the texts once more, for another fee option.
func (s *Server) openFeeSign(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	to := claims.FeeOption(c.QueryParam("optie"))
	if !to.Valid() {
		return s.to(c, o.path("/vergoeding"))
	}
	switch _, err := s.changeable(c, o, to); {
	case errors.Is(err, claims.ErrSameOption), errors.Is(err, claims.ErrFeeLocked):
		return s.to(c, o.path("/vergoeding"))
	case err != nil:
		return err
	}
	return s.feeSignPage(c, o, http.StatusOK, feeSignForm{Option: string(to), RequestID: rand.Text()}, nil)
}

// signFee changes the fee option with a new signature.
func (s *Server) signFee(c echo.Context) error {
	received := s.now()
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	form, err := bind[feeSignForm](c)
	if err != nil || len(form.RequestID) != len(rand.Text()) {
		return errForm
	}
	done, err := s.signedBefore(c, o, form.RequestID)
	if err == nil && !done {
		in := s.feeSignature(c, o, form, received)
		err = s.claims.ChangeFee(c.Request().Context(), o.claim, o.part, claims.FeeOption(form.Option), in)
	}
	switch {
	case errors.Is(err, claims.ErrFeeLocked), errors.Is(err, claims.ErrClosed):
		return s.feeNowPage(c, o, http.StatusConflict, newFeeForm{}, nil) // the page says since when
	case errors.Is(err, claims.ErrSameOption): // pressed twice: the other one was first
		return s.to(c, o.path("/vergoeding"))
	case errors.Is(err, claims.ErrTextChanged):
		form.Mandate, form.Agreement = false, false // what is new has to be read: nothing stays ticked
	}
	if bad := s.mend(c, signProblems(form, err)); bad != nil {
		return s.feeSignPage(c, o, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "portal.fee.changed"))
	return s.to(c, o.path("/vergoeding"))
}

// signedBefore tells whether this very form was signed already: sent twice is signed once.
func (s *Server) signedBefore(c echo.Context, o ownCase, requestID string) (bool, error) {
	all, err := s.claims.Signatures(c.Request().Context(), o.part)
	return slices.ContainsFunc(all, func(m participants.Mandate) bool { return m.RequestID == requestID }), err
}

// signProblems names all that is missing at once, not one thing after the other.
func signProblems(form feeSignForm, err error) error {
	var bad problems
	if errors.Is(err, claims.ErrMandateTick) || errors.Is(err, claims.ErrAgreementTick) || errors.Is(err, claims.ErrTypedName) {
		if !form.Mandate {
			bad = append(bad, problem{Field: "mandate", Key: "errors.mandate_tick"})
		}
		if !form.Agreement {
			bad = append(bad, problem{Field: "agreement", Key: "errors.agreement_tick"})
		}
		switch {
		case form.Name == "":
			bad = append(bad, problem{Field: "name", Key: "portal.sign.name_filled"})
		case errors.Is(err, claims.ErrTypedName):
			bad = append(bad, problem{Field: "name", Key: "portal.sign.name_differs"})
		}
		return bad
	}
	return err
}

// feeSignature is what the page of the signature sent, with what it had shown.
func (s *Server) feeSignature(c echo.Context, o ownCase, f feeSignForm, received time.Time) claims.SignForm {
	said := s.saidTo(o)
	mandate, agreement := s.signLabels(c, said, o, claims.FeeOption(f.Option))
	besides := besidesTexts(said, o.claim, claims.FeeOption(f.Option))
	return claims.SignForm{
		MandateSHA256: f.MandateSHA256, AgreementSHA256: f.AgreementSHA256, MandateLabel: mandate, AgreementLabel: agreement, MandateTicked: f.Mandate,
		AgreementTicked: f.Agreement, TypedName: f.Name, RequestID: f.RequestID, IP: c.RealIP(), UserAgent: c.Request().UserAgent(), ReceivedAt: received,
		AmountsShown: map[string]string{
			"flat": terms(said, o.claim, claims.Flat), "percentage": terms(said, o.claim, claims.Percentage), "chosen": terms(said, o.claim, claims.FeeOption(f.Option)),
		},
		Examples: besides.Examples, Deadline: besides.Deadline, ShownAt: s.shownAt(o.part.Ref, f.Shown), Session: hexHash(seen(c).login.ref),
	}
}

// saidTo is for the words that are signed: they are in the language of the person.
func (s *Server) saidTo(o ownCase) ui.View {
	return ui.View{Lang: o.person.Lang, Translate: s.words.T(o.person.Lang)}
}

// signLabels are the words beside the two boxes.
func (s *Server) signLabels(c echo.Context, said ui.View, o ownCase, to claims.FeeOption) (mandate, agreement string) {
	return s.mandateLabel(c, said, o.ward), said.T("join.sign.agreement", "Fee", terms(said, o.claim, to))
}

func (s *Server) feeSignPage(c echo.Context, o ownCase, status int, f feeSignForm, bad ui.Problems) error {
	ctx := c.Request().Context()
	fee, err1 := s.claims.FeeOption(ctx, o.part.ID)
	texts, err2 := s.claims.Texts(ctx, o.claim.ID, o.person.Lang) // what is signed is in the language of the person
	pre, refunds, _, err3 := s.claims.MoneyOf(ctx, o.part)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.sign.title", bad...)
	to := claims.FeeOption(f.Option)
	p := ui.PortalFeeSignPage{
		View: v, Bad: bad, Action: v.Href(o.path("/vergoeding/ondertekenen")), Back: v.Href(o.path("/vergoeding")), Option: f.Option,
		Now: feeWords(v, o.claim, fee.Option), Next: feeWords(v, o.claim, to), Compare: feeTable(v, o.claim),
		Mandate: textOf(v, texts["mandate"]), Agreement: textOf(v, texts["agreement"]), Summary: texts["mandate_summary"].Body,
		MandateTicked: f.Mandate, AgreementTicked: f.Agreement, TypedName: f.Name, RequestID: f.RequestID, Name: o.person.Name(),
	}
	p.MandateLabel, p.AgreementLabel = s.signLabels(c, s.saidTo(o), o, to)
	p.Besides, p.Shown = besidesTexts(s.saidTo(o), o.claim, to), s.shownMark(o.part.Ref)
	if paid, _ := standOfPayments(pre, refunds); paid && to == claims.Percentage {
		p.RefundNote = v.T("portal.sign.refund", "Amount", v.Euro(int64(o.claim.FlatFeeCents)))
	}
	return s.show(c, status, ui.PortalFeeSign(p))
}

// textOf is a text as it is shown, with the hash of exactly these words.
func textOf(v ui.View, t participants.Text) ui.PortalText {
	return ui.PortalText{
		Title: t.Title, Body: t.Body, Version: t.Version, Date: v.T("portal.text.date", "Date", v.Day(t.PublishedAt)), Hash: hex.EncodeToString(t.SHA256),
	}
}
