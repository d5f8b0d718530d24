package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/internal/files"
	"samenclaim/internal/vault"
	"samenclaim/migrations/pgtest"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/mollie/mollietest"
	"samenclaim/web/staff"
)

const testBase = "https://claim.example"

// site is the whole site over a database of its own, with the claim "zoom" open.
type site struct {
	*Server
	handler interface{ ServeHTTP(w respond, r *request) }
	data    pgtest.Database
	pool    *pgxpool.Pool
	mollie  *mollietest.Simulator
	zoom    claims.Claim
	log     *journal
	files   *files.Store
}

// setup starts a site as a fresh installation with one open claim.
func setup(t testing.TB) *site {
	t.Helper()
	s := siteOn(t, pgtest.Seeded(t, "site", func(d pgtest.Database) { siteOn(t, d).open(t) }))
	var err error
	s.zoom, err = s.claims.ClaimBySlug(t.Context(), "zoom")
	must(t, err)
	return s
}

// siteOn is the site on a database, with a key of its own.
func siteOn(t testing.TB, data pgtest.Database) *site {
	t.Helper()
	master, err := vault.NewMaster()
	must(t, err)
	v, err := vault.Open(master)
	must(t, err)
	store, err := files.Open(t.TempDir())
	must(t, err)
	sim, client := mollietest.Start(t)
	people := participants.New(data.DB, v)
	money := payments.New(data.DB, v, client, payments.Config{BaseURL: testBase, WebhookURL: testBase + "/webhooks/mollie"})
	cases := claims.New(data.DB, v, store, people, money, func(string) {})
	return (&site{Server: &Server{vault: v}, data: data, pool: data.Pool, mollie: sim, files: store}).with(t, cases, people, money, staff.New(data.DB, v, testBase))
}

// open gives an empty site the foundation and an open claim.
func (s *site) open(t testing.TB) {
	t.Helper()
	ctx, cases := t.Context(), s.claims
	content := os.DirFS("../cmd/samenclaim/demo")
	foundation, err := claims.ParseFoundation(content, "foundation.json")
	must(t, err)
	must(t, cases.ImportFoundation(ctx, audit.System("test"), foundation))
	file, err := claims.ParseClaim(content, "claims/zoom.json")
	must(t, err)
	zoom, err := cases.ImportClaim(ctx, audit.System("test"), file)
	must(t, err)
	must(t, cases.ProposeMove(ctx, audit.Staff(901), []string{"lawyer"}, zoom.ID, claims.Proposal{To: claims.Open, Reason: "the claim is ready"}))
	must(t, cases.ApproveMove(ctx, audit.Staff(902), zoom.ID))
}

// with is the same database behind other services.
func (s *site) with(t testing.TB, cases *claims.Service, people *participants.Service, money *payments.Service, members *staff.Service) *site {
	t.Helper()
	log := &journal{}
	server, err := New(Deps{
		Pool: s.pool, Vault: s.vault, Claims: cases, People: people, Money: money, Staff: members, Now: s.data.Watch.Now,
		Log: slog.New(slog.NewTextHandler(log, nil)), Config: Config{BaseURL: testBase, Ease: 100}, // the clock of a test stands still
	})
	must(t, err)
	return &site{Server: server, handler: server.Handler(), data: s.data, pool: s.pool, mollie: s.mollie, zoom: s.zoom, log: log, files: s.files}
}

// strict is the site with the limits that hold for the world.
func (s *site) strict() *site {
	s.cfg.Ease = 0
	return s
}

// must ends a test that cannot go on.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// code is the newest code that was mailed to an address.
func (s *site) code(t testing.TB, email string) string {
	t.Helper()
	var code string
	must(t, s.pool.QueryRow(context.Background(), `SELECT data->>'Code' FROM outbox WHERE recipient = $1 AND template = 'code' ORDER BY id DESC LIMIT 1`, email).Scan(&code))
	return code
}

// count is one number from the database.
func (s *site) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	must(t, s.pool.QueryRow(context.Background(), query, args...).Scan(&n))
	return n
}

// word is one text from the database.
func (s *site) word(t testing.TB, query string, args ...any) (text string) {
	t.Helper()
	must(t, s.pool.QueryRow(context.Background(), query, args...).Scan(&text))
	return text
}

// answers are a complete sign-up.
func answers(email, fee string) func(*participants.Answers) {
	return func(a *participants.Answers) {
		*a = participants.Answers{
			Used: "yes", Adult: "yes", Country: "NL", Email: email, FirstNames: "Anna Maria", Infix: "de", LastName: "Vries",
			Address:  participants.Address{Postcode: "1234 AB", HouseNumber: "10", Street: "Dorpsstraat", City: "Utrecht", Country: "NL"},
			UsedFrom: "2020-03", UsedTo: "2021-06", UsedFor: "private", Evidence: "later", FeeOption: fee, Asked: a.Asked,
		}
	}
}

// join makes a participation through the domain.
func (s *site) join(t testing.TB, email, fee string) claims.Joined {
	t.Helper()
	ctx := context.Background()
	token, _, err := s.people.StartSignup(ctx, s.zoom.ID, "nl")
	must(t, err)
	_, err = s.people.Answer(ctx, s.zoom.ID, token, answers(email, fee))
	must(t, err)
	must(t, s.people.AskSignupCode(ctx, s.zoom.ID, token))
	_, err = s.people.ProveSignup(ctx, s.zoom.ID, token, s.code(t, email))
	must(t, err)
	texts, err := s.claims.Texts(ctx, s.zoom.ID, "nl")
	must(t, err)
	j, err := s.claims.Sign(ctx, s.zoom, token, claims.SignForm{
		MandateSHA256: hexOf(texts["mandate"].SHA256), AgreementSHA256: hexOf(texts["agreement"].SHA256), MandateLabel: "mandate", AgreementLabel: "agreement",
		MandateTicked: true, AgreementTicked: true, TypedName: "Anna Maria de Vries", RequestID: token, IP: "192.0.2.1", ReceivedAt: s.now(),
	})
	must(t, err)
	return j
}

// journal keeps what the site logs.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

var _ io.Writer = (*journal)(nil)
