package claims

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
)

var (
	// ErrNews means that news lacks its title or text in one of the languages, or is longer than a mail can be.
	ErrNews = errors.New("news needs a title and a text in both languages")
	// ErrAudience means that nobody was chosen to mail news to.
	ErrAudience = errors.New("news needs somebody to go to")
	// ErrNewsChanged means that somebody else changed the news meanwhile.
	ErrNewsChanged = errors.New("the news was changed meanwhile")
)

// NewsStatus is where news stands before it is published.
type NewsStatus string

// The states of news. Approved news is published; what becomes of its mails, its mailing tells.
const (
	NewsDraft    NewsStatus = "draft"
	NewsProposed NewsStatus = "proposed"
	NewsApproved NewsStatus = "approved"
	NewsDropped  NewsStatus = "dropped"
)

// newsMoves is every move that news can make. There are no others.
var newsMoves = []struct{ From, To NewsStatus }{
	{NewsDraft, NewsDraft}, // other words
	{NewsDraft, NewsProposed},
	{NewsProposed, NewsDraft},
	{NewsProposed, NewsApproved},
	{NewsDraft, NewsDropped},
}

// DraftNews is news that is written, with whom it is for. One person writes and proposes it, another approves it.
type DraftNews struct {
	ID         int64
	Ref        string // in addresses
	ClaimID    int64
	RequestID  string   // of the form that was sent: twice is once
	TitleNL    string   `gorm:"column:title_nl"`
	TitleEN    string   `gorm:"column:title_en"`
	BodyNL     string   `gorm:"column:body_nl"`
	BodyEN     string   `gorm:"column:body_en"`
	Newsletter bool     // only to who wants the newsletter
	Groups     []string `gorm:"serializer:json"`
	Lang       string   // only to who reads this; empty: both
	Status     NewsStatus
	Version    int // grows with each change of the words or the audience
	WrittenBy  audit.Actor
	WrittenAt  time.Time
	ProposedBy *audit.Actor
	ProposedAt *time.Time
	ApprovedBy *audit.Actor
	ApprovedAt *time.Time
	NewsID     *int64
	MailingID  *int64
}

// TableName is the table of news that is written.
func (DraftNews) TableName() string { return "news_drafts" }

// Title is the title in a language.
func (d DraftNews) Title(lang string) string { return inLanguage(lang, d.TitleNL, d.TitleEN) }

// MayApprove reports whether a member of staff is another person than who wrote and proposed it.
func (d DraftNews) MayApprove(by audit.Actor) bool {
	return d.Status == NewsProposed && d.WrittenBy != by && *d.ProposedBy != by
}

// MostNews is how many characters a text of news may have.
const MostNews = 10_000

// clean brings words and audience into the form in which they are kept.
func (d *DraftNews) clean() error {
	for _, text := range []*string{&d.TitleNL, &d.TitleEN, &d.BodyNL, &d.BodyEN} {
		var err error
		if *text, err = participants.CleanLines(*text, MostNews); err != nil || *text == "" {
			return ErrNews
		}
	}
	d.TitleNL, d.TitleEN = oneLine(d.TitleNL), oneLine(d.TitleEN)
	for _, t := range []struct{ name, lang, text string }{{"title_nl", "nl", d.TitleNL}, {"title_en", "en", d.TitleEN}, {"body_nl", "nl", d.BodyNL}, {"body_en", "en", d.BodyEN}} {
		err := mailer.CheckFields(t.lang, t.text)
		if err == nil && strings.HasPrefix(t.name, "title") && strings.Contains(t.text, "{{") {
			err = &mailer.FieldError{Field: "{{ }}"} // a title is the same for everybody, also in lists
		}
		if err != nil {
			return &NewsFieldError{t.name, err}
		}
	}
	var groups []string
	for _, g := range Groups {
		if slices.Contains(d.Groups, g) {
			groups = append(groups, g)
		}
	}
	if d.Groups = groups; len(groups) == 0 || !d.Newsletter && len(groups) == 1 && groups[0] == GroupLeft || !slices.Contains([]string{"", "nl", "en"}, d.Lang) {
		return ErrAudience
	}
	return nil
}

// NewsFieldError names the text that has a field which does not exist.
type NewsFieldError struct {
	Text string // title_nl, body_en and so on
	err  error
}

func (e *NewsFieldError) Error() string { return e.Text + ": " + e.err.Error() }
func (e *NewsFieldError) Unwrap() error { return e.err }

// Field is what stands in the text.
func (e *NewsFieldError) Field() string {
	var field *mailer.FieldError
	if errors.As(e.err, &field) {
		return field.Field
	}
	return ""
}

// WriteNews keeps new news as a draft. The same form sent twice is one.
func (s *Service) WriteNews(ctx context.Context, by audit.Actor, claimID int64, in DraftNews) (ref string, err error) {
	if err := in.clean(); err != nil {
		return "", err
	}
	if in.RequestID == "" {
		return "", ErrNews
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		row := DraftNews{
			Ref: rand.Text(), ClaimID: claimID, RequestID: in.RequestID, TitleNL: in.TitleNL, TitleEN: in.TitleEN, BodyNL: in.BodyNL, BodyEN: in.BodyEN,
			Newsletter: in.Newsletter, Groups: in.Groups, Lang: in.Lang, Status: NewsDraft, Version: 1, WrittenBy: by, WrittenAt: tx.NowFunc(),
		}
		if err := table.Of[DraftNews](tx, clause.OnConflict{Columns: []clause.Column{{Name: "request_id"}}, DoNothing: true}).Create(ctx, &row); err != nil {
			return err
		}
		if row.ID == 0 {
			before, err := take(ctx, table.Of[DraftNews](tx).Where("request_id = ? AND claim_id = ?", in.RequestID, claimID))
			ref = before.Ref
			return err
		}
		ref = row.Ref
		return audit.Record(ctx, tx, by, "news.written", newsSubject(row.ID), nil)
	})
	return ref, err
}

// RewriteNews gives a draft other words or another audience. Version is that of the draft that was changed.
func (s *Service) RewriteNews(ctx context.Context, by audit.Actor, claimID int64, ref string, in DraftNews) error {
	if err := in.clean(); err != nil {
		return err
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		d, err := lockDraft(ctx, tx, claimID, ref, NewsDraft)
		switch {
		case err != nil:
			return err
		case d.sameAs(in):
			return nil
		case d.Version != in.Version:
			return ErrNewsChanged
		}
		_, err = table.Of[DraftNews](tx).Where("id = ?", d.ID).
			Select("title_nl", "title_en", "body_nl", "body_en", "newsletter", "groups", "lang", "version", "written_by", "written_at").
			Updates(ctx, DraftNews{TitleNL: in.TitleNL, TitleEN: in.TitleEN, BodyNL: in.BodyNL, BodyEN: in.BodyEN, Newsletter: in.Newsletter, Groups: in.Groups,
				Lang: in.Lang, Version: d.Version + 1, WrittenBy: by, WrittenAt: tx.NowFunc()})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "news.written", newsSubject(d.ID), nil)
	})
}

func (d DraftNews) sameAs(in DraftNews) bool {
	return d.TitleNL == in.TitleNL && d.TitleEN == in.TitleEN && d.BodyNL == in.BodyNL && d.BodyEN == in.BodyEN &&
		d.Newsletter == in.Newsletter && slices.Equal(d.Groups, in.Groups) && d.Lang == in.Lang
}

// ProposeNews asks another person to approve a draft; until it is taken back nobody changes it.
func (s *Service) ProposeNews(ctx context.Context, by audit.Actor, claimID int64, ref string, version int) error {
	return s.moveDraft(ctx, by, claimID, ref, version, NewsDraft, NewsProposed, "news.proposed")
}

// TakeBackNews makes a draft of proposed news again.
func (s *Service) TakeBackNews(ctx context.Context, by audit.Actor, claimID int64, ref string) error {
	return s.moveDraft(ctx, by, claimID, ref, 0, NewsProposed, NewsDraft, "news.taken_back")
}

// DropNews ends a draft that will not be published.
func (s *Service) DropNews(ctx context.Context, by audit.Actor, claimID int64, ref string) error {
	return s.moveDraft(ctx, by, claimID, ref, 0, NewsDraft, NewsDropped, "news.dropped")
}

// moveDraft makes a move that takes one person. Version 0 is any.
func (s *Service) moveDraft(ctx context.Context, by audit.Actor, claimID int64, ref string, version int, from, to NewsStatus, action string) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		d, err := lockDraft(ctx, tx, claimID, ref, from)
		if err != nil {
			return err
		}
		if version != 0 && d.Version != version {
			return ErrNewsChanged
		}
		change := DraftNews{Status: to}
		if now := tx.NowFunc(); to == NewsProposed {
			change.ProposedBy, change.ProposedAt = &by, &now
		}
		if _, err := table.Of[DraftNews](tx).Where("id = ?", d.ID).Select("status", "proposed_by", "proposed_at").Updates(ctx, change); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, action, newsSubject(d.ID), nil)
	})
}

// lockDraft reads news of a claim for who changes it, in the state that the change asks for.
func lockDraft(ctx context.Context, tx *gorm.DB, claimID int64, ref string, want NewsStatus) (DraftNews, error) {
	d, err := take(ctx, table.Of[DraftNews](tx, clause.Locking{Strength: "UPDATE"}).Where("claim_id = ? AND ref = ?", claimID, ref))
	if err == nil && d.Status != want {
		err = ErrWrongState
	}
	return d, err
}

// WrittenNews lists what was written for a claim, newest first; not what was dropped.
func (s *Service) WrittenNews(ctx context.Context, claimID int64, limit int) ([]DraftNews, error) {
	return table.Of[DraftNews](s.db).Where("claim_id = ? AND status <> 'dropped'", claimID).Order("id DESC").Limit(limit).Find(ctx)
}

// OneNews finds news of a claim by its ref.
func (s *Service) OneNews(ctx context.Context, claimID int64, ref string) (DraftNews, error) {
	return take(ctx, table.Of[DraftNews](s.db).Where("claim_id = ? AND ref = ?", claimID, ref))
}

// NewsDiagram draws the states of news and of its mailing, for the documentation.
func NewsDiagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> draft\n")
	for _, m := range newsMoves {
		if m.From != m.To {
			fmt.Fprintf(&b, "    %s --> %s\n", m.From, m.To)
		}
	}
	for _, m := range mailer.MailingMoves {
		fmt.Fprintf(&b, "    %s --> %s\n", m.From, m.To)
	}
	b.WriteString("    approved --> sending\n    dropped --> [*]\n    finished --> [*]\n")
	return b.String()
}

func newsSubject(id int64) string { return fmt.Sprintf("news_draft:%d", id) }
