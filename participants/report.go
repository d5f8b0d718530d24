package participants

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
	"samenclaim/mailer"
)

// What somebody can report about a participant.
const (
	ReportDeath          = "death"
	ReportRepresentative = "representative"
)

// The states of a report, and how it can end.
const (
	ReportUnproven = "unproven" // the address of who reports is not proven yet
	ReportOpen     = "open"
	ReportClosed   = "closed"

	ReportRecorded = "recorded" // what it says was recorded with the participation
	ReportUnknown  = "unknown"  // nobody takes part whom it is about
	ReportMistake  = "mistake"
)

var (
	// ErrWhom means that a report does not say enough to find whom it is about.
	ErrWhom = errors.New("a report needs a number, a birth date or an address")
	// ErrDied means that a death would lie ahead, or too long ago.
	ErrDied = errors.New("nobody can have died on this date")
)

const (
	reportLife   = 24 * time.Hour // of a report whose address is not proven
	reportYears  = 2              // how long a report is kept after it was closed
	aboutReport  = "reports.content"
	reportsShown = 200
)

// Said is what a report says: whom it is about, and who reports.
type Said struct {
	Number   string `json:"number,omitempty"`
	Name     string `json:"name"`
	Born     string `json:"born,omitempty"`    // as DateForm
	Address  string `json:"address,omitempty"` // postcode and house number
	DiedOn   string `json:"died_on,omitempty"` // as DateForm
	By       string `json:"by"`
	Email    string `json:"email"`
	Relation string `json:"relation"`
	Trap     bool   `json:"trap,omitempty"` // a field was filled in that nobody sees
}

// Report is what somebody told us about a participant, as it is kept.
type Report struct {
	ID              int64
	Ref             string
	Kind            string
	Status          string
	BrowserHash     []byte
	EmailIndex      []byte
	Lang            string
	KeyWrapped      []byte
	Content         []byte
	CreatedAt       time.Time
	ProvenAt        *time.Time
	ParticipationID *int64
	LinkedBy        *audit.Actor
	LinkedAt        *time.Time
	Outcome         *string
	ClosedBy        *audit.Actor
	ClosedAt        *time.Time
}

// TableName is the table of the reports.
func (Report) TableName() string { return "reports" }

// CheckSaid tells what is missing in a report.
func CheckSaid(s Said, kind string, now time.Time) error {
	if s.Number == "" && s.Born == "" && s.Address == "" {
		return ErrWhom
	}
	if kind != ReportDeath {
		return nil
	}
	if day, err := time.Parse(DateForm, s.DiedOn); err != nil || day.After(locale.Today(now)) || day.Year() < 2000 {
		return ErrDied
	}
	return nil
}

// AskReport keeps what somebody reports and mails a code to their address. It is
// not compared with anybody: what is done is the same whoever takes part. Sent
// again from the same browser before the code was typed, it takes the place of the one before.
func (s *Service) AskReport(ctx context.Context, browser, lang, kind string, said Said) error {
	email, err := ParseEmail(said.Email)
	if err != nil {
		return err
	}
	if err := CheckSaid(said, kind, s.db.NowFunc()); err != nil {
		return err
	}
	key, wrapped, err := s.vault.NewKey()
	if err != nil {
		return err
	}
	said.Email = email.Shown
	sealed, err := vault.SealJSON(key, said, aboutReport)
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r := Report{
			Ref: rand.Text(), Kind: kind, Status: ReportUnproven, BrowserHash: reportBrowser(browser), EmailIndex: s.vault.Index("email", email.Key), Lang: lang,
			KeyWrapped: wrapped, Content: sealed, CreatedAt: tx.NowFunc(),
		}
		newest := clause.OnConflict{
			Columns: []clause.Column{{Name: "browser_hash"}}, TargetWhere: clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "status = 'unproven'"}}},
			DoUpdates: clause.AssignmentColumns([]string{"kind", "email_index", "lang", "key_wrapped", "content", "created_at"}),
		}
		if err := table.Of[Report](tx, newest).Create(ctx, &r); err != nil {
			return err
		}
		c := loginCode{Purpose: "report", EmailIndex: r.EmailIndex, BrowserHash: r.BrowserHash}
		return s.sendCode(ctx, tx, c, mailer.Mail{To: email.Shown, Lang: lang, Template: "report_code", Forget: true})
	})
}

// ProveReport takes that code: from here on staff see the report. Who reported gets a mail with the date.
func (s *Service) ProveReport(ctx context.Context, browser, code string) error {
	c, err := s.tryCode(ctx, "report", reportBrowser(browser), code)
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		r, err := take(ctx, table.Of[Report](tx, clause.Locking{Strength: "UPDATE"}).Where("browser_hash = ? AND status = ?", c.BrowserHash, ReportUnproven))
		if errors.Is(err, ErrNotFound) || err == nil && string(r.EmailIndex) != string(c.EmailIndex) {
			return ErrCodeExpired // it was proven before, or the address was changed after the code was sent
		}
		if err != nil {
			return err
		}
		if err := spend(ctx, tx, c); err != nil {
			return err
		}
		now := tx.NowFunc()
		if _, err := table.Of[Report](tx).Where("id = ?", r.ID).Updates(ctx, Report{Status: ReportOpen, ProvenAt: &now}); err != nil {
			return err
		}
		said, err := s.Said(r)
		if err != nil {
			return err
		}
		err = mailer.Enqueue(ctx, tx, mailer.Mail{
			Key: fmt.Sprintf("report:%d", r.ID), To: said.Email, Lang: r.Lang, Template: "report_received", Forget: true,
			Data: map[string]string{"When": locale.Moment(now, r.Lang)},
		})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.System("report"), "report.made", reportSubject(r.ID), map[string]string{"kind": r.Kind})
	})
}

// ReportWaits reports whether a browser has a report that waits for its code.
func (s *Service) ReportWaits(ctx context.Context, browser string) (bool, error) {
	n, err := table.Of[Report](s.db).Where("browser_hash = ? AND status = ?", reportBrowser(browser), ReportUnproven).Count(ctx, "*")
	return n > 0, err
}

// Said opens what a report says; of one whose key was destroyed there is nothing.
func (s *Service) Said(r Report) (Said, error) {
	if r.KeyWrapped == nil {
		return Said{}, nil
	}
	key, err := s.vault.OpenKey(r.KeyWrapped)
	if err != nil {
		return Said{}, err
	}
	return vault.UnsealJSON[Said](key, r.Content, aboutReport)
}

// WipeReports removes the reports whose address was never proven, and those that were closed two years ago.
func (s *Service) WipeReports(ctx context.Context, now time.Time) error {
	return s.db.WithContext(ctx).Exec(`DELETE FROM reports WHERE status = 'unproven' AND created_at <= ? OR closed_at <= ?`,
		now.Add(-reportLife), now.AddDate(-reportYears, 0, 0)).Error
}

func reportBrowser(browser string) []byte { return hashToken("report:" + browser) }

func reportSubject(id int64) string { return fmt.Sprintf("report:%d", id) }

// ReportsBy are what somebody with an address ever reported, opened.
func (s *Service) ReportsBy(ctx context.Context, email Email) (all []Said, err error) {
	rows, err := table.Of[Report](s.db).Where("email_index = ? AND status <> ?", s.vault.Index("email", email.Key), ReportUnproven).Order("id").Find(ctx)
	for _, r := range rows {
		said, err := s.Said(r)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(said.By) != "" {
			all = append(all, said)
		}
	}
	return all, err
}
