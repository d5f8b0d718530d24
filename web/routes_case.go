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
}
