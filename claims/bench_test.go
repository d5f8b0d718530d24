package claims_test

import (
	"fmt"
	"testing"
	"time"

	"samenclaim/claims/claimstest"
)

// BenchmarkSendLetter freezes an annex and sends the letter.
func BenchmarkSendLetter(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 250_000} {
		b.Run(fmt.Sprintf("%d people", n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				c := claimstest.New(b)
				c.Damaged = true // nothing is damaged, but recounting is not what is measured
				c.Crowd(n)
				l := c.Approved()
				b.StartTimer()
				start := time.Now()
				if err := c.Claims.SendLetter(b.Context(), claimstest.Board, c.Claim.ID, l.Ordinal); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(n)/time.Since(start).Seconds(), "people/s")
			}
		})
	}
}
