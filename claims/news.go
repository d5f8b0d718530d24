package claims

import (
	"context"
	"strings"
	"time"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer"
)

// NewsItem is news about a claim, in both languages, as it was published.
type NewsItem struct {
	ID          int64
	ClaimID     int64
	TitleNL     string `gorm:"column:title_nl"`
	TitleEN     string `gorm:"column:title_en"`
	BodyNL      string `gorm:"column:body_nl"`
	BodyEN      string `gorm:"column:body_en"`
	WrittenBy   audit.Actor
	PublishedAt time.Time
	Recipients  int64  // how many people it was mailed to
	Newsletter  bool   // mailed to who wants the newsletter, not to everybody
	Partial     bool   // mailed to some of those who take part
	RequestID   string // of the form that was sent: twice is once
	MailingID   *int64 // nil: published before there were mailings
}

// TableName is the table of the news.
func (NewsItem) TableName() string { return "news" }

// Title is the title in a language.
func (n NewsItem) Title(lang string) string { return inLanguage(lang, n.TitleNL, n.TitleEN) }

// Body is the text in a language for all to read, paragraphs with a blank line between: where the
// mail has the name or number of its reader, this has words that fit everybody.
func (n NewsItem) Body(lang string) string {
	return mailer.FillFields(lang, inLanguage(lang, n.BodyNL, n.BodyEN), anybody[lang])
}

// anybody is what stands for a reader's name and number where everybody reads along.
var anybody = map[string]map[string]string{
	"nl": {"Name": "deelnemer", "Number": "(in uw mail)"},
	"en": {"Name": "participant", "Number": "(in your mail)"},
}

// lockNews is the class of the advisory locks between two items of news, or two next steps.
const lockNews = 7102

// News lists the latest news of a claim, newest first.
func (s *Service) News(ctx context.Context, claimID int64, limit int) ([]NewsItem, error) {
	return table.Of[NewsItem](s.db).Where("claim_id = ?", claimID).Order("id DESC").Limit(limit).Find(ctx)
}

// oneLine makes a title of what may have been typed over two lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
