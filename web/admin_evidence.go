package web

import (
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/poppler"
	"samenclaim/web/ui"
)

// openEvidence sends the file itself to a member of staff, as a file to save. The look is logged.
func (s *Server) openEvidence(c echo.Context) error {
	d, err := s.evidenceDossier(c)
	if err != nil {
		return err
	}
	e, file, err := s.claims.OpenEvidence(c.Request().Context(), claims.Owner{ParticipationID: d.Participation.ID}, c.Param("eref"))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	_, err = io.Copy(&lateHeaders{c: c, name: e.FileName(), mediaType: e.MediaType}, file)
	return err
}

// evidenceDossier opens a dossier to look at its evidence. The look is logged.
func (s *Server) evidenceDossier(c echo.Context) (claims.Dossier, error) {
	claim, err := s.claim(c)
	if err != nil {
		return claims.Dossier{}, err
	}
	return s.claims.ViewEvidence(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("number"))
}

// previewEvidence shows a piece of evidence as pictures that can do nothing. The look is logged.
func (s *Server) previewEvidence(c echo.Context) error {
	d, err := s.evidenceDossier(c)
	if err != nil {
		return err
	}
	preview, err := s.claims.Preview(c.Request().Context(), claims.Owner{ParticipationID: d.Participation.ID}, c.Param("eref"))
	if err != nil {
		return err
	}
	for _, e := range d.Evidence {
		if e.Ref == preview.Ref {
			preview.Evidence = e // it also knows whether somebody else sent the same
		}
	}
	v := s.view(c, "case.evidence.title")
	page := ui.EvidencePage{
		View: v, Number: d.Participation.Number, Name: staffEvidenceName(v, preview.Evidence), Text: preview.Text, Facts: previewFacts(v, preview),
		Marks: evidenceMarks(v, preview.Evidence), Active: preview.Active, Trouble: previewTrouble(v, preview.Trouble),
	}
	dossier := "/beheer/" + c.Param("slug") + "/deelname/" + page.Number
	page.Dossier = v.Href(dossier)
	if preview.Trouble == nil || !errors.Is(preview.Trouble, claims.ErrQuarantine) {
		page.File = v.Href(dossier + "/bewijs/" + preview.Ref)
	}
	for n := range preview.Shown {
		page.Pictures = append(page.Pictures, v.Href(dossier+"/bewijs/"+preview.Ref+"/blad/"+strconv.Itoa(n+1)))
	}
	if preview.Pages > preview.Shown {
		page.More = v.T("case.evidence.more", "Shown", preview.Shown, "Pages", preview.Pages)
	}
	return s.show(c, http.StatusOK, ui.EvidencePreview(page))
}

// evidencePicture draws one page, for a member who has opened the dossier.
func (s *Server) evidencePicture(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("page"))
	if err != nil {
		return claims.ErrNotFound
	}
	ctx := c.Request().Context()
	id, err := s.claims.LookedAt(ctx, s.member(c).Actor(), claim.ID, c.Param("number"))
	if err != nil {
		return err
	}
	mediaType, picture, err := s.claims.PreviewPicture(ctx, claims.Owner{ParticipationID: id}, c.Param("eref"), n)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	return c.Blob(http.StatusOK, mediaType, picture)
}

// previewTrouble says why there is no picture.
func previewTrouble(v ui.View, err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, claims.ErrQuarantine):
		return v.T("case.evidence.quarantine")
	case errors.Is(err, poppler.ErrAbsent):
		return v.T("case.evidence.absent")
	}
	return v.T("case.evidence.unreadable")
}

func previewFacts(v ui.View, p claims.Preview) []ui.Definition {
	facts := []ui.Definition{
		{Label: v.T("case.column.type"), Value: p.MediaType}, {Label: v.T("case.column.size"), Value: v.Number((p.Bytes+1023)/1024) + " kB"},
		{Label: v.T("case.column.sent"), Value: v.Moment(p.CreatedAt)},
	}
	if p.Pages > 0 {
		facts = append(facts, ui.Definition{Label: v.T("case.evidence.pages"), Value: strconv.Itoa(p.Pages)})
	}
	return append(facts, ui.Definition{Label: v.T("case.evidence.hash"), Value: hex.EncodeToString(p.SHA256)})
}

// staffEvidenceName is what staff call a piece of evidence.
func staffEvidenceName(v ui.View, e claims.Evidence) string {
	switch {
	case e.RetractedAt != nil:
		return v.T("case.person.retracted")
	case e.Kind == claims.EvidenceStatement:
		return v.T("case.evidence.statement")
	}
	return e.Name
}

// evidenceMarks are what staff should know before they open a file.
func evidenceMarks(v ui.View, e claims.Evidence) (marks []string) {
	for _, m := range []struct {
		is  bool
		key string
	}{{e.Virus != "", "virus"}, {e.Waits, "waits"}, {e.Active, "active"}, {e.CitizenNo, "citizen"}, {e.Shared, "shared"}} {
		if m.is && e.RetractedAt == nil {
			marks = append(marks, v.T("case.evidence.mark."+m.key))
		}
	}
	return marks
}
