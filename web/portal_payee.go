package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/bank"
	"samenclaim/web/ui"
)

// longestHolder is how long a name in a SEPA payment may be.
const longestHolder = 70

type payeeForm struct {
	IBAN   string `form:"iban"`
	Holder string `form:"holder"`
}

// myPayout shows what somebody gets, and asks where to send it once there is money.
func (s *Server) myPayout(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	return s.myPayoutPage(c, o, http.StatusOK, payeeForm{}, ui.ConfirmPart{}, nil)
}

// setPayee writes down where the money goes, once a code from the mail confirms
// it; the person is told by mail each time.
func (s *Server) setPayee(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	if !o.asksPayee() {
		return participants.ErrWrongState
	}
	form, err1 := bind[payeeForm](c)
	last, err2 := bind[confirmForm](c)
	err, sent := errors.Join(err1, err2), false
	if err == nil {
		sent, err = s.keepPayee(c, o, form, last)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.myPayoutPage(c, o, http.StatusUnprocessableEntity, form, confirmPart(last, bad, false), bad)
	}
	if err != nil {
		return err
	}
	if sent {
		return s.myPayoutPage(c, o, http.StatusOK, form, confirmPart(last, nil, true), nil)
	}
	return s.to(c, o.path("/uitbetaling"))
}

// keepPayee checks the account, asks for the code and keeps it. The same account
// again is not a change: nobody waits seven days for pressing a button twice.
// sent: a code is on its way, and nothing was kept yet.
func (s *Server) keepPayee(c echo.Context, o ownCase, form payeeForm, last confirmForm) (sent bool, err error) {
	ctx := c.Request().Context()
	iban, holder, err := s.typedPayee(c, form)
	if err != nil {
		return false, err
	}
	old, err := s.people.Payee(ctx, o.part.ID)
	switch {
	case err == nil && o.part.Status == participants.Payable && old.IBAN == iban && old.Holder == holder:
		return false, nil
	case err != nil && !errors.Is(err, participants.ErrNotFound):
		return false, err
	}
	if sent, err := s.confirmed(c, o, last); sent || err != nil {
		return sent, err
	}
	if err := s.claims.SetPayee(ctx, o.by(), o.part.ID, iban, holder); err != nil {
		return false, err
	}
	s.wake(mailer.DrainName)
	text := seen(c).text(s, "portal.payee.saved")
	if now, err := s.people.Payee(ctx, o.part.ID); err == nil && now.UsableFrom.After(s.now()) {
		v := ui.View{Lang: lang(c)}
		text = seen(c).text(s, "portal.payee.saved_waits", "When", v.Moment(now.UsableFrom))
	}
	s.flash(c, "success", text)
	return false, nil
}

// typedPayee is the account in a form, checked; what is wrong is named all at once.
func (s *Server) typedPayee(c echo.Context, form payeeForm) (iban participants.IBAN, holder string, err error) {
	f, err := s.claims.Foundation(c.Request().Context())
	if err != nil {
		return "", "", err
	}
	iban, bad := payeeIBAN(form.IBAN, participants.IBAN(f.IBAN))
	holder, err = participants.CleanText(form.Holder, longestHolder)
	if err == nil && holder == "" {
		err = participants.ErrNameEmpty
	}
	if bad = append(bad, saying("holder", "portal.payee.holder", err)...); len(bad) > 0 {
		return "", "", bad
	}
	return iban, holder, nil
}

// ibanProblems are the words for what can be wrong with an account number.
var ibanProblems = []struct {
	err error
	key string
}{
	{participants.ErrIBANEmpty, "portal.payee.error.empty"},
	{participants.ErrIBANCharacters, "portal.payee.error.characters"},
	{participants.ErrIBANCountry, "portal.payee.error.country"},
	{participants.ErrIBANLength, "portal.payee.error.length"},
	{participants.ErrIBANStructure, "portal.payee.error.structure"},
	{participants.ErrIBANOwn, "portal.payee.error.own"},
	{participants.ErrIBANCheck, "portal.payee.error.check"},
	{participants.ErrIBAN, "portal.payee.error.check"},
}

// payeeIBAN checks an account number that a SEPA transfer can reach; nobody is paid on the account that pays.
func payeeIBAN(typed string, own participants.IBAN) (participants.IBAN, problems) {
	iban, err := participants.ParseIBAN(typed, own)
	for _, p := range ibanProblems {
		if errors.Is(err, p.err) {
			return iban, wrong("iban", p.key)
		}
	}
	if !iban.SEPA() {
		return iban, wrong("iban", "portal.payee.error.sepa")
	}
	return iban, nil
}

// asksPayee reports whether an account can be given or changed now.
func (o ownCase) asksPayee() bool {
	return o.part.Status == participants.PayeePending || o.part.Status == participants.Payable
}

func (s *Server) myPayoutPage(c echo.Context, o ownCase, status int, form payeeForm, confirm ui.ConfirmPart, bad ui.Problems) error {
	ctx := c.Request().Context()
	award, err1 := s.claims.AwardOf(ctx, o.part.ID)
	_, _, payouts, err2 := s.claims.MoneyOf(ctx, o.part)
	account, err3 := s.people.Payee(ctx, o.part.ID)
	known := err3 == nil
	if errors.Is(err3, participants.ErrNotFound) {
		err3 = nil
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.payee.title", bad...)
	p := ui.PortalPayeePage{
		View: v, Bad: bad, Kind: "info", Status: v.T("portal.payee.nothing_title"), Text: v.T("portal.payee.nothing"),
		Ask: o.asksPayee(), Change: known, Action: v.Href(o.path("/uitbetaling")), IBAN: form.IBAN, Holder: form.Holder, Confirm: confirm, Transfers: transferRows(v, payouts),
	}
	if p.Ask {
		if p.Note, err1 = s.payeeNote(c, o); err1 != nil {
			return err1
		}
		if !known && form == (payeeForm{}) {
			p.Holder = o.person.Name()
		}
	}
	if award != nil {
		st := standing(v, o, award)
		p.Kind, p.Status, p.Text = st.Kind, st.Title, st.Text
		p.Award, p.StatementPDF = awardOf(v, o.claim, *award), v.Href(o.path("/documenten/specificatie.pdf"))
		lastTransfer(&p, o, payouts)
	}
	if known {
		p.Account = &ui.PortalAccount{Masked: account.IBAN.Masked(), Holder: account.Holder, UsableFrom: account.UsableFrom, Waits: account.UsableFrom.After(s.now())}
	}
	return s.show(c, status, ui.PortalPayee(p))
}

// lastTransfer says what became of the last transfer, where that tells more than the state.
func lastTransfer(p *ui.PortalPayeePage, o ownCase, payouts []payments.Payout) {
	if len(payouts) == 0 {
		return
	}
	amount := p.Euro(int64(payouts[0].AmountCents))
	switch {
	case o.part.Status == participants.PayeePending && payouts[0].Status == "returned":
		p.Kind, p.Status, p.Text, p.Again = "warn", p.T("portal.payee.returned_title"), p.T("portal.payee.returned", "Amount", amount), true
		if why := bank.ReasonOf(payouts[0].ReturnReason, p.Lang); why.Action == bank.AskAccount { // the other reasons are for staff to tell
			p.Text += " " + p.T("portal.payee.reason", "Reason", why.Meaning)
		}
	case o.part.Status == participants.InRun && payouts[0].Status == "sent":
		p.Text = p.T("portal.payee.sent", "Amount", amount)
	}
}

// payeeNote says why the account is asked for, at the moment it is.
func (s *Server) payeeNote(c echo.Context, o ownCase) (string, error) {
	texts, err := s.claims.Texts(c.Request().Context(), o.claim.ID, lang(c))
	return texts["note_payee"].Body, err
}

func awardOf(v ui.View, c claims.Claim, a claims.Award) *ui.PortalAward {
	return &ui.PortalAward{
		Gross: int64(a.GrossCents), Fee: int64(a.FeeCents), VAT: int64(a.VatCents), Net: int64(a.NetCents), Prepaid: int64(a.PrepaidCents),
		Payout: int64(a.PayoutCents), FeeWords: feeWords(v, c, a.FeeOption),
	}
}

// transferRows are the transfers with their true states: what the bank told us, not what we hope.
func transferRows(v ui.View, payouts []payments.Payout) (rows []ui.PortalTransferRow) {
	kinds := map[string]string{"booked": "good", "returned": "bad", "cancelled": "neutral"}
	for _, p := range payouts {
		row := ui.PortalTransferRow{Kind: "info", State: v.T("portal.payee.transfer_" + p.Status), Amount: int64(p.AmountCents), Reference: p.EndToEndID}
		if kind, ok := kinds[p.Status]; ok {
			row.Kind = kind
		}
		row.When = latest(p.BookedAt, p.ReturnedAt)
		rows = append(rows, row)
	}
	return rows
}

// latest is the last of some moments that may not have come yet.
func latest(moments ...*time.Time) (last time.Time) {
	for _, at := range moments {
		if at != nil && at.After(last) {
			last = *at
		}
	}
	return last
}
