package ui

import (
	"strings"
	"testing"

	"github.com/a-h/templ"
)

// TestPortalPagesOfNothing renders every page of the portal with an empty view: no page needs what it may not have.
func TestPortalPagesOfNothing(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]templ.Component{
		"login": PortalLogin(PortalLoginPage{}), "code": PortalCode(PortalCodePage{}), "cases": PortalCases(PortalCasesPage{}), "home": PortalHome(PortalHomePage{}),
		"details": PortalDetails(PortalDetailsPage{Moving: "x"}), "email": PortalEmail(PortalEmailPage{}), "email, second code": PortalEmail(PortalEmailPage{New: true}), "details form": PortalDetailsForm(PortalDetailsFormPage{}), "security": PortalSecurity(PortalSecurityPage{Held: true, Logins: []PortalLoginRow{{EndURL: "/x"}}}), "exits": PortalExits(PortalExitsPage{}),
		"left": PortalExits(PortalExitsPage{Left: &PortalLeft{}}), "exit": PortalExit(PortalExitPage{View: View{Title: "x"}}), "exit confirm": PortalExitConfirm(PortalExitConfirmPage{View: View{Title: "x"}}),
		"erase": PortalErase(PortalErasePage{Stays: []PortalKept{{}}}), "erase confirm": PortalEraseConfirm(PortalEraseConfirmPage{Confirm: ConfirmPart{Sent: true}}), "erased": PortalErased(PortalErasedPage{}),
		"rights": PortalRights(PortalRightsPage{View: View{Title: "x"}}), "right": PortalRight(PortalRightPage{View: View{Title: "x"}}), "right form": PortalRightForm(PortalRightFormPage{View: View{Title: "x"}}),
		"request": PortalRequest(PortalRequestPage{View: View{Title: "x"}, Refused: true, Stop: "/x", Text: "x", Longer: "x", Answer: "x"}),
		"report":  Report(ReportPage{View: View{Title: "x"}}), "report code": ReportCode(ReportCodePage{View: View{Title: "x"}}), "reported": Reported(ReportedPage{View: View{Title: "x"}}),
		"evidence": PortalEvidence(PortalEvidencePage{}), "evidence open": PortalEvidence(PortalEvidencePage{Open: true, Items: []PortalEvidenceRow{{}}}),
		"messages": PortalMessages(PortalMessagesPage{}), "messages open": PortalMessages(PortalMessagesPage{Open: true, Messages: []MessageRow{{Text: "x"}}}), "retract": PortalEvidenceRetract(PortalEvidenceRetractPage{}), "fee": PortalFee(PortalFeePage{}), "sign": PortalFeeSign(PortalFeeSignPage{}),
		"text": PortalTextThen(PortalTextPage{}), "pay": PortalPay(PortalPayPage{}), "pay ready": PortalPay(PortalPayPage{State: "ready"}), "paid": PortalPaid(PortalPaidPage{}),
		"consents": PortalConsents(PortalConsentsPage{}), "documents": PortalDocuments(PortalDocumentsPage{}), "documents with letter": PortalDocuments(PortalDocumentsPage{Letter: &PortalLetter{}, ReceiptURL: "/x"}),
		"payout": PortalPayee(PortalPayeePage{}), "payout asked": PortalPayee(PortalPayeePage{Ask: true, Award: &PortalAward{}, Account: &PortalAccount{}, Transfers: []PortalTransferRow{{}}}),
	} {
		if html := render(t, page); strings.Count(html, "<h1") != 1 || !strings.Contains(html, `id="main"`) {
			t.Errorf("%s: %d first headings, want 1, and a main part", name, strings.Count(html, "<h1"))
		}
	}
}

func TestTextBlocks(t *testing.T) {
	t.Parallel()
	got := textBlocks("Eerst.\n\n## Kop\nErna.\n\n- een\n- twee\n\nLaatst.")
	want := []textBlock{{Paragraph: "Eerst."}, {Head: "Kop"}, {Paragraph: "Erna."}, {Items: []string{"een", "twee"}}, {Paragraph: "Laatst."}}
	if len(got) != len(want) {
		t.Fatalf("textBlocks = %+v, want %+v", got, want)
	}
	for i := range want {
		if got[i].Head != want[i].Head || got[i].Paragraph != want[i].Paragraph || strings.Join(got[i].Items, "|") != strings.Join(want[i].Items, "|") {
			t.Errorf("block %d = %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestFileSizes(t *testing.T) {
	t.Parallel()
	v := View{Lang: "nl", Translate: func(key string, args ...any) string {
		if key == "portal.evidence.point" {
			return ","
		}
		return args[1].(string) + " " + strings.TrimPrefix(key, "portal.evidence.")
	}}
	for bytes, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1 kilobytes", 999_999: "999 kilobytes", 1_250_000: "1,2 megabytes", 10_485_760: "10,4 megabytes"} {
		if got := fileSize(v, bytes); got != want {
			t.Errorf("fileSize(%d) = %q, want %q", bytes, got, want)
		}
	}
}
