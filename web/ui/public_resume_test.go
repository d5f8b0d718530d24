package ui

import (
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func TestPagesOfTheSignUpOfNothing(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]templ.Component{
		"go on": Resume(ResumePage{}), "code to go on": ResumeCode(ResumeCodePage{}), "link": MailLink(MailLinkPage{Works: true}), "dead link": MailLink(MailLinkPage{}),
		"puzzle": Crowd(CrowdPage{Puzzle: "{}"}), "line": Crowd(CrowdPage{}), "fees": Fees(FeesPage{}), "fees reckoned": Fees(FeesPage{Helper: FeeHelperProps{Result: &FeeCompareProps{}}}),
		"saved": JoinLater(JoinLaterPage{}), "start": JoinStart(JoinStartPage{}), "email": JoinEmail(JoinEmailPage{}), "code": JoinCode(JoinCodePage{}), "fee": JoinFee(JoinFeePage{}),
	} {
		if html := render(t, page); strings.Count(html, "<h1") != 1 || !strings.Contains(html, `id="main"`) {
			t.Errorf("%s: %d first headings, want 1, and a main part", name, strings.Count(html, "<h1"))
		}
	}
}
