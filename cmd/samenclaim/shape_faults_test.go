package main

import (
	"strings"
	"testing"
	"testing/fstest"
)

// sound is a small program in good shape; each fault is made in a copy of it.
var sound = map[string]string{
	"cmd/samenclaim/main.go":     `package main; import ("samenclaim/web"; "samenclaim/migrations"; "samenclaim/payments/mollie/mollietest"); func main() { web.Serve(migrations.Up, mollietest.X) }`,
	"web/server.go":              `package web; type Server struct{}; func (s *Server) show() {}; func Serve(...any) {}`,
	"web/join.go":                `package web; import "samenclaim/claims"; func (s *Server) join() { s.show(); claims.Join() }; type joinPage struct { Name string; Lines []lineRow }; type lineRow struct { Amount string }`,
	"web/routes.go":              `package web; import "samenclaim/web/ui"; func (s *Server) routes() { s.join(); ui.Show() }`,
	"web/ui/layout_templ.go":     `package ui; func Show() {}`,
	"claims/join.go":             `package claims; import ("samenclaim/internal/audit"; "samenclaim/payments"; "samenclaim/claims/letter"); func Join() { audit.Record(); letter.Write(); _ = payments.Payout{} }`,
	"claims/letter/letter.go":    `package letter; func Write() {}`,
	"payments/payout.go":         `package payments; type Payout struct { ID int64; Name string }`,
	"payments/bank/camt.go":      `package bank; func Read() {}`,
	"payments/mollie/mollie.go":  `package mollie; type Payment struct { Key string }`,
	"participants/signup.go":     `package participants; func Sign() {}`,
	"internal/audit/audit.go":    `package audit; func Record() {}`,
	"internal/vault/vault.go":    `package vault; func Seal() {}`,
	"internal/vault/darwin.go":   "//go:build never\n\npackage vault; func Seal() {}",
	"migrations/migrations.go":   `package migrations; var Up int`,
	"migrations/pgtest/pg.go":    `package pgtest; import "samenclaim/internal/vault"; var X = vault.Seal`,
	"participants/road_test.go":  `package participants; import "samenclaim/web"; var X = web.Serve`,
	"web/node_modules/x/main.go": `package x; import "samenclaim/migrations"; var X = migrations.Up`,
}

func TestSoundShapeHasNoFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range faultsOf(t, nil) {
		t.Errorf("fault in a sound program: %s", fault)
	}
}

func TestShapeSeesEachFault(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  string // part of the one fault
	}{
		{"an import that points to the left", map[string]string{"payments/payout.go": `package payments; import "samenclaim/claims"; var X = claims.Join`},
			"payments/payout.go imports claims: that points to the left"},
		{"a tool that imports the domain", map[string]string{"internal/audit/audit.go": `package audit; import "samenclaim/participants"; var Record = participants.Sign`},
			"internal/audit/audit.go imports participants: that points to the left"},
		{"a sub-package that imports its parent", map[string]string{"claims/letter/letter.go": `package letter; import "samenclaim/claims"; var Write = claims.Join`},
			"claims/letter/letter.go imports claims: a sub-package imports neither"},
		{"a sub-package that imports its sibling", map[string]string{"payments/mollie/mollie.go": `package mollie; import "samenclaim/payments/bank"; var X = bank.Read`},
			"payments/mollie/mollie.go imports payments/bank: a sub-package imports neither"},
		{"a tool that imports another tool", map[string]string{"internal/audit/audit.go": `package audit; import "samenclaim/internal/vault"; var Record = vault.Seal`},
			"internal/audit/audit.go imports internal/vault: a sub-package imports neither"},
		{"migrations outside cmd", map[string]string{"participants/signup.go": `package participants; import "samenclaim/migrations"; var X = migrations.Up`},
			"participants/signup.go imports migrations: migrations are for cmd and tests"},
		{"helpers for tests outside cmd that lead to migrations", map[string]string{"web/server.go": `package web; import "samenclaim/migrations/pgtest"; type Server struct{}; func (s *Server) show() {}; func Serve(...any) { _ = pgtest.X }`},
			"web/server.go imports migrations/pgtest: migrations are for cmd and tests"},
		{"migrations that know the program", map[string]string{"migrations/migrations.go": `package migrations; import "samenclaim/internal/vault"; var Up = vault.Seal`},
			"migrations/migrations.go imports internal/vault: migrations know nothing"},
		{"a folder beside the plan", map[string]string{"utils/strings.go": `package utils; import "samenclaim/internal/vault"; var X = vault.Seal`},
			"utils/strings.go imports internal/vault: not one of the folders"},
		{"two files whose functions need each other", map[string]string{"payments/bank/camt.go": `package bank; func Read() { parse() }; func line() {}`, "payments/bank/mt940.go": `package bank; func parse() { line() }`},
			"payments/bank: files need each other: camt.go uses parse of mt940.go; mt940.go uses line of camt.go"},
		{"two files whose types need each other", map[string]string{"payments/bank/camt.go": `package bank; type Statement struct { Lines []Line }`, "payments/bank/mt940.go": `package bank; type Line struct { Of *Statement }`},
			"payments/bank: files need each other: camt.go uses Line of mt940.go; mt940.go uses Statement of camt.go"},
		{"the type's file that calls a method of a sibling", map[string]string{"web/server.go": `package web; type Server struct{}; func (s *Server) show() {}; func Serve(...any) { new(Server).routes() }`},
			"routes.go uses join of join.go"},
		{"a circle of three files", map[string]string{"payments/bank/a.go": `package bank; func a() { b() }`, "payments/bank/b.go": `package bank; func b() { c() }`, "payments/bank/c.go": `package bank; func c() { a() }`},
			"a.go uses b of b.go; b.go uses c of c.go; c.go uses a of a.go"},
		{"a circle in generated pages", map[string]string{"web/ui/layout_templ.go": `package ui; func Show() { part() }`, "web/ui/parts_templ.go": `package ui; func part() { Show() }`},
			"web/ui: files need each other: layout_templ.go uses part of parts_templ.go"},
		{"a page that holds a model", map[string]string{"web/payouts.go": `package web; import "samenclaim/payments"; type payoutsPage struct { Last payments.Payout }`},
			"web.payoutsPage holds the model payments.Payout"},
		{"a row that holds a list of models under another name", map[string]string{"web/payouts.go": `package web; import money "samenclaim/payments"; type payoutRow struct { All []*money.Payout }`},
			"web.payoutRow holds the model payments.Payout"},
		{"a component's page that holds a model", map[string]string{"web/ui/payouts_templ.go": `package ui; import "samenclaim/payments"; type PayoutsPage struct { By map[string]payments.Payout }`},
			"web/ui.PayoutsPage holds the model payments.Payout"},
		{"a model wrapped in a type of the pages", map[string]string{"web/payouts.go": `package web; import "samenclaim/web/ui"; type payoutsPage struct { Box ui.Box }`, "web/ui/box_templ.go": `package ui; import "samenclaim/payments"; type Box struct { P payments.Payout }`},
			"web.payoutsPage holds the model payments.Payout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			faults := faultsOf(t, tt.files)
			if len(faults) != 1 || !strings.Contains(faults[0], tt.want) {
				t.Errorf("faults = %q, want one with %q", faults, tt.want)
			}
		})
	}
}

// faultsOf returns every fault of the sound program with some files laid over it.
func faultsOf(t *testing.T, files map[string]string) (faults []string) {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, layer := range []map[string]string{sound, files} {
		for name, text := range layer {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	p, err := parse(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		faults = append(faults, rule.faults(p)...)
	}
	return faults
}
