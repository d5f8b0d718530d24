package claims

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
)

// closingDays are how many days before signing ends those are told who began and did not sign; the latest first.
var closingDays = []int{1, 3, 14}

// draftIdle is how long nobody may have worked on a draft before a mail asks about it.
const draftIdle = time.Hour

// closingIn returns which of the announcements is due; 0 if none is.
func closingIn(now, closes time.Time) int {
	for _, days := range closingDays {
		from := closes.In(locale.Amsterdam()).AddDate(0, 0, -days) // the same time of day, also when the clock was changed between
		if now.Before(closes) && !now.Before(from) {
			return days
		}
	}
	return 0
}

// drainClosing tells those who began and did not sign until when they can.
func (s *Service) drainClosing(ctx context.Context) (more bool, err error) {
	now := s.db.NowFunc()
	open, err := table.Of[Claim](s.db).Where("closes_at > ?", now).Order("id").Find(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range open {
		days := closingIn(now, *c.ClosesAt)
		if days == 0 || !c.OpenAt(now) || c.CutoffAt != nil {
			continue
		}
		err = s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
			told, err := participants.TellDrafts(ctx, tx, s.vault, c.ID, days, now.Add(-draftIdle))
			if err != nil {
				return err
			}
			more = more || len(told) > 0
			return tellClosing(ctx, tx, c, days, told)
		})
		if err != nil {
			return false, fmt.Errorf("tell who has not signed for claim %d: %w", c.ID, err)
		}
	}
	return more, nil
}

func tellClosing(ctx context.Context, tx *gorm.DB, c Claim, days int, told []participants.Unfinished) error {
	for _, u := range told {
		data := map[string]string{"Until": locale.Moment(c.ClosesAt.Add(-time.Minute), u.Lang), "Wiped": locale.Day(u.ExpiresAt, u.Lang), "Slug": c.Slug, "Late": string(c.Late())}
		if c.Late() == LatePaid {
			data["Price"] = locale.Euro(int64(*c.LatePriceCents), u.Lang)
		}
		err := mailer.Enqueue(ctx, tx, mailer.Mail{
			Key: fmt.Sprintf("closing:%d:%d", u.ID, days), To: u.Email, Lang: u.Lang, Template: "closing", ExpiresAt: *c.ClosesAt, Forget: true,
			Data: data,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellAdmitted tells those whom an outage kept from signing until when they still can.
func tellAdmitted(ctx context.Context, tx *gorm.DB, c Claim, until time.Time, let []participants.Unfinished) error {
	for _, u := range let {
		if u.Email == "" {
			continue
		}
		err := mailer.Enqueue(ctx, tx, mailer.Mail{
			Key: fmt.Sprintf("admitted:%d:%d", u.ID, until.Unix()), To: u.Email, Lang: u.Lang, Template: "admitted", ExpiresAt: until, Forget: true,
			Data: map[string]string{"Until": locale.Moment(until, u.Lang), "Slug": c.Slug},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
