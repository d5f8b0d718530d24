package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

type staffForm struct {
	Name  string   `form:"name" say:"staff.name" validate:"filled,max=200"`
	Email string   `form:"email" say:"staff.email" validate:"filled,max=254"`
	Roles []string `form:"roles" say:"staff.roles" validate:"min=1"`
}

func (f staffForm) roles() []staff.Role {
	roles := make([]staff.Role, len(f.Roles))
	for i, r := range f.Roles {
		roles[i] = staff.Role(r)
	}
	return roles
}

func (s *Server) showStaff(c echo.Context) error {
	return s.staffPage(c, http.StatusOK, staffForm{}, nil)
}

// addStaff opens an account and mails an invitation.
func (s *Server) addStaff(c echo.Context) error {
	form, err := bind[staffForm](c)
	if err == nil {
		_, err = s.staff.Add(c.Request().Context(), s.member(c).Actor(), form.Email, form.Name, lang(c), form.roles())
	}
	if bad := s.mend(c, err); bad != nil {
		return s.staffPage(c, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "staff.invited"))
	return s.to(c, "/beheer/medewerkers")
}

// inviteStaff sends a new invitation; password and second step have to be set again.
func (s *Server) inviteStaff(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return staff.ErrNotFound
	}
	if _, err := s.staff.Invite(c.Request().Context(), s.member(c).Actor(), id, lang(c)); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "staff.invited"))
	return s.to(c, "/beheer/medewerkers")
}

// confirmClose asks once more: a closed account does not open again.
func (s *Server) confirmClose(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return staff.ErrNotFound
	}
	m, err := s.staff.Member(c.Request().Context(), id)
	if err != nil {
		return err
	}
	p := ui.StaffClosePage{View: s.view(c, "staff.close_title"), Name: m.Name}
	p.CloseURL = p.Href(p.Path)
	return s.show(c, http.StatusOK, ui.StaffClose(p))
}

// closeStaff closes an account and ends its log-ins.
func (s *Server) closeStaff(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return staff.ErrNotFound
	}
	if err := s.staff.Disable(c.Request().Context(), s.member(c).Actor(), id); err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, "staff.closed"))
	return s.to(c, "/beheer/medewerkers")
}

func (s *Server) staffPage(c echo.Context, status int, form staffForm, bad ui.Problems) error {
	accounts, err := s.staff.List(c.Request().Context())
	if err != nil {
		return err
	}
	p := ui.StaffPage{View: s.view(c, "nav.staff", bad...), Bad: bad, Name: form.Name, Email: form.Email, Roles: form.Roles}
	for _, r := range staff.Roles {
		p.AllRoles = append(p.AllRoles, ui.Option{Value: string(r), Label: p.T("staff.role." + string(r)), Hint: p.T("staff.role_hint." + string(r))})
	}
	for _, a := range accounts {
		p.Accounts = append(p.Accounts, s.accountRow(c, p.View, a))
	}
	return s.show(c, status, ui.Staff(p))
}

func (s *Server) accountRow(c echo.Context, v ui.View, a staff.Account) ui.AccountRow {
	row := ui.AccountRow{Name: a.Name, Email: a.Email, Roles: roleWords(v.Translate, a.Roles), Kind: "good", State: v.T("staff.state.active")}
	switch {
	case a.DisabledAt != nil:
		row.Kind, row.State = "neutral", v.T("staff.state.closed")
	case !a.Ready && a.InviteExpiresAt != nil && a.InviteExpiresAt.After(s.now()):
		row.Kind, row.State = "info", v.T("staff.state.invited")
	case !a.Ready:
		row.Kind, row.State = "warn", v.T("staff.state.expired")
	}
	if a.LastLoginAt != nil {
		row.LastLogin = v.ShortMoment(*a.LastLoginAt)
	}
	if a.DisabledAt == nil && a.ID != s.member(c).ID {
		base := v.Href("/beheer/medewerkers/" + strconv.FormatInt(a.ID, 10))
		row.InviteURL, row.CloseURL = base+"/uitnodigen", base+"/sluiten"
	}
	return row
}
