package mollietest

import (
	"maps"
	"slices"
	"sync"
)

// Fault is a way in which one call to the API goes wrong.
type Fault string

// The faults that FailNext knows.
const (
	Error500   Fault = "500"         // an error of Mollie's own, nothing is done
	TooMany    Fault = "429"         // too many calls, nothing is done
	Hang       Fault = "hang"        // no answer ever, nothing is done
	CutBody    Fault = "cut"         // done, but the answer breaks off half-way
	LostAnswer Fault = "lost answer" // done, but no answer comes
	Garbage    Fault = "garbage"     // a page of some proxy instead of an answer, nothing is done
	Slow       Fault = "slow"        // done, but the answer comes one byte a second
	Stale      Fault = "stale"       // the next question about a payment gets what was true before its last change
)

// HookFault is a way in which one webhook goes wrong.
type HookFault string

// The faults that FailHooks knows.
const (
	HookDoubled HookFault = "doubled" // it comes twice
	HookLost    HookFault = "lost"    // it never comes
	HookLate    HookFault = "late"    // it waits for Deliver, which sends the newest first
)

const getPaymentRoute = "GET /v2/payments/{id}"

// trouble plans faults and counts calls.
type trouble struct {
	mu      sync.Mutex
	planned []Fault
	hooks   []HookFault
	calls   map[string]int
}

// FailNext lets the next n calls to the API go wrong, after those already planned.
func (t *trouble) FailNext(n int, f Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.planned = append(t.planned, slices.Repeat([]Fault{f}, n)...)
}

// FailHooks lets the next n webhooks go wrong, after those already planned.
func (t *trouble) FailHooks(n int, f HookFault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hooks = append(t.hooks, slices.Repeat([]HookFault{f}, n)...)
}

// strikeHook gives the fault planned for the next webhook.
func (t *trouble) strikeHook() HookFault {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.hooks) == 0 {
		return ""
	}
	f := t.hooks[0]
	t.hooks = t.hooks[1:]
	return f
}

// Recover forgets the faults that are still planned.
func (t *trouble) Recover() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.planned, t.hooks = nil, nil
}

// Calls counts the calls per route, such as "POST /v2/payments", also those that went wrong.
func (t *trouble) Calls() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.calls)
}

// strike counts a call and gives the fault planned for it; a stale answer waits for a question about a payment.
func (t *trouble) strike(route string) Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls == nil {
		t.calls = map[string]int{}
	}
	t.calls[route]++
	if len(t.planned) == 0 || (t.planned[0] == Stale && route != getPaymentRoute) {
		return ""
	}
	f := t.planned[0]
	t.planned = t.planned[1:]
	return f
}
