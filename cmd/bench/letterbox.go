package main

import (
	"regexp"
	"sync"

	"samenclaim/mailer/mailtest"
)

// letterbox hands each mail with a code to the person who waits for it.
type letterbox struct {
	waiting sync.Map // address: chan string
}

var sixDigits = regexp.MustCompile(`(?m)^\s*(\d{6})\s*$`)

// put takes a mail from the mail server, and nothing goes wrong with it.
func (l *letterbox) put(m mailtest.Message) mailtest.Fault {
	found := sixDigits.FindSubmatch(m.Raw)
	c, ok := l.waiting.Load(m.To)
	if found == nil || !ok {
		return mailtest.Fault{}
	}
	select {
	case c.(chan string) <- string(found[1]): //nolint:errcheck,forcetypeassert // nothing else is in it
	default: // sent again: one is enough
	}
	return mailtest.Fault{}
}
