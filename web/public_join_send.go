package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/web/ui"
)

func (s *Server) showSend(c echo.Context) error {
	d, err := s.join(c, "bewijs")
	if err != nil {
		return err
	}
	return s.sendPage(c, http.StatusOK, d, nil)
}

// send keeps files of evidence with the draft, encrypted while they come in.
func (s *Server) send(c echo.Context) error {
	d, err := s.join(c, "bewijs")
	if err != nil {
		return err
	}
	_, bad, err := s.attachAll(c, audit.System("signup"), claims.Owner{SignupID: d.ID}, d.token)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return s.sendPage(c, http.StatusUnprocessableEntity, d, bad)
	}
	return s.to(c, s.returning(c, d.at("bewijs-sturen")))
}

// dropSent takes back a file that was sent with the draft. Asked twice, it is gone once.
func (s *Server) dropSent(c echo.Context) error {
	d, err := s.join(c, "bewijs")
	if err != nil {
		return err
	}
	if err := s.claims.Retract(c.Request().Context(), audit.System("signup"), claims.Owner{SignupID: d.ID}, c.Param("eref")); err != nil {
		return err
	}
	return s.to(c, s.returning(c, d.at("bewijs-sturen")))
}

func (s *Server) sendPage(c echo.Context, status int, d draft, bad ui.Problems) error {
	n, err := s.note(c, d.claim, "note_evidence")
	if err != nil {
		return err
	}
	sent, err := s.claims.EvidenceOf(c.Request().Context(), claims.Owner{SignupID: d.ID})
	if err != nil {
		return err
	}
	p := ui.JoinSendPage{JoinPage: s.joinView(c, d, "join.send.title", bad), Note: n}
	p.Back = p.Href(d.at("bewijs"))
	p.NextURL = p.Href(d.at("vergoeding"))
	if p.Return != "" {
		p.NextURL = p.Href(d.at(p.Return))
	}
	for _, e := range sent {
		if e.RetractedAt != nil {
			continue
		}
		p.Files = append(p.Files, ui.PortalEvidenceRow{
			Name: e.Name, Kind: p.T("portal.evidence.kind_" + e.Kind), Bytes: e.Bytes, SentAt: e.CreatedAt, Waits: e.Waits, Virus: e.Virus != "", CitizenNo: e.CitizenNo,
			DropURL: p.Href(s.returning(c, d.at("bewijs-sturen/"+e.Ref+"/terug"))),
		})
	}
	return s.show(c, status, ui.JoinSend(p))
}
