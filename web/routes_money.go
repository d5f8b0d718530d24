package web

import "samenclaim/web/staff"

// reportBytes is the largest report of a bank, or sanctions list.
const reportBytes = 64 << 20

// moneyRoutes are the pages about settlement, distribution, payouts, bank and books.
var moneyRoutes = []route{
	{Method: "GET", Path: "/:lang/beheer/:slug/schikking", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).settlement},
	{Method: "POST", Path: "/:lang/beheer/:slug/schikking", Kind: desk, Permission: staff.SettlementRecord, Handler: (*Server).recordSettlement},
	{Method: "GET", Path: "/:lang/beheer/:slug/verdeling", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).distribution},
	{Method: "POST", Path: "/:lang/beheer/:slug/verdeling/berekenen", Kind: desk, Permission: staff.DistributionCalculate, Handler: (*Server).calculateDistribution},
	{Method: "POST", Path: "/:lang/beheer/:slug/verdeling/goedkeuren", Kind: desk, Permission: staff.DistributionApprove, Handler: (*Server).approveDistribution},
	{Method: "POST", Path: "/:lang/beheer/:slug/verdeling/weg", Kind: desk, Permission: staff.DistributionCalculate, Handler: (*Server).dropDistribution},
	{
		Method: "GET", Path: "/:lang/beheer/:slug/verdeling/controlepakket.zip", Kind: desk, Permission: staff.AuditPack,
		Logs: "who takes the audit pack, which holds names and accounts, is logged", Handler: (*Server).auditPack,
	},
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
	{Method: "POST", Path: "/:lang/beheer/:slug/uitbetalingen/:run/uithalen", Kind: desk, Permission: staff.RunPrepare, Handler: (*Server).takeOut},
	{
		Method: "GET", Path: "/:lang/beheer/:slug/uitbetalingen/:run/namen.csv", Kind: desk, Permission: staff.RunPrepare,
		Logs: "who takes names and accounts is logged", Handler: (*Server).namesFile,
	},
	{Method: "POST", Path: "/:lang/beheer/:slug/uitbetalingen/:run/bericht", Kind: desk, Permission: staff.RunPrepare, Upload: reportBytes, Handler: (*Server).readReport},
	{Method: "POST", Path: "/:lang/beheer/:slug/uitbetalingen/:run/namen", Kind: desk, Permission: staff.RunApprove, Handler: (*Server).acceptName},
	{Method: "POST", Path: "/:lang/beheer/:slug/uitbetalingen/:run/alarm", Kind: desk, Permission: staff.RunApprove, Handler: (*Server).endAlarm},
	{Method: "GET", Path: "/:lang/beheer/:slug/terugbetalingen", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).refunds},

	{Method: "GET", Path: "/:lang/beheer/bank", Kind: desk, Permission: staff.BankRead, Handler: (*Server).bank},
	{Method: "POST", Path: "/:lang/beheer/bank", Kind: desk, Permission: staff.BankBook, Upload: importBytes, Handler: (*Server).uploadStatement},
	{Method: "GET", Path: "/:lang/beheer/bank/regel/:id", Kind: desk, Permission: staff.BankRead, Handler: (*Server).bankLine},
	{Method: "POST", Path: "/:lang/beheer/bank/regel/:id", Kind: desk, Permission: staff.BankBook, Handler: (*Server).matchLine},
	{Method: "POST", Path: "/:lang/beheer/bank/los", Kind: desk, Permission: staff.BankBook, Handler: (*Server).unmatchLine},
	{Method: "GET", Path: "/:lang/beheer/bank/:ref", Kind: desk, Permission: staff.BankRead, Handler: (*Server).bankFile},
	{Method: "POST", Path: "/:lang/beheer/bank/:ref/boeken", Kind: desk, Permission: staff.BankBook, Handler: (*Server).bookFile},
	{Method: "POST", Path: "/:lang/beheer/bank/:ref/weg", Kind: desk, Permission: staff.BankBook, Handler: (*Server).dropFile},

	{Method: "GET", Path: "/:lang/beheer/sancties", Kind: desk, Permission: staff.SanctionsDecide, Handler: (*Server).sanctions},
	{Method: "POST", Path: "/:lang/beheer/sancties", Kind: desk, Permission: staff.SanctionsDecide, Upload: reportBytes, Handler: (*Server).importSanctions},
	{Method: "POST", Path: "/:lang/beheer/sancties/voorstel", Kind: desk, Permission: staff.SanctionsDecide, Handler: (*Server).proposeHit},
	{Method: "POST", Path: "/:lang/beheer/sancties/besluit", Kind: desk, Permission: staff.SanctionsDecide, Handler: (*Server).decideHit},

	{Method: "GET", Path: "/:lang/beheer/mollie", Kind: desk, Permission: staff.BankRead, Handler: (*Server).mollie},
	{Method: "POST", Path: "/:lang/beheer/mollie/ophalen", Kind: desk, Permission: staff.BankBook, Handler: (*Server).fetchMollie},
	{Method: "GET", Path: "/:lang/beheer/mollie/:id", Kind: desk, Permission: staff.BankRead, Handler: (*Server).mollieSettlement},
	{Method: "POST", Path: "/:lang/beheer/mollie/:id/verschil", Kind: desk, Permission: staff.BankBook, Handler: (*Server).explainMollie},

	{Method: "GET", Path: "/:lang/beheer/boeken", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).books},
	{Method: "GET", Path: "/:lang/beheer/boeken/journaal.csv", Kind: desk, Permission: staff.BooksRead, Logs: "journals get their numbers before they go out", Handler: (*Server).exportCSV},
	{Method: "GET", Path: "/:lang/beheer/boeken/journaal.hledger", Kind: desk, Permission: staff.BooksRead, Logs: "journals get their numbers before they go out", Handler: (*Server).exportHledger},
	{Method: "GET", Path: "/:lang/beheer/boeken/jaar/:year/werkboek.xlsx", Kind: desk, Permission: staff.BooksRead, Logs: "journals get their numbers before they go out", Handler: (*Server).exportXLSX},
	{Method: "GET", Path: "/:lang/beheer/boeken/jaar/:year/auditfile-3.2.xaf", Kind: desk, Permission: staff.BooksRead, Logs: "journals get their numbers before they go out", Handler: (*Server).exportXAF32},
	{Method: "GET", Path: "/:lang/beheer/boeken/jaar/:year/auditfile-4.0.xaf", Kind: desk, Permission: staff.BooksRead, Logs: "journals get their numbers before they go out", Handler: (*Server).exportXAF40},
	{Method: "GET", Path: "/:lang/beheer/boeken/rekening/:account", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).ledgerCard},
	{Method: "GET", Path: "/:lang/beheer/boeken/openstaand", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).openItems},
	{Method: "GET", Path: "/:lang/beheer/boeken/btw", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).vatSummary},
	{Method: "GET", Path: "/:lang/beheer/boeken/regels", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).bookRules},
	{Method: "GET", Path: "/:lang/beheer/boeken/facturen", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).invoices},
	{Method: "GET", Path: "/:lang/beheer/boeken/facturen/:invoice", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).invoiceCopy},
	{Method: "GET", Path: "/:lang/beheer/boeken/facturen/:invoice/factuur.pdf", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).invoiceCopyPDF},
	{Method: "GET", Path: "/:lang/beheer/boeken/afsluiten", Kind: desk, Permission: staff.BooksRead, Handler: (*Server).bookClose},
	{Method: "POST", Path: "/:lang/beheer/boeken/afsluiten", Kind: desk, Permission: staff.BooksClose, Handler: (*Server).proposeClose},
	{Method: "POST", Path: "/:lang/beheer/boeken/afsluiten/:close/sluiten", Kind: desk, Permission: staff.BooksClose, Handler: (*Server).closeBooks},
	{Method: "POST", Path: "/:lang/beheer/boeken/afsluiten/:close/intrekken", Kind: desk, Permission: staff.BooksClose, Handler: (*Server).withdrawClose},
}
