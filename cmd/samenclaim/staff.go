package main

import (
	"context"
	"os"
	"strings"
	"time"

	"samenclaim/internal/locale"
	"samenclaim/web/staff"
)

// staffAddCmd invites somebody. On a new installation nobody else can.
type staffAddCmd struct {
	Email string   `required:"" help:"E-mail address; the invitation is mailed to it."`
	Role  []string `required:"" help:"intake, register, lawyer, board, accountant, privacy or admin; repeat it for more."`
	Name  string   `help:"Full name; without it the part of the address before the @."`
	Lang  string   `help:"Language of the invitation." enum:"nl,en" default:"nl"`
	JSON  bool     `help:"Print for other programs." name:"json"`
}

// Run prints the link as well, because the mail may not work yet.
func (s *staffAddCmd) Run(ctx context.Context, c console) error {
	o, err := staffOffice(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	name := s.Name
	if name == "" {
		local, _, _ := strings.Cut(s.Email, "@")
		name = strings.NewReplacer(".", " ", "-", " ", "_", " ").Replace(local)
	}
	roles := make([]staff.Role, len(s.Role))
	for i, r := range s.Role {
		roles[i] = staff.Role(r)
	}
	inv, err := o.staff.Add(ctx, byCommand, s.Email, name, s.Lang, roles)
	if err != nil {
		return err
	}
	if s.JSON {
		return c.json(map[string]any{"id": inv.StaffID, "link": inv.Link, "until": inv.Until.UTC().Format(time.RFC3339)})
	}
	c.say("Account %d is open. The invitation is in the outbox; this is its link, until %s:", inv.StaffID, locale.Moment(inv.Until, "en"))
	c.say("%s", inv.Link)
	return nil
}

// staffOffice needs the address of the site for the links, and nothing of the master key.
func staffOffice(ctx context.Context) (office, error) {
	set, err := loadSettings(os.Environ())
	if err != nil {
		return office{}, err
	}
	if set.DatabaseURL != "" {
		if _, err := set.checkBase(); err != nil {
			return office{}, err
		}
	}
	return openOffice(ctx, set)
}

// staffListCmd lists accounts.
type staffListCmd struct {
	JSON bool `help:"Print for other programs." name:"json"`
}

// account is one line of the list.
type account struct {
	ID       int64        `json:"id"`
	Email    string       `json:"email"`
	Name     string       `json:"name"`
	Roles    []staff.Role `json:"roles"`
	State    string       `json:"state"` // invited, expired, active or disabled
	LoggedIn *time.Time   `json:"last_login_at"`
}

// Run shows open accounts first.
func (s *staffListCmd) Run(ctx context.Context, c console) error {
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	all, err := o.staff.List(ctx)
	if err != nil {
		return err
	}
	rows := make([]account, len(all))
	for i, a := range all {
		rows[i] = account{a.ID, a.Email, a.Name, a.Roles, stateOf(a, o.db.NowFunc()), a.LastLoginAt}
	}
	if s.JSON {
		return c.json(map[string]any{"accounts": rows})
	}
	for _, r := range rows {
		c.say("%4d  %-9s %-28s %-40s %s", r.ID, r.State, r.Name, r.Email, joinRoles(r.Roles))
	}
	c.say("%d accounts", len(rows))
	return nil
}

func stateOf(a staff.Account, now time.Time) string {
	switch {
	case a.DisabledAt != nil:
		return "disabled"
	case a.Ready:
		return "active"
	case a.InviteExpiresAt != nil && a.InviteExpiresAt.After(now):
		return "invited"
	}
	return "expired"
}

func joinRoles(roles []staff.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// staffDisableCmd closes an account.
type staffDisableCmd struct {
	Email string `required:"" help:"E-mail address of the account."`
}

// Run may be repeated: closed twice is closed once.
func (s *staffDisableCmd) Run(ctx context.Context, c console) error {
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	a, err := o.staff.ByEmail(ctx, s.Email)
	if err != nil {
		return err
	}
	if err := o.staff.Disable(ctx, byCommand, a.ID); err != nil {
		return err
	}
	c.say("Account %d is closed, and its sessions have ended.", a.ID)
	return nil
}
