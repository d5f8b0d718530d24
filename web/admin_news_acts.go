package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/internal/audit"
)

// actOnNews does something with an item, says so, and shows it.
func (s *Server) actOnNews(c echo.Context, said string, act func(ctx context.Context, by audit.Actor, claimID int64, ref string) error) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	err = act(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("nref"))
	if bad := s.mend(c, err); bad != nil {
		return s.showOneNews(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, said))
	return s.to(c, newsPath(claim)+"/"+c.Param("nref"))
}

// versionForm says which words somebody read before they acted on them.
type versionForm struct {
	Version string `form:"version" say:"case.news.field" validate:"filled,max=10"`
}

// read is the version that was on the page, or one that none is.
func (f versionForm) read() int {
	n, err := strconv.Atoi(f.Version)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// proposeNews asks another person to approve it.
func (s *Server) proposeNews(c echo.Context) error {
	form, err := bind[versionForm](c)
	return s.actOnNews(c, "case.news.done.proposed", func(ctx context.Context, by audit.Actor, claimID int64, ref string) error {
		if err != nil {
			return err
		}
		return s.claims.ProposeNews(ctx, by, claimID, ref, form.read())
	})
}

// takeBackNews makes a draft of it again.
func (s *Server) takeBackNews(c echo.Context) error {
	return s.actOnNews(c, "case.news.done.taken_back", s.claims.TakeBackNews)
}

// approveNews publishes it and begins to mail it.
func (s *Server) approveNews(c echo.Context) error {
	form, err := bind[versionForm](c)
	return s.actOnNews(c, "case.news.done.approved", func(ctx context.Context, by audit.Actor, claimID int64, ref string) error {
		if err != nil {
			return err
		}
		return s.claims.ApproveNews(ctx, by, claimID, ref, form.read())
	})
}

// pauseNews, resumeNews and stopNews steer its mails.
func (s *Server) pauseNews(c echo.Context) error {
	return s.actOnNews(c, "case.news.done.paused", s.claims.PauseNews)
}

func (s *Server) resumeNews(c echo.Context) error {
	return s.actOnNews(c, "case.news.done.resumed", s.claims.ResumeNews)
}

func (s *Server) stopNews(c echo.Context) error {
	return s.actOnNews(c, "case.news.done.stopped", s.claims.StopNews)
}

// dropNews throws a draft away.
func (s *Server) dropNews(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	if err := s.claims.DropNews(c.Request().Context(), s.member(c).Actor(), claim.ID, c.Param("nref")); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "case.news.done.dropped"))
	return s.to(c, newsPath(claim))
}
