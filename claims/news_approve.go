package claims

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer"
)

// ApproveNews publishes proposed news and writes down whom it is mailed to, in one transaction. It takes another
// person than who wrote or proposed it; version is that of what they read. From then on nothing of it changes.
func (s *Service) ApproveNews(ctx context.Context, by audit.Actor, claimID int64, ref string, version int) error {
	return s.afterwards(ctx, mailer.MailingDrainName, func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		d, err := lockDraft(ctx, tx, claimID, ref, NewsProposed)
		switch {
		case err != nil:
			return err
		case d.WrittenBy == by || *d.ProposedBy == by:
			return ErrSamePerson
		case d.Version != version:
			return ErrNewsChanged
		}
		m, err := beginMailing(ctx, tx, d)
		if err != nil {
			return err
		}
		item := NewsItem{
			ClaimID: d.ClaimID, TitleNL: d.TitleNL, TitleEN: d.TitleEN, BodyNL: d.BodyNL, BodyEN: d.BodyEN, WrittenBy: d.WrittenBy, PublishedAt: tx.NowFunc(),
			Recipients: m.Recipients, Newsletter: d.Newsletter, Partial: d.partial(), RequestID: d.RequestID, MailingID: &m.ID,
		}
		if err := table.Of[NewsItem](tx).Create(ctx, &item); err != nil {
			return err
		}
		if _, err := table.Of[DraftNews](tx).Where("id = ?", d.ID).
			Updates(ctx, DraftNews{Status: NewsApproved, ApprovedBy: &by, ApprovedAt: &item.PublishedAt, NewsID: &item.ID, MailingID: &m.ID}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "news.published", newsSubject(d.ID), map[string]any{"recipients": m.Recipients, "sha256": fmt.Sprintf("%x", m.SHA256)})
	})
}

// beginMailing writes the recipients of news down. A name goes into a mail only if its words ask for it.
func beginMailing(ctx context.Context, tx *gorm.DB, d DraftNews) (mailer.Mailing, error) {
	m := mailer.Mailing{Key: fmt.Sprintf("news_draft:%d", d.ID), Template: d.template()}
	var err error
	if m.WordsNL, err = json.Marshal(d.words("nl")); err != nil {
		return m, err
	}
	if m.WordsEN, err = json.Marshal(d.words("en")); err != nil {
		return m, err
	}
	query, args := d.recipients(tx, d.named())
	return mailer.Begin(ctx, tx, m, query, args)
}

func (d DraftNews) template() string {
	if d.Newsletter {
		return "newsletter"
	}
	return "news"
}

// words are what all who read a language get.
func (d DraftNews) words(lang string) map[string]string {
	return map[string]string{"Title": d.Title(lang), "Body": inLanguage(lang, d.BodyNL, d.BodyEN)}
}

// named reports whether the words ask for the reader's name.
func (d DraftNews) named() bool {
	for _, lang := range []string{"nl", "en"} {
		for _, text := range d.words(lang) {
			if mailer.HasField(lang, text, "Name") {
				return true
			}
		}
	}
	return false
}

// NewsMailing is the mailing of published news, and how far it is.
func (s *Service) NewsMailing(ctx context.Context, d DraftNews) (mailer.Mailing, mailer.Progress, error) {
	if d.MailingID == nil {
		return mailer.Mailing{}, mailer.Progress{}, ErrNotFound
	}
	return mailer.FindMailing(ctx, s.db, *d.MailingID)
}

// PauseNews keeps the mails of published news from going on; nothing else waits for that.
func (s *Service) PauseNews(ctx context.Context, by audit.Actor, claimID int64, ref string) error {
	return s.steerMailing(ctx, by, claimID, ref, mailer.Pause, "news.paused")
}

// ResumeNews lets them go on.
func (s *Service) ResumeNews(ctx context.Context, by audit.Actor, claimID int64, ref string) error {
	return s.steerMailing(ctx, by, claimID, ref, mailer.Resume, "news.resumed")
}

// StopNews ends the mailing for who has not got it yet. What was published stays.
func (s *Service) StopNews(ctx context.Context, by audit.Actor, claimID int64, ref string) error {
	return s.steerMailing(ctx, by, claimID, ref, mailer.Stop, "news.stopped")
}

func (s *Service) steerMailing(ctx context.Context, by audit.Actor, claimID int64, ref string, steer func(context.Context, *gorm.DB, int64) (bool, error), action string) error {
	return s.afterwards(ctx, mailer.MailingDrainName, func(tx *gorm.DB) error {
		d, err := take(ctx, table.Of[DraftNews](tx).Where("claim_id = ? AND ref = ?", claimID, ref))
		if err != nil {
			return err
		}
		if d.MailingID == nil {
			return ErrWrongState
		}
		changed, err := steer(ctx, tx, *d.MailingID)
		if err != nil || !changed {
			return err
		}
		return audit.Record(ctx, tx, by, action, newsSubject(d.ID), nil)
	})
}
