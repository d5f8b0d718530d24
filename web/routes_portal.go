package web

// portalRoutes are the pages of "my case": the way in, and everything about one participation.
var portalRoutes = []route{
	{Method: "GET", Path: "/:lang/mijn/inloggen", Kind: portalDoor, Handler: (*Server).openLogin},
	{Method: "POST", Path: "/:lang/mijn/inloggen", Kind: portalDoor, Handler: (*Server).askLogin},
	{Method: "GET", Path: "/:lang/mijn/code", Kind: portalDoor, Handler: (*Server).openLoginCode},
	{Method: "POST", Path: "/:lang/mijn/code", Kind: portalDoor, Handler: (*Server).enterLogin},
	{Method: "GET", Path: "/:lang/mijn/link/:token", Kind: portalDoor, Handler: (*Server).showLink},
	{Method: "POST", Path: "/:lang/mijn/link/:token", Kind: portalDoor, Handler: (*Server).followLink},
	{Method: "POST", Path: "/:lang/mijn/uitloggen", Kind: portal, Handler: (*Server).logOutPerson},

	{Method: "GET", Path: "/:lang/mijn/gewist", Kind: portalDoor, Handler: (*Server).erasedPage},
	{Method: "GET", Path: "/:lang/mijn/overname/:token", Kind: signup, Handler: (*Server).showTakeover},
	{Method: "POST", Path: "/:lang/mijn/overname/:token", Kind: signup, Handler: (*Server).startTakeover},
	{Method: "GET", Path: "/:lang/mijn/overname/:token/code", Kind: signup, Handler: (*Server).showTakeoverCode},
	{Method: "POST", Path: "/:lang/mijn/overname/:token/code", Kind: signup, Handler: (*Server).proveTakeover},
	{Method: "GET", Path: "/:lang/mijn/overname/:token/naam", Kind: signup, Handler: (*Server).showTakeoverName},
	{Method: "POST", Path: "/:lang/mijn/overname/:token/naam", Kind: signup, Handler: (*Server).saveTakeoverName},
	{Method: "GET", Path: "/:lang/mijn/overname/:token/adres", Kind: signup, Handler: (*Server).showTakeoverAddress},
	{Method: "POST", Path: "/:lang/mijn/overname/:token/adres", Kind: signup, Handler: (*Server).saveTakeoverAddress},
	{Method: "GET", Path: "/:lang/mijn/overname/:token/ondertekenen", Kind: signup, Handler: (*Server).showTakeoverSign},
	{Method: "POST", Path: "/:lang/mijn/overname/:token/ondertekenen", Kind: signup, Handler: (*Server).signTakeover},
	{Method: "GET", Path: "/:lang/mijn/overname/:token/klaar", Kind: signup, Handler: (*Server).showTakenOver},

	{Method: "GET", Path: "/:lang/mijn", Kind: portal, Handler: (*Server).myCases},
	{Method: "GET", Path: "/:lang/mijn/:ref", Kind: portal, Handler: (*Server).myCase},
	{Method: "GET", Path: "/:lang/mijn/:ref/gegevens", Kind: portal, Handler: (*Server).myDetails},
	{Method: "GET", Path: "/:lang/mijn/:ref/gegevens/aanpassen", Kind: portal, Handler: (*Server).changeDetails},
	{Method: "POST", Path: "/:lang/mijn/:ref/gegevens/aanpassen", Kind: portal, Handler: (*Server).saveDetails},
	{Method: "POST", Path: "/:lang/mijn/:ref/download", Kind: portal, Handler: (*Server).downloadMine},

	{Method: "GET", Path: "/:lang/mijn/:ref/bewijs", Kind: portal, Handler: (*Server).myEvidence},
	{Method: "POST", Path: "/:lang/mijn/:ref/bewijs", Kind: portal, Upload: filesBytes, Handler: (*Server).sendEvidence},
	{Method: "POST", Path: "/:lang/mijn/:ref/bewijs/verklaring", Kind: portal, Handler: (*Server).declareEvidence},
	{Method: "GET", Path: "/:lang/mijn/:ref/bewijs/:eref/download", Kind: portal, Handler: (*Server).downloadEvidence},
	{Method: "GET", Path: "/:lang/mijn/:ref/bewijs/:eref/terug", Kind: portal, Handler: (*Server).retractPage},
	{Method: "POST", Path: "/:lang/mijn/:ref/bewijs/:eref/terug", Kind: portal, Handler: (*Server).retract},

	{Method: "GET", Path: "/:lang/mijn/:ref/vergoeding", Kind: portal, Handler: (*Server).myFee},
	{Method: "POST", Path: "/:lang/mijn/:ref/vergoeding", Kind: portal, Handler: (*Server).chooseFee},
	{Method: "GET", Path: "/:lang/mijn/:ref/vergoeding/ondertekenen", Kind: portal, Handler: (*Server).openFeeSign},
	{Method: "POST", Path: "/:lang/mijn/:ref/vergoeding/ondertekenen", Kind: portal, Handler: (*Server).signFee},
	{Method: "GET", Path: "/:lang/mijn/:ref/tekst/:text", Kind: portal, Handler: (*Server).textThen},

	{Method: "GET", Path: "/:lang/mijn/:ref/betalen", Kind: portal, Handler: (*Server).myPayments},
	{Method: "POST", Path: "/:lang/mijn/:ref/betalen", Kind: portal, Handler: (*Server).pay},
	{Method: "GET", Path: "/:lang/mijn/:ref/betaling/:payref", Kind: portal, Handler: (*Server).paidPage, Logs: "what Mollie answers is booked at once, whoever asks"},

	{Method: "GET", Path: "/:lang/mijn/:ref/toestemmingen", Kind: portal, Handler: (*Server).myConsents},
	{Method: "POST", Path: "/:lang/mijn/:ref/toestemmingen/:kind/aan", Kind: portal, Handler: (*Server).giveConsent},
	{Method: "POST", Path: "/:lang/mijn/:ref/toestemmingen/:kind/uit", Kind: portal, Handler: (*Server).withdrawConsent},

	{Method: "GET", Path: "/:lang/mijn/:ref/documenten", Kind: portal, Handler: (*Server).myDocuments},
	{Method: "GET", Path: "/:lang/mijn/:ref/documenten/volmacht", Kind: portal, Handler: (*Server).mandatePage},
	{Method: "GET", Path: "/:lang/mijn/:ref/documenten/volmacht.pdf", Kind: portal, Handler: (*Server).mandatePDF, Logs: "a paper that is given out is kept as it is"},
	{Method: "POST", Path: "/:lang/mijn/:ref/documenten/bewijspakket.zip", Kind: portal, Handler: (*Server).myPack},
	{Method: "GET", Path: "/:lang/mijn/:ref/documenten/ontvangstbewijs.json", Kind: portal, Handler: (*Server).receiptJSON},
	{Method: "GET", Path: "/:lang/mijn/:ref/documenten/specificatie.pdf", Kind: portal, Handler: (*Server).statementPDF},

	{Method: "GET", Path: "/:lang/mijn/:ref/uitbetaling", Kind: portal, Handler: (*Server).myPayout},
	{Method: "POST", Path: "/:lang/mijn/:ref/uitbetaling", Kind: portal, Handler: (*Server).setPayee},

	{Method: "GET", Path: "/:lang/mijn/:ref/stoppen", Kind: portal, Handler: (*Server).exitsPage},
	{Method: "GET", Path: "/:lang/mijn/:ref/stoppen/wissen", Kind: portal, Handler: (*Server).erasePage},
	{Method: "GET", Path: "/:lang/mijn/:ref/stoppen/wissen/bevestigen", Kind: portal, Handler: (*Server).eraseConfirmPage},
	{Method: "POST", Path: "/:lang/mijn/:ref/stoppen/wissen/bevestigen", Kind: portal, Handler: (*Server).erase},
	{Method: "GET", Path: "/:lang/mijn/:ref/stoppen/:exit", Kind: portal, Handler: (*Server).exitPage},
	{Method: "GET", Path: "/:lang/mijn/:ref/stoppen/:exit/bevestigen", Kind: portal, Handler: (*Server).exitConfirmPage},
	{Method: "POST", Path: "/:lang/mijn/:ref/stoppen/:exit/bevestigen", Kind: portal, Handler: (*Server).exit},
}
