package web

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/claims/letter"
	"samenclaim/internal/files"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// known says how each error of the domain looks from outside: the status, the
// key of the words, and the input it belongs to if the person can mend it
// ("*": the form as a whole). An error that is not here is ours: it is logged,
// and shown without detail.
var known = []struct {
	err    error
	status int
	key    string
	field  string
}{
	// everywhere
	{echo.ErrNotFound, http.StatusNotFound, "errors.not_found", ""},
	{claims.ErrNotFound, http.StatusNotFound, "errors.not_found", ""},
	{participants.ErrNotFound, http.StatusNotFound, "errors.not_found", ""},
	{payments.ErrNotFound, http.StatusNotFound, "errors.not_found", ""},
	{staff.ErrNotFound, http.StatusNotFound, "errors.not_found", ""},
	{claims.ErrWrongState, http.StatusConflict, "errors.wrong_state", ""},
	{participants.ErrWrongState, http.StatusConflict, "errors.wrong_state", ""},
	{payments.ErrWrongState, http.StatusConflict, "errors.wrong_state", ""},
	{claims.ErrSamePerson, http.StatusForbidden, "errors.same_person", ""},
	{payments.ErrSamePerson, http.StatusForbidden, "errors.same_person", ""},
	{errToken, http.StatusForbidden, "errors.token", ""},
	{errCrossSite, http.StatusForbidden, "errors.token", ""},
	{errForbidden, http.StatusForbidden, "errors.forbidden", ""},
	{errHost, http.StatusMisdirectedRequest, "errors.host", ""},
	{echo.ErrMethodNotAllowed, http.StatusMethodNotAllowed, "errors.method", ""},
	{echo.ErrStatusRequestEntityTooLarge, http.StatusRequestEntityTooLarge, "errors.too_large", ""},
	{claims.ErrClosed, http.StatusConflict, "errors.closed", ""},
	{participants.ErrNumberTaken, http.StatusServiceUnavailable, "errors.busy", ""},
	{payments.ErrProviderDown, http.StatusBadGateway, "errors.provider_down", ""},

	// sign-up and log-in
	{participants.ErrCodeExpired, http.StatusUnprocessableEntity, "errors.code_expired", "code"},
	{participants.ErrCodeTries, http.StatusUnprocessableEntity, "errors.code_tries", "code"},
	{participants.ErrCodeWrong, http.StatusUnprocessableEntity, "errors.code_wrong", "code"},
	{participants.ErrEmail, http.StatusUnprocessableEntity, "errors.email", "email"},
	{participants.ErrEmailTaken, http.StatusUnprocessableEntity, "mine.email.taken", "email"},
	{claims.ErrMandateTick, http.StatusUnprocessableEntity, "errors.mandate_tick", "mandate"},
	{claims.ErrAgreementTick, http.StatusUnprocessableEntity, "errors.agreement_tick", "agreement"},
	{claims.ErrTypedName, http.StatusUnprocessableEntity, "errors.typed_name", "name"},
	{claims.ErrFileType, http.StatusUnprocessableEntity, "errors.file_type", "file"},
	{claims.ErrFileSize, http.StatusUnprocessableEntity, "errors.file_size", "file"},
	{claims.ErrFileEmpty, http.StatusUnprocessableEntity, "errors.file_empty", "file"},
	{claims.ErrFileLocked, http.StatusUnprocessableEntity, "errors.file_locked", "file"},
	{claims.ErrPicture, http.StatusUnprocessableEntity, "errors.picture", "file"},
	{claims.ErrTooMany, http.StatusUnprocessableEntity, "errors.too_many", "file"},
	{claims.ErrSameFile, http.StatusUnprocessableEntity, "errors.same_file", "file"},
	{claims.ErrPages, http.StatusUnprocessableEntity, "portal.evidence.error.pages", "file"},
	{claims.ErrVirus, http.StatusUnprocessableEntity, "portal.evidence.error.virus", "file"},
	{claims.ErrQuarantine, http.StatusConflict, "errors.quarantine", ""},
	{errUpload, http.StatusUnprocessableEntity, "errors.upload", "file"},
	{files.ErrNoSpace, http.StatusInsufficientStorage, "errors.no_space", ""},
	{claims.ErrBusy, http.StatusUnprocessableEntity, "errors.sign_waits", "*"},
	{claims.ErrLatePrice, http.StatusUnprocessableEntity, "errors.late_price", "*"},
	{claims.ErrTextChanged, http.StatusUnprocessableEntity, "errors.text_changed", "*"},

	{staff.ErrLogin, http.StatusUnprocessableEntity, "staff.login_wrong", "password"},
	{staff.ErrTOTP, http.StatusUnprocessableEntity, "staff.code.wrong", "code"},
	{staff.ErrInvite, http.StatusGone, "staff.invite.gone", ""},
	{staff.ErrPasswordShort, http.StatusUnprocessableEntity, "staff.password.short", "password"},
	{staff.ErrPasswordLong, http.StatusUnprocessableEntity, "staff.password.long", "password"},
	{staff.ErrPasswordEasy, http.StatusUnprocessableEntity, "staff.password.easy", "password"},
	{staff.ErrExists, http.StatusUnprocessableEntity, "staff.email.exists", "email"},
	{staff.ErrEmail, http.StatusUnprocessableEntity, "errors.email", "email"},
	{staff.ErrName, http.StatusUnprocessableEntity, "staff.name.filled", "name"},
	{staff.ErrRole, http.StatusUnprocessableEntity, "staff.roles.min", "roles"},
	{staff.ErrSelf, http.StatusForbidden, "staff.self", ""},
	{staff.ErrDisabled, http.StatusConflict, "errors.wrong_state", ""},

	// takeover
	{participants.ErrKnown, http.StatusConflict, "errors.known", ""},
	{participants.ErrSameAccount, http.StatusUnprocessableEntity, "errors.same_account", "*"},
	{claims.ErrMoneyUnderWay, http.StatusConflict, "errors.money_under_way", ""},
	{claims.ErrLinkOver, http.StatusGone, "errors.link_over", ""},
	{claims.ErrTakeoverOpen, http.StatusConflict, "errors.wrong_state", ""},

	{participants.ErrWhom, http.StatusUnprocessableEntity, "report.whom.wrong", "number"},
	{participants.ErrDied, http.StatusUnprocessableEntity, "report.died.wrong", "died"},
	{claims.ErrDeathDate, http.StatusUnprocessableEntity, "case.takeover.date_wrong", "date"},
	{claims.ErrUntil, http.StatusUnprocessableEntity, "case.takeover.until_wrong", "until"},

	// portal
	{claims.ErrSameOption, http.StatusUnprocessableEntity, "portal.fee.option_same", "option"},
	{claims.ErrMessage, http.StatusUnprocessableEntity, "mine.message.text.filled", "text"},
	{claims.ErrMessagesToday, http.StatusUnprocessableEntity, "mine.message.today", "text"},
	{claims.ErrToldOn, http.StatusUnprocessableEntity, "mine.exit.told.day", "told"},
	{claims.ErrGround, http.StatusUnprocessableEntity, "rights.ground.filled", "ground"},
	{claims.ErrWords, http.StatusUnprocessableEntity, "rights.words.max", "words"},
	{claims.ErrReasonTold, http.StatusUnprocessableEntity, "rights.desk.reason.filled", "answer"},
	{claims.ErrNothingWrong, http.StatusUnprocessableEntity, "mistake.words.filled", "words"},
	{claims.ErrNoAnswer, http.StatusUnprocessableEntity, "mistake.desk.answer.filled", "answer"},
	{claims.ErrBothLanguages, http.StatusUnprocessableEntity, "mistake.desk.both", "correction_nl"},
	{claims.ErrDisclosure, http.StatusUnprocessableEntity, "disclosure.wrong", "*"},
	{claims.ErrAhead, http.StatusUnprocessableEntity, "disclosure.day.ahead", "day"},
	{claims.ErrCoolingOff, http.StatusConflict, "errors.wrong_state", ""},
	{claims.ErrNoCourt, http.StatusConflict, "errors.wrong_state", ""},
	{claims.ErrAwarded, http.StatusConflict, "errors.wrong_state", ""},
	{claims.ErrMoneyWaits, http.StatusConflict, "errors.wrong_state", ""},
	{claims.ErrFeeLocked, http.StatusConflict, "portal.fee_locked", ""},

	// case
	{claims.ErrReason, http.StatusUnprocessableEntity, "case.move_reason.filled", "reason"},
	{claims.ErrMoveProof, http.StatusUnprocessableEntity, "errors.move_proof", "document"},
	{claims.ErrNotFinal, http.StatusUnprocessableEntity, "errors.not_final", "final_on"},
	{claims.ErrBeforeDeadline, http.StatusConflict, "errors.before_deadline", ""},
	{claims.ErrOutageTime, http.StatusUnprocessableEntity, "outage.wrong", "to_time"},
	{claims.ErrOutageLong, http.StatusUnprocessableEntity, "outage.long", "to_time"},
	{claims.ErrProcessor, http.StatusUnprocessableEntity, "processor.wrong", "*"},
	{claims.ErrGuard, http.StatusUnprocessableEntity, "errors.guard", "to"},
	{claims.ErrRole, http.StatusForbidden, "errors.forbidden", ""},
	{claims.ErrMoveWaits, http.StatusUnprocessableEntity, "errors.move_waits", "*"},
	{claims.ErrLint, http.StatusUnprocessableEntity, "errors.lint", "*"},
	{claims.ErrLetterOpen, http.StatusUnprocessableEntity, "errors.letter_open", "*"},
	{claims.ErrNoLawyerKey, http.StatusUnprocessableEntity, "errors.no_lawyer_key", "*"},
	{letter.ErrCertificateTime, http.StatusUnprocessableEntity, "errors.certificate", "*"},
	{claims.ErrNoSignOff, http.StatusUnprocessableEntity, "errors.no_sign_off", "*"},
	{claims.ErrNobody, http.StatusUnprocessableEntity, "errors.nobody", "*"},
	{claims.ErrDeliveryTime, http.StatusUnprocessableEntity, "errors.delivery_time", "date"},
	{errNoSuchTime, http.StatusUnprocessableEntity, "errors.no_such_time", "date"},
	{claims.ErrChannel, http.StatusUnprocessableEntity, "case.letters.channel.oneof", "channel"},
	{claims.ErrNumbers, http.StatusUnprocessableEntity, "names.numbers.filled", "numbers"},
	{claims.ErrNotInAnnex, http.StatusUnprocessableEntity, "names.numbers.filled", "numbers"},
	{claims.ErrFact, http.StatusUnprocessableEntity, "facts.wrong", "*"},
	{claims.ErrFactGrade, http.StatusUnprocessableEntity, "facts.grade.oneof", "grade"},
	{claims.ErrFactChecked, http.StatusUnprocessableEntity, "facts.checked.wrong", "checked"},
	{claims.ErrFactURL, http.StatusUnprocessableEntity, "facts.url.wrong", "url"},
	{claims.ErrFactStale, http.StatusConflict, "errors.fact_stale", ""},
	{claims.ErrStep, http.StatusUnprocessableEntity, "docket.step.wrong", "step"},
	{claims.ErrStepDay, http.StatusUnprocessableEntity, "docket.day.wrong", "day"},
	{claims.ErrStepUntil, http.StatusUnprocessableEntity, "docket.until.wrong", "until"},
	{claims.ErrNamesPeople, http.StatusUnprocessableEntity, "docket.document.names", "proof"},
	{claims.ErrNoText, http.StatusUnprocessableEntity, "docket.document.text", "proof"},
	{claims.ErrClockDay, http.StatusUnprocessableEntity, "clock.day.wrong", "day"},
	{claims.ErrClockKind, http.StatusUnprocessableEntity, "clock.kind.oneof", "kind"},
	{claims.ErrClockNumber, http.StatusUnprocessableEntity, "clock.number.wrong", "number"},
	{claims.ErrProof, http.StatusUnprocessableEntity, "errors.proof", "proof"},
	{claims.ErrNextStep, http.StatusUnprocessableEntity, "case.news.field.filled", "*"},
	{claims.ErrEarliest, http.StatusUnprocessableEntity, "case.step.earliest_wrong", "earliest"},
	{claims.ErrNews, http.StatusUnprocessableEntity, "case.news.field.filled", "*"},
	{claims.ErrAudience, http.StatusUnprocessableEntity, "case.news.groups.min", "groups"},
	{claims.ErrNewsChanged, http.StatusUnprocessableEntity, "case.news.changed", "*"},
	{claims.ErrConsultation, http.StatusUnprocessableEntity, "consult.field.filled", "*"},
	{claims.ErrConsultationEnd, http.StatusUnprocessableEntity, "consult.end.wrong", "date"},
	{claims.ErrChoice, http.StatusUnprocessableEntity, "consult.choice.oneof", "choice"},
	{claims.ErrVoteLate, http.StatusUnprocessableEntity, "consult.late", "*"},
	{claims.ErrNote, http.StatusUnprocessableEntity, "reach.note.filled", "note"},
	{mailer.ErrUnsureMoved, http.StatusUnprocessableEntity, "unsure.moved", "*"},
	{mailer.ErrNoMailing, http.StatusNotFound, "errors.not_found", ""},
	{mailer.ErrMailingMoved, http.StatusConflict, "errors.wrong_state", ""},

	// money
	{claims.ErrTermsRecorded, http.StatusConflict, "money.error.terms_recorded", ""},
	{claims.ErrTerms, http.StatusUnprocessableEntity, "money.error.terms", "*"},
	{claims.ErrNoMoney, http.StatusUnprocessableEntity, "money.error.no_money", "*"},
	{claims.ErrStale, http.StatusUnprocessableEntity, "money.error.stale", "*"},
	{claims.ErrNobody, http.StatusUnprocessableEntity, "money.error.nobody", "*"},
	{payments.ErrNothingToPay, http.StatusUnprocessableEntity, "money.error.nothing_to_pay", "*"},
	{payments.ErrCloseDay, http.StatusUnprocessableEntity, "money.close.error.day", "*"},
	{payments.ErrCloseProposed, http.StatusUnprocessableEntity, "money.close.error.proposed", "*"},
	{payments.ErrNotReady, http.StatusUnprocessableEntity, "money.close.error.not_ready", "*"},
	{payments.ErrBooksBusy, http.StatusUnprocessableEntity, "money.close.error.busy", "*"},
	{payments.ErrNoYear, http.StatusNotFound, "errors.not_found", ""},
	{payments.ErrTotal, http.StatusUnprocessableEntity, "money.error.total", "total"},
	{payments.ErrHeld, http.StatusUnprocessableEntity, "money.error.held", "*"},
	{payments.ErrNames, http.StatusUnprocessableEntity, "money.error.names", "*"},
	{payments.ErrNamesUnknown, http.StatusUnprocessableEntity, "money.error.names_unknown", "*"},
	{payments.ErrListNewer, http.StatusUnprocessableEntity, "money.error.list_newer", "*"},
	{payments.ErrDayLimit, http.StatusUnprocessableEntity, "money.error.day_limit", "*"},
	{payments.ErrPeriodClosed, http.StatusConflict, "money.error.period_closed", ""},
	{payments.ErrReason, http.StatusUnprocessableEntity, "money.error.reason", "reason"},
	{payments.ErrNoReport, http.StatusUnprocessableEntity, "money.error.no_report", "file"},
	{payments.ErrOtherRun, http.StatusUnprocessableEntity, "money.error.other_run", "file"},
	{payments.ErrReportTwice, http.StatusUnprocessableEntity, "money.error.report_twice", "file"},
	{payments.ErrSanctionsList, http.StatusUnprocessableEntity, "money.error.sanctions_list", "file"},
	{payments.ErrLiftReason, http.StatusUnprocessableEntity, "mine.holds.reason.oneof", "reason"},
	{privacy.ErrNotFound, http.StatusNotFound, "errors.not_found", ""},
	{payments.ErrAccountChanged, http.StatusUnprocessableEntity, "money.error.account_changed", "*"},
	{payments.ErrPayeeTwice, http.StatusUnprocessableEntity, "money.error.payee_twice", "*"},
	{payments.ErrPayee, http.StatusUnprocessableEntity, "money.error.payee", "*"},
	{payments.ErrTampered, http.StatusConflict, "money.error.tampered", ""},
	{payments.ErrUntrusted, http.StatusUnprocessableEntity, "money.error.untrusted", "file"},
	{payments.ErrFileSize, http.StatusUnprocessableEntity, "money.error.file_size", "file"},
	{payments.ErrGap, http.StatusUnprocessableEntity, "money.error.gap", "*"},
	{payments.ErrNote, http.StatusUnprocessableEntity, "mollie.explain.missing", "note"},
	{payments.ErrNoToken, http.StatusUnprocessableEntity, "mollie.error.no_token", "*"},
	{payments.ErrNoMatch, http.StatusUnprocessableEntity, "money.error.no_match", "match"},
	{payments.ErrAlreadyBooked, http.StatusConflict, "money.error.already_booked", ""},
}

// mend says what a person can mend in the form, in their words, or nothing if err is not of that kind.
func (s *Server) mend(c echo.Context, err error) ui.Problems {
	t := s.words.T(lang(c))
	var bad problems
	if errors.As(err, &bad) {
		out := make(ui.Problems, len(bad))
		for i, p := range bad {
			out[i] = ui.Problem{Field: p.Field, Text: t(p.Key, p.Args...)}
		}
		return out
	}
	var code *participants.CodeError
	if errors.As(err, &code) {
		return ui.Problems{{Field: "code", Text: t("errors.code_left", code.Left)}}
	}
	var field *claims.NewsFieldError
	if errors.As(err, &field) {
		key := "case.news.field.unknown"
		if strings.HasPrefix(field.Text, "title") {
			key = "case.news.field.title"
		}
		return ui.Problems{{Field: field.Text, Text: t(key, "Field", field.Field(), "Known", newsFields(field.Text))}}
	}
	var missing *claims.NotInAnnexError
	if errors.As(err, &missing) {
		return ui.Problems{{Field: "numbers", Text: t("names.numbers.missing", "Numbers", shortList(missing.Numbers))}}
	}
	for _, k := range known {
		if k.field != "" && errors.Is(err, k.err) {
			field := k.field
			if field == "*" {
				field = ""
			}
			return ui.Problems{{Field: field, Text: t(k.key)}}
		}
	}
	return nil
}

// mostNamed is how many of a list an error names.
const mostNamed = 10

// shortList names the first of a list, as far as a sentence can hold them.
func shortList(all []string) string {
	words := make([]string, min(len(all), mostNamed))
	for i := range words {
		words[i] = all[i]
		if r := []rune(words[i]); len(r) > 40 {
			words[i] = string(r[:40]) + "…"
		}
	}
	list := strings.Join(words, ", ")
	if len(all) > mostNamed {
		list += " …"
	}
	return list
}

// fail shows an error. It is where every error of every page ends.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if errors.Is(err, errLogin) {
		s.sendToLogin(c)
		return
	}
	var elsewhere detour
	if errors.As(err, &elsewhere) {
		s.send303(c, elsewhere.Path)
		return
	}
	var busy *crowded
	if errors.As(err, &busy) {
		if err = s.showCrowd(c, busy); err == nil {
			return
		}
	}
	status, key, args := s.explain(c, err)
	if status >= http.StatusInternalServerError {
		s.log.ErrorContext(c.Request().Context(), "request failed", slog.String("request", seen(c).requestID), slog.String("route", c.Path()), slog.Any("err", err))
	}
	page := ui.ErrorPage{View: s.view(c, key+".title"), Text: seen(c).text(s, key+".text", args...)}
	if status == http.StatusInternalServerError {
		page.Code = seen(c).requestID
	}
	if err := s.show(c, status, ui.Error(page)); err != nil {
		s.log.ErrorContext(c.Request().Context(), "error page failed", slog.Any("err", err))
	}
}

// explain gives the status and the words of an error. A limit also says when it is over.
func (s *Server) explain(c echo.Context, err error) (status int, key string, args []any) {
	var often *limited
	if errors.As(err, &often) {
		wait := max(1, int(often.Until.Sub(s.now()).Round(time.Second)/time.Second))
		c.Response().Header().Set("Retry-After", strconv.Itoa(wait))
		v := ui.View{Lang: lang(c)}
		return http.StatusTooManyRequests, "errors.often", []any{"When", v.Moment(often.Until)}
	}
	if table.LockTimeout(err) { // a letter is sent, a payout prepared
		c.Response().Header().Set("Retry-After", "30")
		return http.StatusServiceUnavailable, "errors.waits", nil
	}
	for _, k := range known {
		if errors.Is(err, k.err) {
			if k.field != "" {
				return k.status, "errors.form", []any{"Text", s.words.T(lang(c))(k.key)}
			}
			return k.status, k.key, nil
		}
	}
	var he *echo.HTTPError
	if errors.As(err, &he) && he.Code >= 400 && he.Code < 500 {
		return he.Code, "errors.request", nil
	}
	return http.StatusInternalServerError, "errors.ours", nil
}

// sendToLogin sends somebody who is not logged in (any more) to where they can.
func (s *Server) sendToLogin(c echo.Context) {
	door, m := "/mijn/inloggen", s.mine
	if c.Get("sessions") == s.desk {
		door, m = "/beheer/inloggen", s.desk
	}
	if m == s.mine {
		s.keepNext(c)
	}
	if m.GetString(c.Request().Context(), keyLogin) != "" { // a log-in that has ended
		door += "?verlopen=ja"
	}
	s.send303(c, door)
}

func (s *Server) send303(c echo.Context, path string) {
	if err := s.to(c, path); err != nil {
		s.log.ErrorContext(c.Request().Context(), "redirect failed", slog.Any("err", err))
	}
}

// text is a text in the visitor's language.
func (v *visitor) text(s *Server, key string, args ...any) string {
	return s.words.T(v.lang)(key, args...)
}
