package web

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

// front sends a visitor to the pages in Dutch.
func (s *Server) front(c echo.Context) error { return c.Redirect(http.StatusSeeOther, "/nl") }

// home lists the claims that are no longer a draft.
func (s *Server) home(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.claims.Claims(ctx)
	if err != nil {
		return err
	}
	p := ui.HomePage{View: s.view(c, "public.home.title")}
	p.Description = p.T("public.home.lead")
	for _, claim := range all {
		if claim.Status == claims.Draft {
			continue
		}
		active, at, err := s.claims.Counter(ctx, claim.ID)
		if err != nil {
			return err
		}
		p.Claims = append(p.Claims, ui.ClaimCard{
			Name: claim.Name(p.Lang), Against: claim.DefendantName, Status: p.T("public.status." + string(claim.Status)), Open: claim.OpenAt(s.now()),
			Active: active, CountedAt: at, URL: p.Href("/" + claim.Slug),
		})
	}
	return s.show(c, http.StatusOK, ui.Home(p))
}

// showText is one text of a claim in full, with its version and the hash of its bytes.
func (s *Server) showText(c echo.Context) error { return s.textPage(c, c.Param("key")) }

// showPrivacy is the privacy notice of a claim.
func (s *Server) showPrivacy(c echo.Context) error { return s.textPage(c, "privacy") }

func (s *Server) textPage(c echo.Context, key string) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	texts, err := s.claims.Texts(c.Request().Context(), claim.ID, lang(c))
	if err != nil {
		return err
	}
	t, ok := texts[key]
	if !ok || !slices.Contains([]string{"mandate", "agreement", "privacy", "consent"}, t.Kind) {
		return claims.ErrNotFound
	}
	p := ui.TextPage{View: s.view(c, "public.text.title")}
	p.Title, p.Text, p.BackURL, p.Claim = t.Title, written(p.View, t), p.Href("/"+claim.Slug), claim.Name(p.Lang)
	return s.show(c, http.StatusOK, ui.TextFull(p))
}

// themeCSS is the foundation's colour as a style sheet.
func (s *Server) themeCSS(c echo.Context) error {
	f, err := s.claims.Foundation(c.Request().Context())
	if err != nil {
		return err
	}
	css, err := ui.ThemeCSS(f.ThemeColor)
	if err != nil {
		return err
	}
	return s.cached(c, "text/css; charset=utf-8", css)
}

// activeInSVG finds what could do more than draw.
var activeInSVG = regexp.MustCompile(`(?i)<(script|foreignobject|iframe|image|use|a)[\s/>]|\son[a-z]+\s*=|javascript:|<!entity`)

// logo is the foundation's logo, which can draw and nothing else.
func (s *Server) logo(c echo.Context) error {
	f, err := s.claims.Foundation(c.Request().Context())
	if err != nil {
		return err
	}
	if f.LogoSVG == "" || activeInSVG.MatchString(f.LogoSVG) {
		return claims.ErrNotFound
	}
	c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'")
	return s.cached(c, "image/svg+xml", f.LogoSVG)
}

// cached sends what is the same for everybody; its address changes when it does.
func (s *Server) cached(c echo.Context, mediaType, body string) error {
	c.Response().Header().Set("Cache-Control", "public, max-age=3600")
	return c.Blob(http.StatusOK, mediaType, []byte(body))
}

// securityTxt tells finders of weak spots where to write (RFC 9116).
func (s *Server) securityTxt(c echo.Context) error {
	f, err := s.claims.Foundation(c.Request().Context())
	if err != nil {
		return err
	}
	year := s.now().UTC().AddDate(0, 6, 0).Truncate(24 * time.Hour)
	return s.cached(c, "text/plain; charset=utf-8", "Contact: mailto:"+f.Email+"\nExpires: "+year.Format(time.RFC3339)+
		"\nPreferred-Languages: nl, en\nCanonical: "+s.cfg.BaseURL+"/.well-known/security.txt\n")
}

// robotsTxt keeps search engines out of what is private.
func (s *Server) robotsTxt(c echo.Context) error {
	return s.cached(c, "text/plain; charset=utf-8", "User-agent: *\nDisallow: /nl/mijn\nDisallow: /en/mijn\nDisallow: /nl/beheer\nDisallow: /en/beheer\nDisallow: /*/meedoen/\n")
}
