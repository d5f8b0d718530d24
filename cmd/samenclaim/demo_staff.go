package main

import (
	"fmt"

	"samenclaim/internal/audit"
	"samenclaim/web/staff"
)

// demoPassword is the same for everybody in the demo.
const demoPassword = "vuurtoren boven zee 47" //nolint:gosec // shown on the first page of the demo

// demoTeam works at the fictitious foundation. What takes two people needs a role twice.
var demoTeam = []struct {
	role        staff.Role
	local, name string
}{
	{staff.Intake, "intake", "Noor Bakker"},
	{staff.Register, "register", "Sem Visser"},
	{staff.Lawyer, "lawyer", "Fatima el Idrissi"},
	{staff.Lawyer, "lawyer2", "Hendrik Zwart"},
	{staff.Board, "board", "Annemiek Hovenier"},
	{staff.Board, "board2", "Ruben Okkerse"},
	{staff.Accountant, "accountant", "Joost de Wit"},
	{staff.Accountant, "accountant2", "Mei-Lin Tan"},
	{staff.Privacy, "privacy", "Esther Cohen"},
	{staff.Admin, "admin", "Dirk Jansma"},
}

// team opens the accounts, by the road that a real member of staff goes: invitation, password, second step.
func (s *seeder) team() error {
	var logins []demoLogin
	for _, m := range demoTeam {
		l := demoLogin{Role: m.role, Name: m.name, Email: m.local + "@samenclaim.example", Password: demoPassword}
		inv, err := s.staff.Add(s.ctx, audit.System("demo"), l.Email, l.Name, "nl", []staff.Role{m.role})
		if err != nil {
			return err
		}
		l.ID, l.Secret = inv.StaffID, s.staff.Secret(inv.Token)
		if err := s.staff.Accept(s.ctx, inv.Token, l.Password, l.code(s.clock.now())); err != nil {
			return fmt.Errorf("account %s: %w", m.local, err)
		}
		logins = append(logins, l)
	}
	s.logins = logins
	return nil
}
