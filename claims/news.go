package claims

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
)

// ErrNews means that news lacks its title or text in one of the languages, or its request.
var ErrNews = errors.New("news needs a title and a text in both languages")

// NewsItem is news about a claim, in both languages.
type NewsItem struct {
	ID          int64
	ClaimID     int64
	TitleNL     string `gorm:"column:title_nl"`
	TitleEN     string `gorm:"column:title_en"`
	BodyNL      string `gorm:"column:body_nl"`
	BodyEN      string `gorm:"column:body_en"`
	WrittenBy   audit.Actor
	PublishedAt time.Time
	Recipients  int64  // how many mails went out with it
	Newsletter  bool   // mailed to who wants the newsletter, not to everybody
	RequestID   string // of the form that was sent: twice is once
}

// TableName is the table of the news.
func (NewsItem) TableName() string { return "news" }

// Title is the title in a language.
func (n NewsItem) Title(lang string) string { return inLanguage(lang, n.TitleNL, n.TitleEN) }

// Body is the text in a language, paragraphs with a blank line between.
func (n NewsItem) Body(lang string) string { return inLanguage(lang, n.BodyNL, n.BodyEN) }

// lockNews is the class of the advisory locks between two items of news.
const lockNews = 7102

// PublishNews publishes news and mails it, in the same transaction, to
// everybody who takes part, or as a newsletter to who wants that. Sent twice, it is published once.
func (s *Service) PublishNews(ctx context.Context, by audit.Actor, claimID int64, in NewsItem) (recipients int64, err error) {
	for _, text := range []*string{&in.TitleNL, &in.TitleEN, &in.BodyNL, &in.BodyEN} {
		*text = strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n"))
		if *text == "" {
			return 0, ErrNews
		}
	}
	if in.RequestID == "" {
		return 0, ErrNews
	}
	in.TitleNL, in.TitleEN = oneLine(in.TitleNL), oneLine(in.TitleEN)
	err = s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		// One item of news at a time; whoever signs meanwhile does not wait for it.
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?, ?)`, lockNews, claimID).Error; err != nil {
			return err
		}
		before, err := take(ctx, table.Of[NewsItem](tx).Where("request_id = ?", in.RequestID))
		if !errors.Is(err, ErrNotFound) {
			recipients = before.Recipients
			return err
		}
		recipients, err = publish(ctx, tx, by, claimID, in)
		return err
	})
	return recipients, err
}

// oneLine makes a title of what may have been typed over two lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func publish(ctx context.Context, tx *gorm.DB, by audit.Actor, claimID int64, in NewsItem) (int64, error) {
	if in.Newsletter {
		return publishTo(ctx, tx, by, claimID, in, subscribers+stillWanted, "newsletter", func(s subscriber) map[string]string {
			return map[string]string{"Title": in.Title(s.Lang), "Body": in.Body(s.Lang), "Subscription": s.Subscription}
		})
	}
	return publishTo(ctx, tx, by, claimID, in, everybody+unrestricted, "news", func(a Addressee) map[string]string {
		return map[string]string{"Title": in.Title(a.Lang), "Body": in.Body(a.Lang)}
	})
}

// subscriber is somebody who wants the newsletter, with what ends that in one press.
type subscriber struct {
	Addressee
	Subscription string
}

// subscribers selects who wants the newsletter of a claim; also who left may still want it.
const subscribers = `SELECT c.id AS fact, p.id AS participant_id, t.number, p.email, p.lang, c.ref AS subscription
	FROM consents c JOIN participations t ON t.id = c.participation_id JOIN participants p ON p.id = t.participant_id
	WHERE t.claim_id = ? AND c.kind = 'newsletter' AND c.withdrawn_at IS NULL AND t.status <> 'erased' AND p.erased_at IS NULL`

// unrestricted leaves out who asked us not to use their data for this.
const unrestricted = ` AND t.id NOT IN (SELECT participation_id FROM restrictions(?))`

// stillWanted does the same, but for who allowed the newsletter after they asked that (art. 18(2)).
const stillWanted = ` AND NOT EXISTS (SELECT FROM restrictions(?) r WHERE r.participation_id = t.id AND r.since >= c.given_at)`

// publishTo writes an item down and mails it to whom a query finds.
func publishTo[T told](ctx context.Context, tx *gorm.DB, by audit.Actor, claimID int64, in NewsItem, query, template string, words func(T) map[string]string) (int64, error) {
	people, err := find[T](ctx, tx, query, claimID, tx.NowFunc())
	if err != nil {
		return 0, err
	}
	in.ID, in.ClaimID, in.WrittenBy, in.PublishedAt, in.Recipients = 0, claimID, by, tx.NowFunc(), int64(len(people))
	if err := table.Of[NewsItem](tx).Create(ctx, &in); err != nil {
		return 0, err
	}
	err = enqueue(ctx, tx, fmt.Sprintf("news:%d", in.ID), template, func(p T) (map[string]string, error) { return words(p), nil }, people)
	if err != nil {
		return 0, err
	}
	return in.Recipients, audit.Record(ctx, tx, by, "news.published", fmt.Sprintf("news:%d", in.ID), map[string]int64{"recipients": in.Recipients})
}

// News lists the latest news of a claim, newest first.
func (s *Service) News(ctx context.Context, claimID int64, limit int) ([]NewsItem, error) {
	return table.Of[NewsItem](s.db).Where("claim_id = ?", claimID).Order("id DESC").Limit(limit).Find(ctx)
}
