package web

import "samenclaim/web/staff"

// moneyRoutes are the pages about settlement, distribution, payouts, bank and books.
var moneyRoutes = []route{
	{Method: "GET", Path: "/:lang/beheer/:slug/schikking", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).settlement},
	{Method: "POST", Path: "/:lang/beheer/:slug/schikking", Kind: desk, Permission: staff.SettlementRecord, Handler: (*Server).recordSettlement},
	{Method: "GET", Path: "/:lang/beheer/:slug/verdeling", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).distribution},
	{Method: "POST", Path: "/:lang/beheer/:slug/verdeling/berekenen", Kind: desk, Permission: staff.DistributionCalculate, Handler: (*Server).calculateDistribution},
	{Method: "POST", Path: "/:lang/beheer/:slug/verdeling/goedkeuren", Kind: desk, Permission: staff.DistributionApprove, Handler: (*Server).approveDistribution},
	{Method: "POST", Path: "/:lang/beheer/:slug/verdeling/weg", Kind: desk, Permission: staff.DistributionCalculate, Handler: (*Server).dropDistribution},
	{Method: "GET", Path: "/:lang/beheer/:slug/uitbetalingen", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).payouts},
	{Method: "POST", Path: "/:lang/beheer/:slug/uitbetalingen", Kind: desk, Permission: staff.RunPrepare, Handler: (*Server).prepareRun},
	{Method: "GET", Path: "/:lang/beheer/:slug/uitbetalingen/:run", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).payoutRun},
	{Method: "POST", Path: "/:lang/beheer/:slug/uitbetalingen/:run/goedkeuren", Kind: desk, Permission: staff.RunApprove, Handler: (*Server).approveRun},
	{Method: "POST", Path: "/:lang/beheer/:slug/uitbetalingen/:run/vrijgeven", Kind: desk, Permission: staff.RunRelease, Handler: (*Server).releaseRun},
	{Method: "POST", Path: "/:lang/beheer/:slug/uitbetalingen/:run/annuleren", Kind: desk, Permission: staff.RunApprove, Handler: (*Server).cancelRun},
	{
		Method: "GET", Path: "/:lang/beheer/:slug/uitbetalingen/:run/bestand/:part", Kind: desk, Permission: staff.RunRelease,
		Logs: "who takes a file for the bank is logged", Handler: (*Server).runFile,
	},
	{Method: "GET", Path: "/:lang/beheer/:slug/terugbetalingen", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).refunds},

	{Method: "GET", Path: "/:lang/beheer/bank", Kind: desk, Permission: staff.BankRead, Handler: (*Server).bank},
	{Method: "POST", Path: "/:lang/beheer/bank", Kind: desk, Permission: staff.BankBook, Upload: importBytes, Handler: (*Server).uploadStatement},
	{Method: "GET", Path: "/:lang/beheer/bank/regel/:id", Kind: desk, Permission: staff.BankRead, Handler: (*Server).bankLine},
	{Method: "POST", Path: "/:lang/beheer/bank/regel/:id", Kind: desk, Permission: staff.BankBook, Handler: (*Server).matchLine},
	{Method: "GET", Path: "/:lang/beheer/bank/:ref", Kind: desk, Permission: staff.BankRead, Handler: (*Server).bankFile},
	{Method: "POST", Path: "/:lang/beheer/bank/:ref/boeken", Kind: desk, Permission: staff.BankBook, Handler: (*Server).bookFile},
	{Method: "POST", Path: "/:lang/beheer/bank/:ref/weg", Kind: desk, Permission: staff.BankBook, Handler: (*Server).dropFile},

	{Method: "GET", Path: "/:lang/beheer/boeken", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).books},
	{Method: "GET", Path: "/:lang/beheer/boeken/journaal.csv", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).exportCSV},
	{Method: "GET", Path: "/:lang/beheer/boeken/journaal.hledger", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).exportHledger},
}
