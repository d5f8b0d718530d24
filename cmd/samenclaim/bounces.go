package main

import (
	"context"

	"samenclaim/mailer/bounce"
)

// bouncesImportCmd reads what mail servers reported about our mails.
type bouncesImportCmd struct {
	File string `arg:"" help:"A mailbox with reports (RFC 3464): an mbox file, a maildir folder, or one message."`
}

// Run keeps each report once, also when the same mailbox is read again. What is no report, or about no mail of ours, is left.
func (b *bouncesImportCmd) Run(ctx context.Context, c console) error {
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	ours, others := 0, 0
	seen, err := bounce.ReadMailbox(b.File, func(r bounce.Report) error {
		known, err := o.claims.ReportBounce(ctx, r)
		if known {
			ours++
		} else {
			others++
		}
		return err
	})
	c.say("%d messages: %d reports about our mails, %d about others, %d no reports.", seen.Messages, ours, others, seen.Other)
	return err
}
