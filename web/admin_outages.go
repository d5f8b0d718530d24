package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/internal/locale"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

const outagesDesk = "/beheer/storingen"

// outageForm is a time in which nobody could sign, as typed, in Dutch time.
type outageForm struct {
	FromDate string `form:"from_date" say:"outage.day"    validate:"filled"`
	FromTime string `form:"from_time" say:"outage.time"   validate:"filled"`
	ToDate   string `form:"to_date"   say:"outage.day"    validate:"filled"`
	ToTime   string `form:"to_time"   say:"outage.time"   validate:"filled"`
	Reason   string `form:"reason"    say:"outage.reason" validate:"filled,max=1000"`
}

// span reads both moments. What the clock showed twice, when it was set back, is meant as wide as it can be; what it
// never showed is refused.
func (f outageForm) span() (from, to time.Time, err error) {
	var bad problems
	if from, _, err = clockTime(f.FromDate, f.FromTime); err != nil {
		bad = append(bad, problem{"from_time", "errors.no_such_time", nil})
	}
	if _, to, err = clockTime(f.ToDate, f.ToTime); err != nil {
		bad = append(bad, problem{"to_time", "errors.no_such_time", nil})
	}
	if bad != nil {
		return from, to, bad
	}
	return from, to, nil
}

// clockTime is the first and the last moment at which a clock in the Netherlands shows a time; they differ in one hour a year.
func clockTime(date, clock string) (first, last time.Time, err error) {
	const form = "2006-01-02 15:04"
	typed := date + " " + clock
	at, err := time.ParseInLocation(form, typed, locale.Amsterdam())
	if err != nil || at.Format(form) != typed {
		return at, at, errNoSuchTime
	}
	first, last = at, at
	if early := at.Add(-time.Hour); early.Format(form) == typed {
		first = early
	}
	if late := at.Add(time.Hour); late.Format(form) == typed {
		last = late
	}
	return first, last, nil
}

// outages is the register of the times in which nobody could sign.
func (s *Server) outages(c echo.Context) error {
	return s.showOutages(c, http.StatusOK, outageForm{}, nil)
}

func (s *Server) showOutages(c echo.Context, status int, form outageForm, bad ui.Problems) error {
	ctx := c.Request().Context()
	all, err := s.claims.Outages(ctx)
	if err != nil {
		return err
	}
	held, err := s.claims.HeldDrafts(ctx)
	if err != nil {
		return err
	}
	cases, err := s.claims.Claims(ctx)
	if err != nil {
		return err
	}
	named := make(map[int64]claims.Claim, len(cases))
	for _, one := range cases {
		named[one.ID] = one
	}
	p := ui.OutagesPage{View: s.view(c, "outage.title", bad...), Bad: bad, MayRecord: s.member(c).May(staff.OutageRecord),
		FromDate: form.FromDate, FromTime: form.FromTime, ToDate: form.ToDate, ToTime: form.ToTime, Reason: form.Reason}
	p.URL = p.Href(outagesDesk)
	for _, o := range all {
		row := s.outageRow(c, p.View, o)
		for _, h := range held {
			if h.OutageID == o.ID {
				row.Drafts = append(row.Drafts, s.heldDrafts(c, p.View, named[h.ClaimID], h))
			}
		}
		p.Outages = append(p.Outages, row)
	}
	return s.show(c, status, ui.Outages(p))
}

func (s *Server) outageRow(c echo.Context, v ui.View, o claims.Outage) ui.OutageRow {
	row := ui.OutageRow{
		Title: v.T("outage.between", "From", v.Moment(o.BeganAt), "To", v.Moment(o.EndedAt)), Status: v.T("outage.counts"), Kind: "good",
		Facts: []ui.Definition{{Label: v.T("outage.minutes"), Value: v.Number(o.Minutes())}, {Label: v.T("outage.source"), Value: v.T("outage.source." + o.Source)}},
	}
	if o.Source == claims.OutageStaff {
		by := s.actorName(c, o.RecordedBy)
		if o.ApprovedBy != nil {
			by += " + " + s.actorName(c, *o.ApprovedBy)
		}
		row.Facts = append(row.Facts, ui.Definition{Label: v.T("outage.reason"), Value: o.Reason}, ui.Definition{Label: v.T("outage.by"), Value: by})
	}
	if o.CountedAt != nil {
		return row
	}
	row.Status, row.Kind = v.T("outage.waits"), "warn"
	row.Own = o.RecordedBy == s.member(c).Actor()
	if !row.Own && s.member(c).May(staff.OutageApprove) {
		row.ApproveURL = outageURL(v, o.ID, "goedkeuren")
	}
	if s.member(c).May(staff.OutageRecord) {
		row.DropURL = outageURL(v, o.ID, "intrekken")
	}
	return row
}

func outageURL(v ui.View, id int64, what string) string {
	return v.Href(outagesDesk + "/" + strconv.FormatInt(id, 10) + "/" + what)
}

// heldDrafts says how many drafts an outage held up in a claim, and offers to let them in.
func (s *Server) heldDrafts(c echo.Context, v ui.View, claim claims.Claim, h claims.HeldDrafts) ui.OutageDrafts {
	d := ui.OutageDrafts{Claim: claim.Name(v.Lang), Text: v.T("outage.drafts", "Waiting", v.Number(h.Waiting), "Admitted", v.Number(h.Admitted), "Signed", v.Number(h.Signed))}
	if h.Waiting > 0 && claim.TakesSignups() && s.member(c).May(staff.OutageRecord) {
		d.AdmitURL = outageURL(v, h.OutageID, "toelaten/"+claim.Slug)
	}
	return d
}

// recordOutage writes down a time in which nobody could sign, for a second person to see.
func (s *Server) recordOutage(c echo.Context) error {
	form, err := bind[outageForm](c)
	var from, to time.Time
	if err == nil {
		from, to, err = form.span()
	}
	if err == nil {
		err = s.claims.RecordOutage(c.Request().Context(), s.member(c).Actor(), from, to, form.Reason)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showOutages(c, http.StatusUnprocessableEntity, form, bad)
	}
	return s.outageDone(c, err, "outage.recorded")
}

// approveOutage has an outage count that somebody else entered.
func (s *Server) approveOutage(c echo.Context) error {
	id, err := outageID(c)
	if err == nil {
		err = s.claims.ApproveOutage(c.Request().Context(), s.member(c).Actor(), id)
	}
	return s.outageDone(c, err, "outage.approved")
}

// dropOutage takes back an outage that does not count yet.
func (s *Server) dropOutage(c echo.Context) error {
	id, err := outageID(c)
	if err == nil {
		err = s.claims.DropOutage(c.Request().Context(), s.member(c).Actor(), id)
	}
	return s.outageDone(c, err, "outage.dropped")
}

// admitDrafts lets in those whom an outage kept from signing in time.
func (s *Server) admitDrafts(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	id, err := outageID(c)
	if err == nil {
		_, err = s.claims.AdmitDrafts(c.Request().Context(), s.member(c).Actor(), id, claim.ID)
	}
	return s.outageDone(c, err, "outage.let_in")
}

func (s *Server) outageDone(c echo.Context, err error, key string) error {
	if err != nil {
		return err
	}
	s.flash(c, "success", seen(c).text(s, key))
	return s.to(c, outagesDesk)
}

func outageID(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0, claims.ErrNotFound
	}
	return id, nil
}
