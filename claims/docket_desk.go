package claims

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/poppler"
	"samenclaim/internal/table"
)

var (
	// ErrStep means that this step cannot follow on what was recorded, or needs an organisation.
	ErrStep = errors.New("this step cannot be recorded now")
	// ErrStepDay means that a step cannot be of this day.
	ErrStepDay = errors.New("a step has happened, and not before the one it follows on")
	// ErrStepUntil means that the last day is too early or too late.
	ErrStepUntil = errors.New("the last day of this period is too early or too late")
	// ErrNamesPeople means that the copy for the register names people; a NamesPeopleError tells how many.
	ErrNamesPeople = errors.New("the copy for the central register names people")
	// ErrNoText means that a copy for the register can't be read.
	ErrNoText = errors.New("the copy for the central register is a PDF with text")
)

// docketDrain tells the log of days that come near.
const docketDrain = "docket"

// follows says which step has to stand there before another.
var follows = map[Step]Step{Registered: Served, Prolonged: Registered, Exclusive: Registered, OptOut: Exclusive, OptIn: Exclusive, SecondOptOut: Exclusive}

// RecordStep writes down a step of the collective action, with its document. The writ also interrupts limitation for who had signed.
// What is registered may name no natural persons: a copy that names one of those who answer for the foundation is refused. Sent twice it is one entry.
func (s *Service) RecordStep(ctx context.Context, by audit.Actor, claimID int64, e Entry) error {
	note, err := reasonOf(e.Note)
	if err != nil {
		return err
	}
	media, ok := sniffProof(e.Document)
	if !ok {
		return ErrProof
	}
	if e.Step == Registered {
		if err := s.namesNobody(ctx, media, e.Document); err != nil {
			return err
		}
	}
	hash := sha256.Sum256(e.Document)
	defer s.docket.forget()
	return s.afterwards(ctx, docketDrain, func(tx *gorm.DB) error {
		c, err := lockClaim(ctx, tx, claimID)
		if err != nil {
			return err
		}
		before, err := docketEntries(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(b Entry) bool { return b.RequestID == e.RequestID }) {
			return nil // sent twice
		}
		if err := e.possible(c, before, tx.NowFunc()); err != nil {
			return err
		}
		row := Entry{ClaimID: claimID, Step: e.Step, OnDay: e.OnDay, Until: e.Until, Organisation: oneLine(e.Organisation), Note: note, DocumentType: media, DocumentSHA256: hash[:], RecordedBy: by, RecordedAt: tx.NowFunc(), RequestID: e.RequestID}
		if row.Document, err = s.vault.Seal(e.Document, aboutDocket); err != nil {
			return err
		}
		if err := table.Of[Entry](tx).Create(ctx, &row); err != nil {
			return err
		}
		if e.Step == Served {
			if err := s.interrupt(ctx, tx, by, row, e.Document); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, "docket.recorded", claimSubject(claimID), map[string]any{"entry": row.ID, "step": row.Step, "on": row.OnDay.Format(time.DateOnly)})
	})
}

const aboutDocket = "docket_entries.document"

// interrupt makes the writ count for limitation; a writ recorded before, which this one corrects, no longer does.
func (s *Service) interrupt(ctx context.Context, tx *gorm.DB, by audit.Actor, e Entry, document []byte) error {
	var before int64
	err := tx.WithContext(ctx).Raw(`SELECT coalesce(max(f.id), 0)`+standing+` AND f.claim_id = ? AND f.request_id LIKE 'docket:%'`, e.ClaimID).Scan(&before).Error
	if err != nil {
		return err
	}
	if before != 0 {
		withdrawal := ClockFact{ClaimID: e.ClaimID, Kind: factWithdrawal, OnDay: locale.Today(tx.NowFunc()), Note: "docket", Withdraws: &before, RecordedBy: by, RecordedAt: tx.NowFunc(), RequestID: fmt.Sprintf("withdraws:%d", before)}
		if err := table.Of[ClockFact](tx).Create(ctx, &withdrawal); err != nil {
			return err
		}
	}
	sealed, err := s.vault.Seal(document, aboutClock)
	if err != nil {
		return err
	}
	f := ClockFact{ClaimID: e.ClaimID, Kind: string(ByWrit), OnDay: e.OnDay, Note: e.Note, Document: sealed, DocumentType: &e.DocumentType, DocumentSHA256: e.DocumentSHA256, RecordedBy: by, RecordedAt: tx.NowFunc(), RequestID: "docket:" + e.RequestID}
	if err := table.Of[ClockFact](tx, clause.OnConflict{DoNothing: true}).Create(ctx, &f); err != nil {
		return err
	}
	return recordClock(ctx, tx, by, f, "limitation.recorded")
}

// possible refuses a step that cannot be, or not on that day.
func (e Entry) possible(c Claim, before []Entry, now time.Time) error {
	last := func(s Step) *Entry {
		for i := len(before) - 1; i >= 0; i-- {
			if before[i].Step == s {
				return &before[i]
			}
		}
		return nil
	}
	on := last(follows[e.Step])
	period := slices.Contains([]Step{OptOut, OptIn, SecondOptOut}, e.Step)
	switch {
	case !slices.Contains(DocketSteps, e.Step) || e.RequestID == "" || c.Status == Draft || follows[e.Step] != "" && on == nil:
		return ErrStep
	case (e.Step == Exclusive) != (oneLine(e.Organisation) != "") || len(e.Organisation) > 200:
		return ErrStep
	case e.OnDay.Before(c.PeriodFrom) || e.OnDay.After(locale.Today(now)) || on != nil && e.OnDay.Before(on.OnDay):
		return ErrStepDay
	case (e.Until != nil) != (period || e.Step == Prolonged):
		return ErrStepUntil
	case period && e.Until.Before(months(e.OnDay, optMonths)):
		return ErrStepUntil
	case e.Step == Prolonged && (e.Until.After(months(on.OnDay, longestProlonged)) || !e.Until.After(months(on.OnDay, 3))):
		return ErrStepUntil
	}
	return nil
}

// namesNobody reads the copy for the register and refuses it if it names who answers for the foundation.
func (s *Service) namesNobody(ctx context.Context, media string, document []byte) error {
	if media != "application/pdf" {
		return ErrNoText
	}
	if !poppler.Installed() {
		return nil // whoever records it has read it
	}
	text, err := poppler.Text(ctx, document)
	if err != nil || strings.TrimSpace(text) == "" {
		return ErrNoText
	}
	f, err := s.Foundation(ctx)
	if err != nil {
		return err
	}
	text = strings.ToLower(oneLine(text))
	names := []string{f.SignatoryName}
	for _, p := range f.PeopleList() {
		names = append(names, p.Name)
	}
	if slices.ContainsFunc(names, func(n string) bool { n = strings.ToLower(oneLine(n)); return n != "" && strings.Contains(text, n) }) {
		return ErrNamesPeople
	}
	return nil
}

// docketEntries reads the docket of a claim without its documents, in the order in which it was recorded.
func docketEntries(ctx context.Context, tx *gorm.DB, claimID int64) ([]Entry, error) {
	return table.Of[Entry](tx).Where("claim_id = ?", claimID).Omit("document").Order("id").Find(ctx)
}

// Docket is what was recorded of the collective action of a claim, in order, and the days that follow from it.
func (s *Service) Docket(ctx context.Context, claimID int64) ([]Entry, []Deadline, error) {
	entries, err := docketEntries(ctx, s.db, claimID)
	return entries, deadlines(entries), err
}

// DocketDocument opens the document of a step; the log keeps who looked.
func (s *Service) DocketDocument(ctx context.Context, by audit.Actor, claimID, id int64) (e Entry, document []byte, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		if e, err = take(ctx, table.Of[Entry](tx).Where("id = ? AND claim_id = ?", id, claimID)); err != nil {
			return err
		}
		if document, err = s.vault.Unseal(e.Document, aboutDocket); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "docket.document_viewed", claimSubject(claimID), map[string]any{"entry": id})
	})
	return e, document, err
}

// DocketDue lists the days of which staff are reminded now, in all claims that are not decided, the first first. It can be a minute old.
func (s *Service) DocketDue(ctx context.Context) ([]Deadline, error) {
	return s.docket.get(s.db.NowFunc(), func() ([]Deadline, error) { return docketDue(ctx, s.db) })
}

func docketDue(ctx context.Context, tx *gorm.DB) (due []Deadline, err error) {
	entries, err := table.Of[Entry](tx).Where("claim_id IN (SELECT id FROM claims WHERE ended_at IS NULL)").Omit("document").Order("claim_id, id").Find(ctx)
	if err != nil {
		return nil, err
	}
	byClaim := map[int64][]Entry{}
	for _, e := range entries {
		byClaim[e.ClaimID] = append(byClaim[e.ClaimID], e)
	}
	for _, of := range byClaim {
		for _, d := range deadlines(of) {
			if d.Due(tx.NowFunc()) {
				due = append(due, d)
			}
		}
	}
	slices.SortFunc(due, func(a, b Deadline) int {
		return cmp.Or(a.DueOn.Compare(b.DueOn), cmp.Compare(a.ClaimID, b.ClaimID), cmp.Compare(a.Term, b.Term))
	})
	return due, nil
}

// drainDocket tells the log, once each, of the days of which staff are reminded.
func (s *Service) drainDocket(ctx context.Context) (more bool, err error) {
	defer s.docket.forget()
	return false, s.transaction(ctx, func(tx *gorm.DB) error {
		due, err := docketDue(ctx, tx)
		if err != nil {
			return err
		}
		for _, d := range due {
			done := tx.WithContext(ctx).Exec(`INSERT INTO docket_reminders (claim_id, term, due_on, told_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, d.ClaimID, d.Term, d.DueOn.Format(time.DateOnly), tx.NowFunc())
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected == 0 {
				continue
			}
			if err := audit.Record(ctx, tx, audit.System("docket"), "docket.near", claimSubject(d.ClaimID), map[string]any{"term": d.Term, "due_on": d.DueOn.Format(time.DateOnly)}); err != nil {
				return err
			}
		}
		return nil
	})
}
