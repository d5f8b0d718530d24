package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

type signForm struct {
	Mandate         bool   `form:"mandate"`
	Agreement       bool   `form:"agreement"`
	Name            string `form:"name"`
	MandateSHA256   string `form:"mandate_sha256"`
	AgreementSHA256 string `form:"agreement_sha256"`
	RequestID       string `form:"request_id"`
	Shown           string `form:"shown"`
	LateCents       string `form:"late_cents"`
}

// missing tells all that was left empty at once.
func (f signForm) missing() error {
	var bad problems
	if !f.Mandate {
		bad = append(bad, problem{Field: "mandate", Key: "errors.mandate_tick"})
	}
	if !f.Agreement {
		bad = append(bad, problem{Field: "agreement", Key: "errors.agreement_tick"})
	}
	if strings.TrimSpace(f.Name) == "" {
		bad = append(bad, problem{Field: "name", Key: "join.sign.name.empty"})
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
}

type consentsForm struct {
	Kinds []string `form:"consent"`
}

// consentKinds are the optional consents, each apart.
var consentKinds = []string{"newsletter", "interview", "data_request", "research"}

func (s *Server) showSign(c echo.Context) error {
	d, err := s.join(c, "ondertekenen")
	if err != nil {
		return err
	}
	return s.signPage(c, http.StatusOK, d, signForm{}, nil)
}

// sign makes a participation of the draft. Sent twice, or eight times at once, it is signed once.
func (s *Server) sign(c echo.Context) error {
	d, err := s.join(c, "ondertekenen")
	if err != nil {
		return err
	}
	form, err := bind[signForm](c)
	if err == nil {
		err = form.missing()
	}
	if err == nil {
		_, err = s.claims.Sign(c.Request().Context(), d.claim, d.token, s.signature(c, d, form, seen(c).received))
	}
	if errors.Is(err, claims.ErrClosed) {
		return s.showDead(c, d.claim, "signup_closed")
	}
	if errors.Is(err, participants.ErrKnown) {
		return s.showDead(c, d.claim, "signup_known")
	}
	if bad := s.mend(c, err); bad != nil {
		if errors.Is(err, claims.ErrTextChanged) || errors.Is(err, claims.ErrLatePrice) {
			form = signForm{} // other words: read and tick again
			if d.claim, err = s.claims.Claim(c.Request().Context(), d.claim.ID); err != nil {
				return err
			}
		}
		return s.signPage(c, http.StatusUnprocessableEntity, d, form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, d.at("toestemmingen"))
}

// signature is what the page sent, with what the page said and what the server saw.
func (s *Server) signature(c echo.Context, d draft, form signForm, received time.Time) claims.SignForm {
	v := ui.View{Lang: d.Lang, Translate: s.words.T(d.Lang)}
	besides := besidesTexts(v, d.claim, claims.FeeOption(d.Answers.FeeOption))
	late, err := strconv.ParseInt(form.LateCents, 10, 64)
	if err != nil {
		late = -1 // no page of ours: it is shown again
	}
	price := payments.Cents(late)
	amounts := map[string]string{
		"flat": terms(v, d.claim, claims.Flat), "percentage": terms(v, d.claim, claims.Percentage), "chosen": terms(v, d.claim, claims.FeeOption(d.Answers.FeeOption)),
	}
	if price > 0 {
		amounts["late"] = lateWords(v, price)
	}
	return claims.SignForm{
		MandateSHA256: form.MandateSHA256, AgreementSHA256: form.AgreementSHA256,
		MandateLabel: s.mandateLabel(c, v, wardOf(d)), AgreementLabel: agreementLabel(v, d, price), LateCents: price,
		MandateTicked: form.Mandate, AgreementTicked: form.Agreement, TypedName: form.Name,
		RequestID: hex.EncodeToString(s.vault.MAC("sign request", []byte(d.token+"|"+form.RequestID))[:16]),
		IP:        c.RealIP(), UserAgent: c.Request().UserAgent(), ReceivedAt: received, Watched: true,
		AmountsShown: amounts,
		Examples:     besides.Examples, Deadline: besides.Deadline, ShownAt: s.shownAt(d.token, form.Shown), Session: hexHash(d.token),
	}
}

// mandateLabel are the words beside the box of the mandate; who acts for another says for whom.
func (s *Server) mandateLabel(c echo.Context, v ui.View, w *participants.Ward) string {
	name := ""
	if f, err := s.claims.Foundation(c.Request().Context()); err == nil {
		name = f.Name
	}
	if w != nil {
		return v.T("join.sign.mandate_"+w.Capacity, "Foundation", name, "Child", w.Name(), "Born", v.Day(w.Birthday()))
	}
	return v.T("join.sign.mandate", "Foundation", name)
}

// agreementLabel are the words beside the box of the agreement: what it will cost, and what is paid ahead.
func agreementLabel(v ui.View, d draft, late payments.Cents) string {
	if late > 0 {
		return v.T("join.sign.agreement_late", "Fee", terms(v, d.claim, claims.FeeOption(d.Answers.FeeOption)), "Price", v.Euro(int64(late)))
	}
	return v.T("join.sign.agreement", "Fee", terms(v, d.claim, claims.FeeOption(d.Answers.FeeOption)))
}

// signPage shows both texts in full, in the language of the draft: what is shown is what is signed.
func (s *Server) signPage(c echo.Context, status int, d draft, form signForm, bad ui.Problems) error {
	texts, err := s.claims.Texts(c.Request().Context(), d.claim.ID, d.Lang)
	if err != nil {
		return err
	}
	p := ui.JoinSignPage{JoinPage: s.joinView(c, d, "join.sign.title", bad), TextLang: d.Lang, Summary: noteOf(texts["mandate_summary"])}
	p.Mandate, p.Agreement = written(p.View, texts["mandate"]), written(p.View, texts["agreement"])
	said := ui.View{Lang: d.Lang, Translate: s.words.T(d.Lang)}
	late := d.latePrice(seen(c).received)
	p.LateCents = strconv.FormatInt(int64(late), 10)
	p.MandateLabel, p.AgreementLabel = s.mandateLabel(c, said, wardOf(d)), agreementLabel(said, d, late)
	p.Besides, p.Shown = besidesTexts(said, d.claim, claims.FeeOption(d.Answers.FeeOption)), s.shownMark(d.token)
	p.Besides.Late = lateWords(said, late)
	p.MandateTicked, p.AgreementTicked, p.Name = form.Mandate, form.Agreement, form.Name
	if p.RequestID = form.RequestID; len(p.RequestID) != 26 {
		p.RequestID = rand.Text()
	}
	p.SignAs = participants.FullName(d.Answers.FirstNames, d.Answers.Infix, d.Answers.LastName)
	return s.show(c, status, ui.JoinSign(p))
}

// written is one version of a text as a page shows it.
func written(v ui.View, t participants.Text) ui.WrittenText {
	w := ui.WrittenText{Title: t.Title, Body: t.Body, Version: t.Version, Hash: hex.EncodeToString(t.SHA256), Published: v.Day(t.PublishedAt), Source: t.Source}
	if t.SourceDate != nil {
		w.SourceDate = v.Day(*t.SourceDate)
	}
	return w
}

func (s *Server) showConsents(c echo.Context) error {
	d, err := s.join(c, "toestemmingen")
	if err != nil {
		return err
	}
	return s.askConsents(c, d, http.StatusOK)
}

func (s *Server) askConsents(c echo.Context, d draft, status int) error {
	texts, err := s.claims.Texts(c.Request().Context(), d.claim.ID, d.Lang)
	if err != nil {
		return err
	}
	p := ui.JoinConsentsPage{JoinPage: s.joinView(c, d, "join.consents.title", nil)}
	p.LaterURL, p.Changed = "", status != http.StatusOK
	for _, kind := range consentKinds {
		if t, ok := texts["consent_"+kind]; ok {
			p.Options = append(p.Options, ui.Option{Value: kind, Label: t.Title, Hint: t.Body})
			p.Hashes = append(p.Hashes, ui.Definition{Label: "text_" + kind, Value: hex.EncodeToString(t.SHA256)})
		}
	}
	return s.show(c, status, ui.JoinConsents(p))
}

// saveConsents gives what was ticked; nothing ticked is fine.
func (s *Server) saveConsents(c echo.Context) error {
	d, err := s.join(c, "toestemmingen")
	if err != nil {
		return err
	}
	form, err := bind[consentsForm](c)
	form.Kinds = slices.DeleteFunc(form.Kinds, func(kind string) bool { return !slices.Contains(consentKinds, kind) })
	if err == nil {
		err = s.sameConsents(c, d, form.Kinds)
	}
	if errors.Is(err, claims.ErrTextChanged) {
		return s.askConsents(c, d, http.StatusConflict)
	}
	if err == nil {
		err = s.claims.SetConsents(c.Request().Context(), d.claim, d.token, form.Kinds)
	}
	if err != nil {
		return err
	}
	return s.to(c, d.at("klaar"))
}

// sameConsents checks that what was ticked is what was shown.
func (s *Server) sameConsents(c echo.Context, d draft, kinds []string) error {
	texts, err := s.claims.Texts(c.Request().Context(), d.claim.ID, d.Lang)
	for _, kind := range kinds {
		if err == nil && c.Request().PostForm.Get("text_"+kind) != hex.EncodeToString(texts["consent_"+kind].SHA256) {
			err = claims.ErrTextChanged
		}
	}
	return err
}

// showDone tells that somebody takes part, under which number, and what comes next.
func (s *Server) showDone(c echo.Context) error {
	d, err := s.join(c, "klaar")
	if err != nil {
		return err
	}
	joined, err := s.claims.Joined(c.Request().Context(), d.claim, d.token)
	if err != nil {
		return err
	}
	texts, err := s.claims.Texts(c.Request().Context(), d.claim.ID, lang(c))
	if err != nil {
		return err
	}
	p := ui.JoinDonePage{
		View: s.view(c, "join.done.title"), Number: joined.Number, Text: noteOf(texts["signup_done"]), Late: joined.Late,
		Flat: d.Answers.FeeOption == string(claims.Flat),
	}
	p.CaseURL = p.Href("/mijn/" + joined.Ref)
	p.LatePrice, p.PayURL = lateWords(p.View, joined.LatePrice), p.CaseURL+"/betalen"
	return s.show(c, http.StatusOK, ui.JoinDone(p))
}
