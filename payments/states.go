package payments

import "strings"

// step is one way from state to state.
type step struct{ From, To string }

// The states of things that have money in them. There are no other steps.
var (
	// Money that comes late is still money, so "paid" can follow an end that Mollie told of before.
	prepaymentSteps = []step{
		{PrepaymentCreated, PrepaymentOpen},
		{PrepaymentOpen, PrepaymentPaid}, {PrepaymentOpen, PrepaymentFailed}, {PrepaymentOpen, PrepaymentCanceled}, {PrepaymentOpen, PrepaymentExpired},
		{PrepaymentFailed, PrepaymentPaid}, {PrepaymentCanceled, PrepaymentPaid}, {PrepaymentExpired, PrepaymentPaid},
		{PrepaymentPaid, PrepaymentChargedBack}, {PrepaymentChargedBack, PrepaymentPaid}, // a bank may take back, and give back again
	}
	// Mollie may skip steps on the way forward, and a bank can send back what Mollie called refunded.
	refundSteps = []step{
		{RefundRequired, RefundRequested}, {RefundRequired, RefundCanceled},
		{RefundRequested, RefundQueued}, {RefundRequested, RefundPending}, {RefundRequested, RefundProcessing}, {RefundRequested, RefundRefunded},
		{RefundRequested, RefundFailed}, {RefundRequested, RefundCanceled},
		{RefundQueued, RefundPending}, {RefundQueued, RefundProcessing}, {RefundQueued, RefundRefunded}, {RefundQueued, RefundFailed}, {RefundQueued, RefundCanceled},
		{RefundPending, RefundProcessing}, {RefundPending, RefundRefunded}, {RefundPending, RefundFailed}, {RefundPending, RefundCanceled},
		{RefundProcessing, RefundRefunded}, {RefundProcessing, RefundFailed}, {RefundProcessing, RefundCanceled},
		{RefundRefunded, RefundFailed}, {RefundRefunded, RefundCanceled},
	}
	runSteps = []step{
		{RunPrepared, RunApproved}, {RunPrepared, RunCancelled}, {RunApproved, RunReleased}, {RunApproved, RunCancelled},
		{RunReleased, RunBooked}, {RunBooked, RunClosed},
	}
	payoutSteps = []step{
		{PayoutPlanned, PayoutSent}, {PayoutPlanned, PayoutCancelled}, {PayoutSent, PayoutBooked}, {PayoutSent, PayoutRejected},
		{PayoutBooked, PayoutReturned},
	}
)

// can tells whether a step is in the table.
func can(steps []step, from, to string) bool {
	for _, s := range steps {
		if s.From == from && s.To == to {
			return true
		}
	}
	return false
}

// Diagrams draws the states of prepayments, refunds, runs and payouts, for the documentation.
func Diagrams() string {
	var b strings.Builder
	for _, d := range []struct {
		name  string
		steps []step
	}{{"Prepayment", prepaymentSteps}, {"Refund", refundSteps}, {"Payout run", runSteps}, {"Payout", payoutSteps}} {
		b.WriteString("## " + d.name + "\n\n```mermaid\nstateDiagram-v2\n    [*] --> " + d.steps[0].From + "\n")
		for _, s := range d.steps {
			b.WriteString("    " + s.From + " --> " + s.To + "\n")
		}
		b.WriteString("```\n\n")
	}
	return b.String()
}
