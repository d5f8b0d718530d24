package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/web/staff"
)

// mostQueries is how many statements a page may send to the database, its session and log-in included.
const mostQueries = 12

// notebook writes down what is asked of the database.
type notebook struct {
	mu    sync.Mutex
	lines []string
}

// TraceQueryStart notes a statement; where a transaction begins and ends is no question.
func (n *notebook) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	n.mu.Lock()
	defer n.mu.Unlock()
	if word, _, _ := strings.Cut(q.SQL, " "); word != "begin" && word != "commit" && word != "rollback" {
		n.lines = append(n.lines, q.SQL)
	}
	return ctx
}

// TraceQueryEnd has nothing to note.
func (n *notebook) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// take returns what was noted, and begins a new page.
func (n *notebook) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	lines := n.lines
	n.lines = nil
	return lines
}

func TestNoPageAsksMuch(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	notes := &notebook{}
	observed := m.over(t, func(cfg *pgxpool.Config) { cfg.ConnConfig.Tracer = notes })
	for n, r := range routes {
		if r.Method != http.MethodGet {
			continue
		}
		for _, who := range m.readers(r) {
			c := m.visitor(t)
			if who != (reader{}) {
				c = m.as(t, 5000+n, who.staff, who.participant)
			}
			c.site = observed
			path := m.fill(t, r.Path)
			c.get(path)
			notes.take()
			p := c.get(path)
			asked := notes.take()
			t.Logf("%3d %d %s", len(asked), p.Status, r.Path)
			if len(asked) > mostQueries {
				t.Errorf("GET %s asks %d times, and %d are allowed:\n%s", r.Path, len(asked), mostQueries, strings.Join(asked, "\n"))
			}
		}
	}
}

func TestMyCaseAsksLittleUntilTheEnd(t *testing.T) {
	t.Parallel()
	s, m, _, home := joined(t, claims.Flat)
	s.Send()
	s.Arrive(1)
	s.MoveTo(claims.Negotiation)
	s.MoveTo(claims.SettlementProposed)
	p := s.Participation(m)
	must(t, errors.Join(
		s.Claims.WriteConsultation(s.Ctx(), claimstest.Lawyer, s.Claim.ID, claims.Consultation{
			TitleNL: "Het voorstel", TitleEN: "The proposal", BodyNL: "U krijgt 400 euro.", BodyEN: "You get 400 euros.", ClosesAt: s.Watch.Now().AddDate(0, 0, 8), RequestID: "form",
		}),
		s.Claims.OpenConsultation(s.Ctx(), claimstest.Board, s.Claim.ID, 1),
		s.Claims.CastVote(s.Ctx(), audit.Participant(p.ParticipantID), p, claims.VoteFor, s.Watch.Now())))
	notes := &notebook{}
	all := &matrix{site: s.site}
	observed := all.over(t, func(cfg *pgxpool.Config) { cfg.ConnConfig.Tracer = notes })
	look := func(when string, pages ...string) {
		t.Helper()
		b := all.as(t, len(pages), 0, p.ParticipantID)
		b.site = observed
		for _, page := range pages {
			b.get(home + page).want(200)
			notes.take()
			b.get(home + page)
			if asked := notes.take(); len(asked) == 0 || len(asked) > mostQueries {
				t.Errorf("%s, my case%s asks %d times, and %d are allowed:\n%s", when, page, len(asked), mostQueries, strings.Join(asked, "\n"))
			}
		}
	}
	look("while a settlement is proposed", "", "/documenten", "/raadpleging")
	s.Watch.Advance(8*24*time.Hour + time.Minute)
	s.Drain("consultations")
	s.Settle(40_000)
	s.Receive(40_000)
	s.Distribute()
	s.Accounts(m)
	s.Bank(s.Carried(s.Release())...)
	look("after it was paid", "", "/documenten", "/uitbetaling", "/vergoeding", "/betalen")
}

// reader is a log-in for a page; none is a passer-by.
type reader struct{ staff, participant int64 }

// readers are those who may open a page.
func (m *matrix) readers(r route) (all []reader) {
	switch r.Kind {
	case portal:
		return []reader{{participant: m.joinedA.ParticipantID}}
	case desk:
		for _, role := range staff.Roles {
			if role.May(r.Permission) {
				all = append(all, reader{staff: m.members[role]})
			}
		}
		return all
	default:
		return []reader{{}}
	}
}
