package claims

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/mailer"
)

// UnsureMails lists the mails of which nobody knows whether they arrived, by kind.
func (s *Service) UnsureMails(ctx context.Context) ([]mailer.Unsure, error) {
	return mailer.UnsureMails(ctx, s.db)
}

// ResendUnsure is a person deciding that such mails go out once more, knowing that
// some may arrive twice. They have to be as many as the person saw.
func (s *Service) ResendUnsure(ctx context.Context, by audit.Actor, u mailer.Unsure) error {
	return s.afterwards(ctx, mailer.MailingDrainName, func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		if err := mailer.RequeueUnsure(ctx, tx, u); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "mails.resent", fmt.Sprintf("mailing:%d", u.MailingID), map[string]any{"template": u.Template, "count": u.Count})
	})
}
