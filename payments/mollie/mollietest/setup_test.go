package mollietest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"samenclaim/payments/mollie/mollietest"
)

// clock is a time that only the test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// inbox is our own server as the simulator sees it.
type inbox struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	answer int
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	in := &inbox{answer: http.StatusOK}
	in.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body) // a broken body fails the comparison below
		in.mu.Lock()
		defer in.mu.Unlock()
		in.bodies = append(in.bodies, r.Header.Get("Content-Type")+" "+string(b))
		w.WriteHeader(in.answer)
	}))
	t.Cleanup(in.Close)
	return in
}

func (in *inbox) got() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]string(nil), in.bodies...)
}

func (in *inbox) answers(status int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.answer = status
}

// reply is what the simulator said.
type reply struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

// at walks into the JSON, as in "_links.next.href".
func (r reply) at(path string) any {
	var v any = r.json
	for name := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// send speaks to the API without any client of ours; header pairs come last.
func send(t *testing.T, s *mollietest.Simulator, method, path, body string, header ...string) reply {
	t.Helper()
	r := httptest.NewRequest(method, "/mollie/"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+mollietest.TestKey)
	r.Header.Set("Content-Type", "application/json")
	return answer(t, s, r, header)
}

// post fills in a form on one of the pages.
func post(t *testing.T, s *mollietest.Simulator, path string, form url.Values, header ...string) reply {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/mollie/"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return answer(t, s, r, header)
}

func answer(t *testing.T, s *mollietest.Simulator, r *http.Request, header []string) reply {
	t.Helper()
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	got := reply{status: w.Code, header: w.Header(), text: w.Body.String()}
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &got.json); err != nil {
			t.Fatalf("%s %s answers no JSON: %v", r.Method, r.URL.Path, err)
		}
	}
	return got
}

func start(t *testing.T, change ...func(*mollietest.Options)) *mollietest.Simulator {
	t.Helper()
	s, _ := mollietest.Start(t, change...)
	return s
}

// order is a body for a new payment, with the webhook address given.
func order(webhook string) string {
	b, err := json.Marshal(map[string]any{
		"amount": map[string]string{"currency": "EUR", "value": "50.00"}, "description": "Vergoeding <b>Zoom</b>",
		"redirectUrl": "https://claim.test/terug?x=1", "webhookUrl": webhook, "locale": "nl_NL", "metadata": map[string]string{"ref": "R1"},
	})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// create makes a payment and gives its id.
func create(t *testing.T, s *mollietest.Simulator, webhook string) string {
	t.Helper()
	got := send(t, s, "POST", "v2/payments", order(webhook))
	id, _ := got.at("id").(string)
	if got.status != http.StatusCreated || id == "" {
		t.Fatalf("create answers %d %s", got.status, got.text)
	}
	return id
}

func createPaid(t *testing.T, s *mollietest.Simulator) string {
	t.Helper()
	id := create(t, s, "")
	if err := s.Set(id, "paid"); err != nil {
		t.Fatal(err)
	}
	return id
}
