package claims

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/payments"
)

var (
	// ErrBusy means that the foundation is sending a letter or closing the claim: for some seconds nobody can sign.
	ErrBusy = errors.New("nobody can sign while a letter is sent")
	// ErrClosed means that the claim takes no sign-ups (any more).
	ErrClosed = errors.New("the claim takes no sign-ups")
	// ErrTextChanged means that the text was replaced while it was being read: it has to be shown again.
	ErrTextChanged = errors.New("the text has changed since it was shown")
	// ErrMandateTick means that the box of the mandate is empty.
	ErrMandateTick = errors.New("the mandate was not ticked")
	// ErrAgreementTick means that the box of the agreement is empty.
	ErrAgreementTick = errors.New("the agreement was not ticked")
	// ErrTypedName means that the typed name is not the name of the sign-up.
	ErrTypedName = errors.New("the typed name differs")
	// ErrLatePrice means that the page said another price for signing late than counts now: it has to be shown again.
	ErrLatePrice = errors.New("the price for signing late is another than was shown")
	// ErrNotComplete means that a page of the sign-up is still open.
	ErrNotComplete = errors.New("the sign-up is not complete")
)

// SignForm is what the page of the signature sends.
type SignForm struct {
	MandateSHA256   string // hexadecimal, of the text that was shown
	AgreementSHA256 string
	MandateLabel    string // the words beside the box
	AgreementLabel  string
	MandateTicked   bool
	AgreementTicked bool
	TypedName       string
	RequestID       string
	IP              string
	UserAgent       string
	ReceivedAt      time.Time         // by the server, taken before anything else
	Watched         bool              // filled in on our pages: how long it took means something
	AmountsShown    map[string]string // what the page said the fee would be
	Examples        []string          // amounts that the page gave as examples
	Deadline        string            // what the page said of time running out
	ShownAt         time.Time         // when the page was made; zero: not known
	Session         string            // hexadecimal SHA-256 of the secret of the browser or the log-in
	LateCents       payments.Cents    // what the page said has to be paid ahead, because it is late
}

// Joined is a participation that was just signed.
type Joined struct {
	ParticipationID int64
	ParticipantID   int64
	Number          string
	Ref             string
	Late            bool           // the first letter is out without it
	LatePrice       payments.Cents // to be paid ahead before a letter covers it
}

// Sign makes a participation of a sign-up, in one transaction: person,
// participation, mandate, fee option, mail and log. Sent twice, it gives the same.
func (s *Service) Sign(ctx context.Context, claim Claim, token string, in SignForm) (Joined, error) {
	var out Joined
	err := s.numbered(ctx, func(tx *gorm.DB) error {
		now, err := joinable(ctx, tx, claim.ID)
		if err != nil {
			return err
		}
		su, err := participants.LockSignup(ctx, tx, s.vault, claim.ID, token)
		if err != nil {
			return err
		}
		if su.Status == participants.SignupSigned {
			out, err = joinedBefore(ctx, tx, *su.ParticipationID)
			return err
		}
		late, err := admissionOf(now, su, in)
		if err != nil {
			return err
		}
		record, err := s.record(ctx, tx, claim, su, in)
		if err != nil {
			return err
		}
		signed, err := participants.Sign(ctx, tx, s.vault, participants.Signing{Signup: su, Prefix: claim.NumberPrefix, Record: record, Marks: marks(su, in), LateCents: int64(late.price), Admitted: late.admitted})
		if err != nil {
			return err
		}
		out = Joined{ParticipationID: signed.ParticipationID, ParticipantID: signed.ParticipantID, Number: signed.Number, Ref: signed.Ref, LatePrice: late.price}
		return s.welcome(ctx, tx, su, out)
	})
	if err == nil {
		s.wake("mail")
	}
	return out, err
}

// numbered is transaction for what makes up numbers by chance. There are 29^7 of them: with a million
// people one sign-up in seventeen thousand meets a number that is taken, and draws another.
func (s *Service) numbered(ctx context.Context, fn func(tx *gorm.DB) error) error {
	err := s.transaction(ctx, fn)
	for n := 0; n < 3 && errors.Is(err, participants.ErrNumberTaken); n++ {
		err = s.transaction(ctx, fn)
	}
	return err
}

// admission is on what terms a signature is taken.
type admission struct {
	admitted bool           // an outage kept it from being in time: it counts as such
	price    payments.Cents // to be paid ahead, because it is late
}

// admissionOf refuses a signature that was received when the claim takes nobody, or whose page said another price.
func admissionOf(c Claim, su participants.Signup, in SignForm) (a admission, err error) {
	a.admitted = c.TooLate(in.ReceivedAt) && su.AdmittedAt(in.ReceivedAt)
	if !c.TakesSignups() || !c.OpenAt(in.ReceivedAt) && !a.admitted {
		return a, ErrClosed
	}
	if !a.admitted {
		a.price = c.LatePrice(in.ReceivedAt)
	}
	if a.price != in.LateCents {
		return a, ErrLatePrice
	}
	return a, nil
}

// joining is joinable for what is received at a moment, and refused if the claim takes nobody then.
func joining(ctx context.Context, tx *gorm.DB, claimID int64, received time.Time) error {
	c, err := joinable(ctx, tx, claimID)
	if err == nil && !c.OpenAt(received) {
		return ErrClosed
	}
	return err
}

// joinable keeps the annex from freezing until this signature is in or out, and
// returns what decides that of the claim. The locks are shared: people do not
// wait for each other, only for a freeze, and for whoever is closing the claim.
func joinable(ctx context.Context, tx *gorm.DB, claimID int64) (c Claim, err error) {
	err = tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock_shared(?, ?)`, lockJoining, claimID).Error
	if table.LockTimeout(err) {
		return c, ErrBusy
	}
	if err != nil {
		return c, err
	}
	err = tx.WithContext(ctx).Raw(`SELECT status, closes_at, cutoff_at, late_policy, late_price_cents FROM claims WHERE id = ? FOR KEY SHARE`, claimID).Row().
		Scan(&c.Status, &c.ClosesAt, &c.CutoffAt, &c.LatePolicy, &c.LatePriceCents)
	return c, err
}

// welcome ends a signature: the draft is done and its evidence moves along, and the person gets a mail.
func (s *Service) welcome(ctx context.Context, tx *gorm.DB, su participants.Signup, j Joined) error {
	if err := participants.FinishSignup(ctx, tx, su, j.ParticipationID); err != nil {
		return err
	}
	data := map[string]string{"Name": participants.FullName(su.Answers.FirstNames, su.Answers.Infix, su.Answers.LastName), "Number": j.Number, "Ref": j.Ref}
	if j.LatePrice > 0 {
		data["Late"] = "yes"
	}
	err := mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("welcome:%d", j.ParticipationID), To: su.Answers.Email, Lang: su.Lang, Template: "welcome", ParticipantID: j.ParticipantID, Data: data,
	})
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Participant(j.ParticipantID), "participation.signed", participationSubject(j.ParticipationID), nil)
}

func participationSubject(id int64) string { return fmt.Sprintf("participation:%d", id) }

func joinedBefore(ctx context.Context, tx *gorm.DB, id int64) (Joined, error) {
	p, err := participants.Find(ctx, tx, id)
	return Joined{ParticipationID: p.ID, ParticipantID: p.ParticipantID, Number: p.Number, Ref: p.Ref}, err
}

// record checks a signature and writes down what it rests on.
func (s *Service) record(ctx context.Context, tx *gorm.DB, claim Claim, su participants.Signup, in SignForm) (participants.Record, error) {
	a := su.Answers
	if step := FirstOpen(a, su.EmailProvenAt != nil); step != "" {
		return participants.Record{}, fmt.Errorf("%w: %s", ErrNotComplete, step)
	}
	email, err := participants.ParseEmail(a.Email)
	if err != nil {
		return participants.Record{}, err
	}
	r := participants.Record{
		Name: participants.FullName(a.FirstNames, a.Infix, a.LastName), Email: email.Shown, EmailProvenAt: *su.EmailProvenAt, ProvenBy: participants.ProvenByCode, Address: a.Address,
		FeeOption: a.FeeOption, Lang: su.Lang,
	}
	if r.Ward, err = wardOf(a, in.ReceivedAt); err != nil {
		return participants.Record{}, err
	}
	return s.signature(ctx, tx, claim, r, in)
}

// signature completes a record with what was shown and done on the page of the signature.
func (s *Service) signature(ctx context.Context, tx *gorm.DB, claim Claim, r participants.Record, in SignForm) (participants.Record, error) {
	texts, err := s.published(ctx, tx, claim.ID, r.Lang)
	if err != nil {
		return r, err
	}
	mandate, agreement := texts["mandate"], texts["agreement"]
	switch {
	case hex.EncodeToString(mandate.SHA256) != in.MandateSHA256 || hex.EncodeToString(agreement.SHA256) != in.AgreementSHA256:
		return r, ErrTextChanged
	case !in.MandateTicked:
		return r, ErrMandateTick
	case !in.AgreementTicked:
		return r, ErrAgreementTick
	case !sameName(in.TypedName, r.Name):
		return r, ErrTypedName
	}
	in.seal(&r, mandate, agreement, texts["privacy"])
	return r, nil
}

// marks are what a sign-up shows of how it was made.
func marks(su participants.Signup, in SignForm) []string {
	var found []string
	if su.Answers.Trapped {
		found = append(found, MarkTrap)
	}
	if in.Watched && in.ReceivedAt.Sub(su.CreatedAt) < humanTime {
		found = append(found, MarkFast)
	}
	return found
}

// sameName compares a typed name with the name of the sign-up: capitals, spaces and first names in full or not make no difference.
func sameName(typed, name string) bool {
	fold := cases.Fold()
	t, n := strings.Fields(fold.String(typed)), strings.Fields(fold.String(name))
	return len(t) > 0 && slices.Equal(t, n)
}

// steps are the pages of the sign-up that have to be answered before
// signing, in order, and how to tell that one is.
var steps = []struct {
	Page string
	Done func(a participants.Answers, proven bool) bool
}{
	{"gebruik", func(a participants.Answers, _ bool) bool { return a.Used == "yes" }},
	{"leeftijd", func(a participants.Answers, _ bool) bool { return a.Adult != "" }},
	{"relatie", func(a participants.Answers, _ bool) bool { return !a.ForChild() || a.Ward.Capacity != "" }},
	{"kind", func(a participants.Answers, _ bool) bool { return !a.ForChild() || a.Ward.Born != "" }},
	{"land", func(a participants.Answers, _ bool) bool { return a.Country != "" }},
	{"e-mail", func(a participants.Answers, _ bool) bool { return a.Email != "" }},
	{"code", func(_ participants.Answers, proven bool) bool { return proven }},
	{"naam", func(a participants.Answers, _ bool) bool { return a.FirstNames != "" && a.LastName != "" }},
	{"adres", func(a participants.Answers, _ bool) bool { return a.Address.City != "" }},
	{"periode", func(a participants.Answers, _ bool) bool { return a.UsedFor != "" }},
	{"bewijs", func(a participants.Answers, _ bool) bool { return a.Evidence != "" }},
	{"vergoeding", func(a participants.Answers, _ bool) bool { return FeeOption(a.FeeOption).Valid() }},
}

// FirstOpen returns the first page of the sign-up that is not answered yet, or "".
func FirstOpen(a participants.Answers, proven bool) string {
	for _, s := range steps {
		if !s.Done(a, proven) {
			return s.Page
		}
	}
	return ""
}

// Pages are the pages of the sign-up that come before the check of the answers, in order.
func Pages() []string {
	pages := make([]string, len(steps))
	for i, s := range steps {
		pages[i] = s.Page
	}
	return pages
}

// OnlyForChild reports whether a page is asked of guardians only.
func OnlyForChild(page string) bool { return page == "relatie" || page == "kind" }

// SetConsents gives the optional consents of the page after the signature. Empty boxes give none.
func (s *Service) SetConsents(ctx context.Context, claim Claim, token string, kinds []string) error {
	su, err := s.people.Signup(ctx, claim.ID, token)
	if err != nil {
		return err
	}
	if su.ParticipationID == nil {
		return ErrNotComplete
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		p, err := participants.Find(ctx, tx, *su.ParticipationID)
		if err != nil {
			return err
		}
		for _, kind := range kinds {
			texts, err := s.published(ctx, tx, claim.ID, su.Lang)
			if err != nil {
				return err
			}
			t, ok := texts["consent_"+kind]
			if !ok {
				return ErrNotFound
			}
			if err := participants.GiveConsent(ctx, tx, audit.Participant(p.ParticipantID), p.ID, kind, t.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// currentTexts returns the current versions of a few texts, by key.
func currentTexts(ctx context.Context, db *gorm.DB, claimID int64, lang string, keys ...string) (map[string]participants.Text, error) {
	var rows []participants.Text
	err := db.WithContext(ctx).Raw(`SELECT DISTINCT ON (key) id, kind, key, lang, version, title, body, source, source_date, sha256, published_at
		FROM texts WHERE claim_id = ? AND lang = ? AND key IN ? AND published_at <= ? ORDER BY key, published_at DESC, id DESC`,
		claimID, lang, keys, db.NowFunc()).Scan(&rows).Error
	texts := make(map[string]participants.Text, len(rows))
	for _, t := range rows {
		texts[t.Key] = t
	}
	return texts, err
}

// seal puts in a record what was shown and done.
func (in SignForm) seal(r *participants.Record, mandate, agreement, privacy participants.Text) {
	r.Mandate, r.Agreement, r.TypedName, r.AmountsShown = shown(mandate), shown(agreement), in.TypedName, in.AmountsShown
	r.Privacy = shown(privacy)
	r.Privacy.Body = "" // linked, not shown
	r.Examples, r.Deadline, r.Session = in.Examples, in.Deadline, in.Session
	if !in.ShownAt.IsZero() {
		r.ShownAt = &in.ShownAt
	}
	r.Controls = []participants.Control{
		{Label: in.MandateLabel, Default: "empty", Done: "ticked"},
		{Label: in.AgreementLabel, Default: "empty", Done: "ticked"},
		{Label: "name", Default: "empty", Done: "typed"},
	}
	r.ReceivedAt, r.IP, r.UserAgent, r.RequestID = in.ReceivedAt, in.IP, in.UserAgent, in.RequestID
}
