package claims_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

// BenchmarkApproveNews writes down the recipients of a mailing to everybody. SAMENCLAIM_BENCH_MILLION=1 adds a million.
func BenchmarkApproveNews(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if os.Getenv("SAMENCLAIM_BENCH_MILLION") != "" {
		sizes = append(sizes, 1_000_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("%d people", n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				c := claimstest.New(b)
				c.Damaged = true // nothing is damaged, but recounting is not what is measured
				copies(c, n)
				in := someNews("bench")
				in.Groups, in.BodyNL = claims.Groups, "Beste {{naam}}, er is nieuws."
				ref, err := c.Claims.WriteNews(b.Context(), claimstest.Register, c.Claim.ID, in)
				if err != nil {
					b.Fatal(err)
				}
				if err := c.Claims.ProposeNews(b.Context(), claimstest.Register, c.Claim.ID, ref, 1); err != nil {
					b.Fatal(err)
				}
				peak := watchHeap()
				b.StartTimer()
				start := time.Now()
				if err := c.Claims.ApproveNews(b.Context(), claimstest.Lawyer, c.Claim.ID, ref, 1); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(n)/time.Since(start).Seconds(), "people/s")
				b.ReportMetric(float64(peak())/(1<<20), "MiB-more")
				if got := c.Mailed(ref); got != int64(n) {
					b.Fatalf("mailed to %d, want %d", got, n)
				}
			}
		})
	}
}

// copies adds participations as copies of one, by the database: what is sealed in them is not read here.
func copies(c *claimstest.Case, n int) {
	c.Helper()
	c.Join(1)
	conn, err := c.Owner(c.TB).Acquire(c.Ctx())
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Release()
	for _, sql := range []string{
		`INSERT INTO participants (email, email_key, first_names, last_name, lang, email_verified_at, key_wrapped, synthetic, created_at)
			SELECT 'p' || i || '@deelnemer.example', 'p' || i || '@deelnemer.example', 'Sanne', 'Bakker', CASE i % 5 WHEN 0 THEN 'en' ELSE 'nl' END, p.email_verified_at, p.key_wrapped, true, p.created_at
			FROM participants p, generate_series(2, $1) i WHERE p.id = 1`,
		`INSERT INTO participations (ref, number, claim_id, participant_id, status, used_for, evidence_plan, key_wrapped, signed_at, created_at)
			SELECT md5('r' || q.id), 'ZZ-' || lpad(upper(to_hex(q.id / 65536)), 4, '0') || '-' || lpad(upper(to_hex(q.id % 65536)), 4, '0'), t.claim_id, q.id, 'active', t.used_for, t.evidence_plan, t.key_wrapped, t.signed_at, t.created_at
			FROM participations t, participants q WHERE t.id = 1 AND q.id > 1 AND $1 > 0 ON CONFLICT DO NOTHING`,
		`ANALYZE participants, participations`,
	} {
		var args []any
		if sql[0] == 'I' {
			args = []any{n}
		}
		if _, err := conn.Exec(c.Ctx(), sql, args...); err != nil {
			c.Fatal(err)
		}
	}
}

// watchHeap notes how large the heap gets; the function it returns ends that and tells by how much it grew.
func watchHeap() (grown func() uint64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, peak := m.HeapInuse, m.HeapInuse
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return peak - before
	}
}
