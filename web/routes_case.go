package web

import "samenclaim/web/staff"

// caseRoutes are the pages of the case area.
var caseRoutes = []route{
	{Method: "GET", Path: "/:lang/beheer/:slug/zaak", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).caseHome},
	{Method: "POST", Path: "/:lang/beheer/:slug/zaak/stap", Kind: desk, Permission: staff.CaseMove, Handler: (*Server).proposeMove},
	{Method: "POST", Path: "/:lang/beheer/:slug/zaak/goedkeuren", Kind: desk, Permission: staff.CaseApprove, Handler: (*Server).approveMove},
	{Method: "POST", Path: "/:lang/beheer/:slug/zaak/intrekken", Kind: desk, Permission: staff.CaseMove, Handler: (*Server).dropMove},
	{Method: "GET", Path: "/:lang/beheer/:slug/nieuws", Kind: desk, Permission: staff.NewsPublish, Handler: (*Server).news},
	{Method: "POST", Path: "/:lang/beheer/:slug/nieuws", Kind: desk, Permission: staff.NewsPublish, Handler: (*Server).publishNews},
	{Method: "GET", Path: "/:lang/beheer/:slug/register", Kind: desk, Permission: staff.RegisterRead, Handler: (*Server).register},
	{Method: "POST", Path: "/:lang/beheer/:slug/register/zoek", Kind: desk, Permission: staff.RegisterRead, Handler: (*Server).searchRegister},
	{Method: "POST", Path: "/:lang/beheer/:slug/register.csv", Kind: desk, Permission: staff.RegisterExport, Handler: (*Server).exportRegister},
	{Method: "GET", Path: "/:lang/beheer/:slug/deelname/:number", Kind: desk, Permission: staff.PersonRead, Logs: "every look at a person is logged", Handler: (*Server).participant},
	{Method: "POST", Path: "/:lang/beheer/:slug/deelname/:number", Kind: desk, Permission: staff.PersonRead, Handler: (*Server).revealParticipant},
	{Method: "GET", Path: "/:lang/beheer/:slug/deelname/:number/bewijs/:eref", Kind: desk, Permission: staff.EvidenceRead, Logs: "every look at a person is logged", Handler: (*Server).openEvidence},
}
