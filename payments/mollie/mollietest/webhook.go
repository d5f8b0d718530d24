package mollietest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	deliveriesShown = 200
	atATime         = 20
)

// Webhook is what became of one call to our own server.
type Webhook struct {
	PaymentID     string
	Tries, Answer int // Answer is the last status, 0 when there was none
	Done          bool
}

// notify plans a webhook as part of a change.
func (st *state) notify(p *Payment, now time.Time) {
	if p.WebhookURL == "" {
		return
	}
	st.Deliveries = append(st.Deliveries, &delivery{PaymentID: p.ID, URL: p.WebhookURL, Due: now})
	st.changed = true
	if len(st.Deliveries) > deliveriesShown {
		st.Deliveries = slices.DeleteFunc(st.Deliveries, func(d *delivery) bool { return d.Done && d.Answer == http.StatusOK })
	}
}

// Notify sends the webhook of a payment once more.
func (s *Simulator) Notify(ctx context.Context, id string) error {
	err := s.do(func(st *state) {
		if p := st.byID[id]; p != nil {
			st.notify(p, s.now())
		}
	})
	if err != nil {
		return err
	}
	return s.deliver(ctx, id)
}

// Deliver sends every webhook that is due now.
func (s *Simulator) Deliver(ctx context.Context) error { return s.deliver(ctx, "") }

// Webhooks tells what became of the newest calls, oldest first.
func (s *Simulator) Webhooks() []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Webhook
	for _, d := range s.st.Deliveries {
		all = append(all, Webhook{PaymentID: d.PaymentID, Tries: d.Tries, Answer: d.Answer, Done: d.Done})
	}
	return all
}

// deliver sends what is due, some at a time, until nothing is left or ctx ends;
// what was not reached stays due.
func (s *Simulator) deliver(ctx context.Context, only string) error {
	for ctx.Err() == nil {
		taken, err := s.take(only)
		if err != nil || len(taken) == 0 {
			return err
		}
		answers := make([]int, len(taken))
		for i, d := range taken {
			if d.fault == HookDoubled && d.Tries == 1 {
				_ = s.post(context.WithoutCancel(ctx), d.URL, d.PaymentID)
			}
			answers[i] = s.post(context.WithoutCancel(ctx), d.URL, d.PaymentID)
		}
		err = s.do(func(st *state) {
			for i, d := range taken {
				d.Answer, st.changed = answers[i], true
				d.Done = d.Done || answers[i] == http.StatusOK
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// take moves the next try ahead, so that nobody else sends the same; the calls
// are made without the lock, as the other side asks us back.
func (s *Simulator) take(only string) ([]*delivery, error) {
	var taken []*delivery
	err := s.do(func(st *state) {
		now := s.now()
		for _, d := range st.Deliveries {
			if d.Done || d.Due.After(now) || (only != "" && d.PaymentID != only) || len(taken) == atATime {
				continue
			}
			if d.Tries == 0 && d.fault == "" {
				d.fault = s.strikeHook()
			}
			switch {
			case d.fault == HookLost:
				d.Done, st.changed = true, true
				continue
			case d.fault == HookLate && only != "" && d.Tries == 0:
				continue
			}
			st.changed = true
			if d.Tries < len(s.plan) {
				d.Due = now.Add(s.plan[d.Tries])
			} else {
				d.Done = true
			}
			d.Tries++
			taken = append(taken, d)
		}
		if slices.ContainsFunc(taken, func(d *delivery) bool { return d.fault == HookLate }) {
			slices.Reverse(taken)
		}
	})
	return taken, err
}

// post tells only the id, as Mollie does; 0 means that there was no answer.
func (s *Simulator) post(ctx context.Context, to, id string) int {
	ctx, cancel := context.WithTimeout(ctx, webhookAnswersWithin)
	defer cancel()
	body := strings.NewReader(url.Values{"id": {id}}.Encode())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, body)
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Mollie (simulation)")
	res, err := s.http.Do(r)
	if err != nil {
		return 0
	}
	defer res.Body.Close() //nolint:errcheck // nothing is read
	return res.StatusCode
}
