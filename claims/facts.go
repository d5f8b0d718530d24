package claims

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

var (
	// ErrFact means that a fact lacks a statement or a source in one of the languages, or holds what cannot be shown.
	ErrFact = errors.New("a fact needs its statement and source in both languages")
	// ErrFactGrade means that a grade is none of FactGrades.
	ErrFactGrade = errors.New("this is no grade of a fact")
	// ErrFactChecked means that a fact cannot have been checked on this day.
	ErrFactChecked = errors.New("a fact was checked on a day that has been")
	// ErrFactURL means that a source has no address that can be opened.
	ErrFactURL = errors.New("the address of a source begins with https://")
	// ErrFactStale means that somebody corrected the fact in the meantime.
	ErrFactStale = errors.New("there is a newer version of this fact")
)

// FactGrades are how far a fact can be relied on, the least first.
var FactGrades = []string{"reported", "self-declared", "verified"}

// LibraryFact is one version of a statement about what happened, with its source. Nothing of it changes;
// a correction is the next version.
type LibraryFact struct {
	ID          int64
	ClaimID     int64
	Code        string // F01: what letters and pages refer to
	Version     int
	StatementNL string `gorm:"column:statement_nl"`
	StatementEN string `gorm:"column:statement_en"`
	Quote       string // what the source says itself, in its own language; may be empty
	SourceNL    string `gorm:"column:source_nl"`
	SourceEN    string `gorm:"column:source_en"`
	SourceURL   string `gorm:"column:source_url"`
	WhenNL      string `gorm:"column:when_nl"` // of the source, in words
	WhenEN      string `gorm:"column:when_en"`
	Grade       string
	CheckedOn   time.Time // when somebody last held it against its source
	Background  bool      // not for the letter
	Withdrawn   bool      // from this version on it is no longer said
	Reason      string    // why it differs from the version before
	Imported    bool      // came with the file of the claim
	WrittenBy   audit.Actor
	WrittenAt   time.Time
	PublishedBy *audit.Actor
	PublishedAt *time.Time
	RequestID   string // marks a form: sent twice it is one version
}

// TableName is where the facts stand.
func (LibraryFact) TableName() string { return "facts" }

// Statement is what is said, in a language.
func (f LibraryFact) Statement(lang string) string {
	return inLanguage(lang, f.StatementNL, f.StatementEN)
}

// Source is where it comes from, in a language.
func (f LibraryFact) Source(lang string) string { return inLanguage(lang, f.SourceNL, f.SourceEN) }

// When is of when the source is, in a language.
func (f LibraryFact) When(lang string) string { return inLanguage(lang, f.WhenNL, f.WhenEN) }

// GradeWords say in a language how far the fact can be relied on.
func (f LibraryFact) GradeWords(lang string) string { return gradeWords[f.Grade][lang] }

// said compares what two versions say.
func (f LibraryFact) said() [13]string {
	return [13]string{
		f.StatementNL, f.StatementEN, f.Quote, f.SourceNL, f.SourceEN, f.SourceURL, f.WhenNL, f.WhenEN, f.Grade,
		f.CheckedOn.Format(time.DateOnly), fmt.Sprint(f.Background), fmt.Sprint(f.Withdrawn),
	}
}

// publishedFacts are the facts of a claim that count, by code.
func publishedFacts(ctx context.Context, tx *gorm.DB, claimID int64) (all []LibraryFact, err error) {
	err = tx.WithContext(ctx).Raw(`SELECT * FROM (SELECT DISTINCT ON (code) * FROM facts WHERE claim_id = ? AND published_at IS NOT NULL ORDER BY code, version DESC) x
		WHERE NOT withdrawn ORDER BY code`, claimID).Scan(&all).Error
	return all, err
}

// PublishedFacts are the facts of a claim that count, by code.
func (s *Service) PublishedFacts(ctx context.Context, claimID int64) ([]LibraryFact, error) {
	return publishedFacts(ctx, s.db, claimID)
}

// Facts lists the newest version of every fact of a claim, published or not, by code.
func (s *Service) Facts(ctx context.Context, claimID int64) (all []LibraryFact, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT DISTINCT ON (code) * FROM facts WHERE claim_id = ? ORDER BY code, version DESC`, claimID).Scan(&all).Error
	return all, err
}

// importFacts adds the facts of a claim's file as they stand there. What staff corrected since stays: a fact
// gets a new version only if the file itself changed.
func importFacts(ctx context.Context, tx *gorm.DB, by audit.Actor, claimID int64, facts []Fact) error {
	for _, in := range facts {
		f, err := in.library(claimID)
		if err != nil {
			return err
		}
		before, err := table.Of[LibraryFact](tx).Where("claim_id = ? AND code = ?", claimID, f.Code).Order("version DESC").Find(ctx)
		if err != nil {
			return err
		}
		same := false
		for _, b := range before {
			if b.Imported {
				same = b.said() == f.said()
				break
			}
		}
		if same {
			continue
		}
		now := tx.NowFunc()
		f.Version, f.Imported, f.WrittenBy, f.WrittenAt, f.PublishedAt = len(before)+1, true, by, now, &now
		f.RequestID = fmt.Sprintf("import:%d:%s:%d", claimID, f.Code, f.Version)
		if f.Version > 1 {
			f.Reason = "file of the claim"
		}
		if err := table.Of[LibraryFact](tx).Create(ctx, &f); err != nil {
			return err
		}
	}
	return nil
}

// library is a fact of a file as the library keeps it.
func (f Fact) library(claimID int64) (LibraryFact, error) {
	checked, err := time.Parse(time.DateOnly, f.Source.CheckedOn)
	return LibraryFact{
		ClaimID: claimID, Code: f.ID, StatementNL: f.StatementNL, StatementEN: f.StatementEN, Quote: f.Quote, SourceNL: f.Source.NameNL, SourceEN: f.Source.NameEN,
		SourceURL: f.Source.URL, WhenNL: f.Source.WhenNL, WhenEN: f.Source.WhenEN, Grade: cmp.Or(f.Source.Grade, "reported"), CheckedOn: checked, Background: f.Background,
	}, err
}
