package main

import (
	"context"

	"samenclaim/internal/jobs"
)

// newApp is the only place where everything is put together.
func newApp(ctx context.Context, p parts) (_ *app, err error) {
	a := &app{parts: p, failed: make(chan error, 2), count: newRequestCounter()}
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	if err := a.connect(ctx); err != nil {
		return nil, err
	}
	t := tools{vault: p.vault, files: p.files, mollie: p.mollie, baseURL: p.baseURL, webhook: p.webhook, wake: a.waker.Wake, scanner: p.scanner, stamps: p.stamps, letters: p.letters, mailFrom: p.smtpFrom, payouts: p.payouts}
	front, err := newServices(a.pages, t)
	if err != nil {
		return nil, err
	}
	handler, err := a.site(front)
	if err != nil {
		return nil, err
	}
	back, err := newServices(a.work, t)
	if err != nil {
		return nil, err
	}
	mail, err := a.mail(ctx, back)
	if err != nil {
		return nil, err
	}
	if err := a.listenAll(ctx, handler); err != nil {
		return nil, err
	}
	a.runner, err = jobs.Start(ctx, a.work, drains(back, mail), jobs.Options{Logger: p.log})
	if err != nil {
		return nil, err
	}
	a.ready.Store(true)
	var beats context.Context
	beats, a.silent = context.WithCancel(ctx)
	go a.keepServing(beats, back.claims.Serving)
	return a, nil
}
