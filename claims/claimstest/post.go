package claimstest

import (
	"context"

	"samenclaim/internal/jobs"
	"samenclaim/mailer"
	"samenclaim/mailer/mailtest"
)

// Post sends every mail that waits to a mail server inside the test, and returns that server.
func (c *Case) Post() *mailtest.Sink {
	c.Helper()
	sink, err := mailtest.Start(mailtest.Options{Now: c.Watch.Now})
	c.must(err)
	c.Cleanup(func() { _ = sink.Close() })
	smtp, err := mailer.NewSMTP(mailer.SMTPConfig{Host: sink.Host(), Port: sink.Port()})
	c.must(err)
	words, err := mailer.NewRenderer(mailer.Sender{Name: "De Lantaarn", From: "zaak@samenclaim.example", BaseURL: "http://localhost", Email: "info@samenclaim.example"})
	c.must(err)
	for _, drain := range []jobs.Drain{mailer.NewDrain(c.DB, smtp, words, mailer.DrainOptions{}), mailer.NewMailingDrain(c.DB, smtp, words, mailer.DrainOptions{})} {
		for more := true; more; {
			more, err = drain.Run(context.Background()) // also at the end of a test
			c.must(err)
		}
	}
	return sink
}
