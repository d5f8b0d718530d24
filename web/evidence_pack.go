package web

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims/letter"
)

// keyPath is where the public key of the foundation's signatures is published.
const keyPath = "/signing-key.pem"

func (s *Server) keyURL() string { return s.cfg.BaseURL + keyPath }

// signingKey publishes the key with which everybody can check what we signed.
func (s *Server) signingKey(c echo.Context) error {
	der, err := x509.MarshalPKIXPublicKey(s.vault.PublicKey())
	if err != nil {
		return err
	}
	return s.cached(c, "text/plain; charset=utf-8", fmt.Sprintf("Ed25519, SHA-256: %s\n", letter.KeyFingerprint(s.vault.PublicKey()))+
		string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
}

// myPack gives somebody what proves their own signatures.
func (s *Server) myPack(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if err := s.allow(c.Request().Context(), limitDownloads, string(o.by())); err != nil {
		return err
	}
	content, err := s.claims.EvidencePack(c.Request().Context(), o.by(), o.part, s.keyURL(), "own")
	if err != nil {
		return err
	}
	return s.sendFile(c, "bewijspakket-"+o.part.Number+".zip", "application/zip", content)
}

// takePack gives it to a member of staff, for a reason that is logged as every look is.
func (s *Server) takePack(c echo.Context) error {
	form, err := bind[lookForm](c)
	if bad := s.mend(c, err); bad != nil {
		return s.showParticipant(c, http.StatusUnprocessableEntity, "register", false, bad)
	}
	if err != nil {
		return err
	}
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	ctx, by := c.Request().Context(), s.member(c).Actor()
	d, err := s.claims.View(ctx, by, claim.ID, c.Param("number"), form.Reason)
	if err != nil {
		return err
	}
	content, err := s.claims.EvidencePack(ctx, by, d.Participation, s.keyURL(), form.Reason)
	if err != nil {
		return err
	}
	return s.sendFile(c, "bewijspakket-"+d.Participation.Number+".zip", "application/zip", content)
}
