package web

import (
	"regexp"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
)

// claim finds the claim in the address. A draft is for staff only.
func (s *Server) claim(c echo.Context) (claims.Claim, error) {
	if !slugForm.MatchString(c.Param("slug")) {
		return claims.Claim{}, claims.ErrNotFound
	}
	claim, err := s.claims.ClaimBySlug(c.Request().Context(), c.Param("slug"))
	if err == nil && claim.Status == claims.Draft && seen(c).member.ID == 0 {
		return claim, claims.ErrNotFound
	}
	seen(c).claim = claim
	return claim, err
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)
