package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/web/ui"
)

type statementForm struct {
	Statement string `form:"statement" say:"portal.evidence.error.statement" validate:"filled"`
}

// myEvidence lists what somebody sent, and takes more.
func (s *Server) myEvidence(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	return s.myEvidencePage(c, o, http.StatusOK, "", nil)
}

// sendEvidence takes files one by one as they come in. What is good is kept,
// what is not is named with the reason.
func (s *Server) sendEvidence(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if !o.evidenceOpen() {
		return claims.ErrWrongState
	}
	kept, bad, err := s.attachAll(c, o.by(), o.owner(), string(o.by()))
	if err != nil {
		return err
	}
	if kept > 0 {
		s.flash(c, "success", seen(c).text(s, "portal.evidence.file_saved", kept))
	}
	if len(bad) > 0 {
		return s.myEvidencePage(c, o, http.StatusUnprocessableEntity, "", bad)
	}
	return s.to(c, o.path("/bewijs"))
}

// declareEvidence keeps a statement in somebody's own words.
func (s *Server) declareEvidence(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if !o.evidenceOpen() {
		return claims.ErrWrongState
	}
	form, err := bind[statementForm](c)
	if err == nil {
		_, err = s.claims.AttachStatement(c.Request().Context(), o.by(), o.owner(), form.Statement)
	}
	if bad := s.mend(c, statementProblem(err)); bad != nil {
		return s.myEvidencePage(c, o, http.StatusUnprocessableEntity, form.Statement, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "portal.evidence.statement_saved"))
	return s.to(c, o.path("/bewijs"))
}

// statementProblem is what is wrong with a statement, as something to mend.
func statementProblem(err error) error {
	switch {
	case errors.Is(err, participants.ErrTextLong):
		return wrong("statement", "portal.evidence.error.statement_long")
	case errors.Is(err, participants.ErrTextCharacters):
		return wrong("statement", "portal.evidence.error.statement_characters")
	case errors.Is(err, claims.ErrFileEmpty):
		return wrong("statement", "portal.evidence.error.statement.filled")
	case errors.Is(err, claims.ErrTooMany):
		return wrong("statement", "portal.evidence.error.many")
	case errors.Is(err, claims.ErrSameFile):
		return wrong("statement", "portal.evidence.error.statement_same")
	}
	return err
}

// myEvidencePage shows the list as it is now.
func (s *Server) myEvidencePage(c echo.Context, o ownCase, status int, statement string, bad ui.Problems) error {
	all, err := s.claims.EvidenceOf(c.Request().Context(), o.owner())
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.evidence.title", bad...)
	p := ui.PortalEvidencePage{
		View: v, Bad: bad, Open: o.evidenceOpen(), Upload: v.Href(o.path("/bewijs")), Declare: v.Href(o.path("/bewijs/verklaring")), Statement: statement,
		Closed: v.T("portal.evidence.closed_over"),
	}
	if o.gone() {
		p.Closed = v.T("portal.evidence.closed_left")
	}
	if o.part.LetterID != nil && len(all) > 0 {
		p.Frozen = v.T("portal.evidence.frozen")
	}
	for _, e := range all {
		p.Items = append(p.Items, evidenceRow(v, o, e))
	}
	return s.show(c, status, ui.PortalEvidence(p))
}

func evidenceRow(v ui.View, o ownCase, e claims.Evidence) ui.PortalEvidenceRow {
	row := ui.PortalEvidenceRow{Name: evidenceName(v, e), Kind: v.T("portal.evidence.kind_" + e.Kind), Bytes: e.Bytes, SentAt: e.CreatedAt}
	if e.RetractedAt != nil {
		row.RetractedAt = *e.RetractedAt
		return row
	}
	row.Waits, row.Virus, row.CitizenNo = e.Waits, e.Virus != "", e.CitizenNo
	row.DownloadURL = v.Href(o.path("/bewijs/" + e.Ref + "/download"))
	if o.mayRetract() {
		row.RetractURL = v.Href(o.path("/bewijs/" + e.Ref + "/terug"))
	}
	return row
}

func evidenceName(v ui.View, e claims.Evidence) string {
	switch {
	case e.RetractedAt != nil:
		return v.T("portal.evidence.gone_name")
	case e.Kind == claims.EvidenceStatement:
		return v.T("portal.evidence.statement_name")
	}
	return e.Name
}

// mayRetract reports whether evidence can still be taken back: until the annex holds the participation.
func (o ownCase) mayRetract() bool {
	return o.part.LetterID == nil && o.part.Status != participants.Erased
}

// evidenceOf finds one piece of evidence that was not taken back.
func (s *Server) evidenceOf(c echo.Context, o ownCase) (claims.Evidence, error) {
	all, err := s.claims.EvidenceOf(c.Request().Context(), o.owner())
	for _, e := range all {
		if e.Ref == c.Param("eref") && e.RetractedAt == nil {
			return e, nil
		}
	}
	return claims.Evidence{}, errors.Join(err, claims.ErrNotFound)
}

// downloadEvidence sends somebody their own file back, as a file to save.
func (s *Server) downloadEvidence(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	e, content, err := s.claims.OpenEvidence(c.Request().Context(), o.owner(), c.Param("eref"))
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }() // only read
	w := &lateHeaders{c: c, name: downloadName(e), mediaType: e.MediaType}
	_, err = io.Copy(w, content)
	return err
}

func downloadName(e claims.Evidence) string {
	if e.Kind == claims.EvidenceStatement {
		return "verklaring-" + e.CreatedAt.Format(time.DateOnly) + ".txt"
	}
	return e.Name
}

// retractPage asks once, because the file is destroyed.
func (s *Server) retractPage(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	e, err := s.evidenceOf(c, o)
	if err != nil {
		return err
	}
	if !o.mayRetract() {
		return claims.ErrWrongState
	}
	v := s.portalView(c, o, "portal.evidence.retract_title")
	return s.show(c, http.StatusOK, ui.PortalEvidenceRetract(ui.PortalEvidenceRetractPage{
		View: v, Name: evidenceName(v, e), Action: v.Href(o.path("/bewijs/" + e.Ref + "/terug")), Back: v.Href(o.path("/bewijs")),
	}))
}

// retract destroys a piece of evidence. Asked twice, it is destroyed once.
func (s *Server) retract(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if err := s.claims.Retract(c.Request().Context(), o.by(), o.owner(), c.Param("eref")); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "portal.evidence.retract_done"))
	return s.to(c, o.path("/bewijs"))
}
