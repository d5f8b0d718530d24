package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// keyHalfway is the account that has passed the first step of logging in.
const (
	keyHalfway   = "halfway"
	keyHalfwayAt = "halfway.at"
)

// halfwayLife is how many seconds somebody has for the second step.
const halfwayLife = 300

type doorForm struct {
	Email    string `form:"email" say:"staff.email" validate:"filled,max=254"`
	Password string `form:"password" say:"staff.password" validate:"required,max=1000"`
}

type secondForm struct {
	Code string `form:"code" say:"staff.code" validate:"filled,max=40"`
}

type acceptForm struct {
	Password string `form:"password" say:"staff.password" validate:"required,max=1000"`
	Again    string `form:"again" say:"staff.again" validate:"required,max=1000"`
	Code     string `form:"code" say:"staff.code" validate:"filled,max=40"`
}

func (s *Server) showDoor(c echo.Context) error {
	if seen(c).login.staffID != 0 {
		return s.to(c, "/beheer")
	}
	return s.doorPage(c, http.StatusOK, doorForm{}, nil)
}

// knock is the first step of logging in: address and password.
func (s *Server) knock(c echo.Context) error {
	ctx := c.Request().Context()
	if err := s.allow(ctx, limitStaffLogin, place(c)); err != nil {
		return err
	}
	form, err := bind[doorForm](c)
	var id int64
	if err == nil {
		id, err = s.staff.CheckPassword(ctx, form.Email, form.Password)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.doorPage(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	if err := s.desk.RenewToken(ctx); err != nil {
		return err
	}
	s.desk.Put(ctx, keyHalfway, id)
	s.desk.Put(ctx, keyHalfwayAt, s.now().Unix())
	return s.to(c, "/beheer/tweede-stap")
}

func (s *Server) doorPage(c echo.Context, status int, form doorForm, bad ui.Problems) error {
	p := ui.StaffDoorPage{View: s.view(c, "staff.door.title", bad...), Bad: bad, Email: form.Email, Expired: c.QueryParam("verlopen") != ""}
	return s.show(c, status, ui.StaffDoor(p))
}

// halfway is the account that passed the first step a moment ago, or 0.
func (s *Server) halfway(c echo.Context) int64 {
	ctx := c.Request().Context()
	if s.now().Unix()-s.desk.GetInt64(ctx, keyHalfwayAt) > halfwayLife {
		return 0
	}
	return s.desk.GetInt64(ctx, keyHalfway)
}

func (s *Server) showSecond(c echo.Context) error {
	if s.halfway(c) == 0 {
		return s.to(c, "/beheer/inloggen")
	}
	return s.secondPage(c, http.StatusOK, nil)
}

// passSecond is the second step of logging in: a code from the app, which works once.
func (s *Server) passSecond(c echo.Context) error {
	ctx, id := c.Request().Context(), s.halfway(c)
	if id == 0 {
		return s.to(c, "/beheer/inloggen")
	}
	if err := s.allow(ctx, limitTOTP, strconv.FormatInt(id, 10)); err != nil {
		return err
	}
	form, err := bind[secondForm](c)
	if err == nil {
		err = s.staff.CheckCode(ctx, id, digits(form.Code))
	}
	if bad := s.mend(c, err); bad != nil {
		return s.secondPage(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	if err := s.logIn(c, s.desk, id, 0); err != nil {
		return err
	}
	return s.to(c, "/beheer")
}

func (s *Server) secondPage(c echo.Context, status int, bad ui.Problems) error {
	return s.show(c, status, ui.StaffSecond(ui.StaffSecondPage{View: s.view(c, "staff.second.title", bad...), Bad: bad}))
}

func (s *Server) showInvite(c echo.Context) error {
	return s.invitePage(c, http.StatusOK, nil)
}

// acceptInvite sets password and second step of somebody who was invited.
func (s *Server) acceptInvite(c echo.Context) error {
	ctx := c.Request().Context()
	if err := s.allow(ctx, limitStaffLogin, place(c)); err != nil {
		return err
	}
	form, err := bind[acceptForm](c)
	if err == nil && form.Again != form.Password {
		err = wrong("again", "staff.again.differs")
	}
	if err == nil {
		err = s.staff.Accept(ctx, c.Param("token"), form.Password, digits(form.Code))
	}
	if bad := s.mend(c, err); bad != nil && !errors.Is(err, staff.ErrInvite) {
		return s.invitePage(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "staff.invite.done"))
	return s.to(c, "/beheer/inloggen")
}

// invitePage shows the secret of the second step, which is made of the invitation itself: looking changes nothing.
func (s *Server) invitePage(c echo.Context, status int, bad ui.Problems) error {
	who, err := s.staff.Invited(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	p := ui.StaffInvitePage{View: s.view(c, "staff.invite.title", bad...), Bad: bad, Name: who.Name, Email: who.Email, Secret: s.staff.Secret(c.Param("token"))}
	return s.show(c, status, ui.StaffInvite(p))
}

// logOutMember ends the log-in of a member of staff.
func (s *Server) logOutMember(c echo.Context) error {
	if err := s.logOut(c, s.desk); err != nil {
		return err
	}
	return s.to(c, "/beheer/inloggen")
}
