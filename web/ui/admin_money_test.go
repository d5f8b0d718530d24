package ui

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

// Every money page can be shown with nothing in it, and with everything.
func TestMoneyPagesRender(t *testing.T) {
	t.Parallel()
	bad := Problems{{"total", "niet het totaal"}}
	stat, next := []StatProps{{"a", "b", "c"}}, &NextStep{"Verder", "text", "link", "/x"}
	row, facts := []Row{Cells(Text("a"))}, []Definition{{Label: "a", Value: "b"}, {Label: "c", Value: "d", Hash: true}}
	table, links := TableProps{Caption: "Tabel", Columns: []Column{{Label: "A"}}, Rows: row}, []Link{{"a", "/a"}}
	status := StatusProps{"info", "Stand", "text"}
	tests := []struct {
		name string
		page templ.Component
		want []string
	}{
		{"an empty settlement", Settlement(SettlementPage{}), nil},
		{"a settlement", Settlement(SettlementPage{Status: status, Money: stat, Terms: facts, Note: "n", Next: next, Links: links, Closed: "dicht", Form: &SettlementForm{Pot: "12"}}), []string{`value="12"`, "Verder", "dicht"}},
		{"an empty distribution", Distribution(DistributionPage{}), nil},
		{"a distribution", Distribution(DistributionPage{
			Status: status, Outside: "buiten", Missing: "nog niet", Next: next, Steps: []StepItem{{Title: "Berekend"}}, Sum: []BreakdownRow{{Label: "som"}}, Split: table,
			Hash: "abc", Awards: table, FirstURL: "/1", Calculate: "/c", Again: true, Approve: "/a", WhyNot: "daarom", Drop: "/d", Pack: "/z",
		}), []string{"buiten", "nog niet", "Berekend", `action="/a"`, `value="abc"`, `action="/d"`, "daarom", `href="/z"`}},
		{"no payouts", Payouts(PayoutsPage{}), nil},
		{"payouts", Payouts(PayoutsPage{Now: stat, NotYet: table, Closed: "dicht", Form: &ExecuteForm{Day: "7"}, Prepare: "/p", Runs: table, Links: links}), []string{`value="7"`, `action="/p"`}},
		{"an empty run", PayoutRun(PayoutRunPage{}), nil},
		{"a run", PayoutRun(PayoutRunPage{
			Bad: bad, Status: status, Steps: []StepItem{{Title: "Klaargezet", Who: "Femke"}}, Rule: "twee", Facts: facts, Files: []PayoutFileRow{{Name: "f.xml", Hash: "abc", URL: "/f"}},
			Confirm: &ConfirmStep{Title: "Goedkeuren", Action: "/g", Props: ConfirmProps{Name: "total", Error: bad.For("total")}}, Cancel: "/x", States: table, Returns: table, Chart: templ.NopComponent,
			Alarm: &AlarmForm{Text: "veranderd", Action: "/al", ID: "3"}, Names: &NamesPanel{Lead: "namen", Counts: table, Decide: table, Options: []Option{{"1", "PR-1", ""}}, Accept: "/nm", Take: "/csv"},
			TakeOut: &TakeOutPanel{Held: table, Action: "/uit", Value: "PR-2"}, Report: &ReportPanel{Text: "b", Upload: "/be", Reports: table, Rejected: table},
		}), []string{"Femke", `href="/f"`, `action="/g"`, "niet het totaal", `action="/x"`, `id="retour"`, `action="/al"`, `value="3"`, `action="/nm"`, `href="/csv"`, `action="/uit"`, `value="PR-2"`, `action="/be"`}},
		{"no sanctions", Sanctions(SanctionsPage{}), nil},
		{"sanctions", Sanctions(SanctionsPage{Status: status, Open: table, Done: table, Propose: []Option{{"1", "PR-1", ""}}, Decide: []Option{{"2", "PR-2", ""}}, Reason: "daarom", Lists: table}), []string{"daarom", "PR-2"}},
		{"no refunds", Refunds(RefundsPage{}), nil},
		{"refunds", Refunds(RefundsPage{Status: status, Figures: stat, Refunds: table, RefundsPlot: templ.NopComponent, Prepayments: table, PaidPlot: templ.NopComponent, Links: links}), []string{"Stand"}},
		{"nothing of Mollie", Mollie(MolliePage{}), nil},
		{"Mollie", Mollie(MolliePage{Status: status, Figures: stat, Fetch: "/f", List: table, Pager: PagerProps{NextURL: "/n"}}), []string{`action="/f"`, `href="/n"`, "Stand"}},
		{"an empty payout of Mollie", MollieSettlement(MollieSettlementPage{}), nil},
		{"a payout of Mollie", MollieSettlement(MollieSettlementPage{
			Status: status, Facts: facts, Sum: []BreakdownRow{{Label: "som"}}, Explain: "/e", Note: "mei", Open: table, Costs: table, Items: table, NextURL: "/n",
		}), []string{`action="/e"`, "mei", "som", `href="/n"`}},
		{"an empty bank", Bank(BankPage{}), nil},
		{"the bank", Bank(BankPage{Explained: []BreakdownRow{{Label: "open"}}, Unknown: "?", Lines: table, More: "meer", Runs: table, Files: table, Upload: "/u"}), []string{`action="/u"`, "meer", `enctype="multipart/form-data"`}},
		{"an empty line", BankLine(BankLinePage{}), nil},
		{"a line", BankLine(BankLinePage{Facts: facts, Note: "wat", Options: []Option{{"costs", "Kosten", ""}}, Choice: "costs", Action: "/m"}), []string{`action="/m"`, "checked", "wat"}},
		{"an empty bank file", BankFile(BankFilePage{}), nil},
		{"a bank file", BankFile(BankFilePage{
			Status: status, Facts: facts, Book: "/b", Drop: "/d",
			Statements: []BankStatement{{Title: "Afschrift", Tags: []Cell{Tagged("good", "klopt")}, Facts: facts, Obstacles: []string{"mag niet"}, Warnings: []string{"let op"}, Expected: table}},
		}), []string{"Afschrift", "klopt", "mag niet", "let op", `action="/b"`}},
		{"an empty report", BookReportShown(BookReportPage{}), nil},
		{"a report", BookReportShown(BookReportPage{Lead: "l", Back: "/b", Warning: "let op", Sections: []BookReport{{Title: "T", Text: "t", Facts: facts, Table: table}}, FirstURL: "/1"}), []string{"let op", "Tabel", `href="/1"`}},
		{"nothing to close", BookClose(BookClosePage{}), nil},
		{"a month to close", BookClose(BookClosePage{Bad: bad, Month: "juni", Checks: table, Propose: "/p", Until: "2026-06-30", Waiting: "wacht", Close: "/c", WhyNot: "daarom", Withdraw: "/w", Closed: table}),
			[]string{`action="/p"`, `value="2026-06-30"`, "wacht", `action="/c"`, "daarom", `action="/w"`}},
		{"an invoice", BookPaper(BookPaperPage{DocLang: "nl", Blocks: []PaperBlock{{Kind: "title", Text: "Factuur"}}, PDF: "/p", Back: "/b"}), []string{"<h2>Factuur</h2>", `href="/p"`}},
		{"empty books", Books(BooksPage{}), nil},
		{"books", Books(BooksPage{Balance: table, Journals: []BookJournal{{Title: "J", Lines: []BookLine{{"1000", "n", "€ 1", ""}}}}, FirstURL: "/1", Exports: links, Reports: []ActionLink{{"R", "r", "kijk", "/r"}}, Years: table, XAFNote: "n"}), []string{"1000", `href="/r"`, `scope="rowgroup"`, `href="/a"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := tt.page.Render(context.Background(), &b); err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(b.String(), want) {
					t.Errorf("the page lacks %s", want)
				}
			}
			if n := strings.Count(b.String(), "<h1"); n != 1 {
				t.Errorf("%d headings of the first order, want 1", n)
			}
		})
	}
}
