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
	{Method: "POST", Path: "/:lang/beheer/:slug/deelname/:number/bewijspakket.zip", Kind: desk, Permission: staff.PackTake, Handler: (*Server).takePack},
	{Method: "POST", Path: "/:lang/beheer/:slug/deelname/:number/nagekeken", Kind: desk, Permission: staff.PersonReview, Handler: (*Server).clearMark},
	{Method: "GET", Path: "/:lang/beheer/:slug/deelname/:number/bewijs/:eref", Kind: desk, Permission: staff.EvidenceRead, Logs: "every look at a person is logged", Handler: (*Server).openEvidence},
	{Method: "GET", Path: "/:lang/beheer/:slug/deelname/:number/bewijs/:eref/bekijken", Kind: desk, Permission: staff.EvidenceRead, Logs: "every look at a person is logged", Handler: (*Server).previewEvidence},
	{Method: "GET", Path: "/:lang/beheer/:slug/deelname/:number/bewijs/:eref/blad/:page", Kind: desk, Permission: staff.EvidenceRead, Handler: (*Server).evidencePicture},
	{Method: "GET", Path: "/:lang/beheer/:slug/deelname/:number/vertegenwoordiging", Kind: desk, Permission: staff.PersonRead, Handler: (*Server).takeoverOf},
	{Method: "POST", Path: "/:lang/beheer/:slug/deelname/:number/vertegenwoordiging/overlijden", Kind: desk, Permission: staff.TakeoverPropose, Upload: uploadBytes, Handler: (*Server).reportDeath},
	{Method: "POST", Path: "/:lang/beheer/:slug/deelname/:number/vertegenwoordiging/voorstellen", Kind: desk, Permission: staff.TakeoverPropose, Upload: uploadBytes, Handler: (*Server).proposeTakeover},
	{Method: "POST", Path: "/:lang/beheer/:slug/deelname/:number/vertegenwoordiging/aanvaarden", Kind: desk, Permission: staff.TakeoverAccept, Handler: (*Server).acceptTakeover},
	{Method: "POST", Path: "/:lang/beheer/:slug/deelname/:number/vertegenwoordiging/weigeren", Kind: desk, Permission: staff.TakeoverAccept, Handler: (*Server).refuseTakeover},
	{Method: "POST", Path: "/:lang/beheer/:slug/deelname/:number/vertegenwoordiging/einde", Kind: desk, Permission: staff.TakeoverAccept, Handler: (*Server).endEstate},
	{Method: "GET", Path: "/:lang/beheer/:slug/brieven", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).letters},
	{Method: "POST", Path: "/:lang/beheer/:slug/brieven", Kind: desk, Permission: staff.LetterDraft, Handler: (*Server).draftLetter},
	{Method: "GET", Path: "/:lang/beheer/:slug/brieven/:ordinal", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).letter},
	{Method: "GET", Path: "/:lang/beheer/:slug/brieven/:ordinal/voorbeeld.pdf", Kind: desk, Permission: staff.CaseRead, Handler: (*Server).previewLetter},
	{Method: "POST", Path: "/:lang/beheer/:slug/brieven/:ordinal/bewaren", Kind: desk, Permission: staff.LetterDraft, Handler: (*Server).saveLetter},
	{Method: "POST", Path: "/:lang/beheer/:slug/brieven/:ordinal/voorstellen", Kind: desk, Permission: staff.LetterDraft, Handler: (*Server).proposeLetter},
	{Method: "POST", Path: "/:lang/beheer/:slug/brieven/:ordinal/terugnemen", Kind: desk, Permission: staff.LetterDraft, Handler: (*Server).withdrawLetter},
	{Method: "POST", Path: "/:lang/beheer/:slug/brieven/:ordinal/versturen", Kind: desk, Permission: staff.LetterApprove, Handler: (*Server).sendLetter},
	{Method: "POST", Path: "/:lang/beheer/:slug/brieven/:ordinal/bezorgd", Kind: desk, Permission: staff.DeliveryRecord, Upload: uploadBytes, Handler: (*Server).deliverLetter},
	{Method: "GET", Path: "/:lang/beheer/:slug/brieven/:ordinal/bestand/:kind", Kind: desk, Permission: staff.CaseRead, Logs: "the log keeps who took a file of a letter", Handler: (*Server).letterFile},
}
