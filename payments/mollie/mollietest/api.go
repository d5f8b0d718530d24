package mollietest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

const (
	largestRequest = 64 << 10
	keysKept       = 24 * time.Hour
)

var bearer = regexp.MustCompile(`^Bearer ((test|live)_\w{8,}|access_\w{8,})$`)

// call is one request to the API, let in and read.
type call struct {
	*http.Request
	body  []byte
	live  bool
	byKey bool // an API key: the mode is in the key
	stale bool
}

// api turns a handler into a route: count, fault, key, once per idempotency key, answer.
func (s *Simulator) api(route string, handle func(*call, *state) answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault := s.strike(route)
		switch fault {
		case Error500:
			problem(http.StatusInternalServerError, "", "Something went wrong at Mollie.").write(w)
			return
		case TooMany:
			problem(http.StatusTooManyRequests, "", "Too many requests.").write(w)
			return
		case Garbage:
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><title>Welcome to this network</title></html>") // who hung up needs no page
			return
		case Hang:
			select {
			case <-r.Context().Done():
			case <-s.done:
			}
			panic(http.ErrAbortHandler)
		}
		got := s.answer(r, fault == Stale, handle)
		switch fault {
		case CutBody:
			got.cut(w)
		case Slow:
			s.drip(w, r, got)
		case LostAnswer:
			panic(http.ErrAbortHandler)
		default:
			got.write(w)
		}
	})
}

// drip sends an answer one byte a second, until whoever asked has enough of it.
func (s *Simulator) drip(w http.ResponseWriter, r *http.Request, a answer) {
	a.head(w)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := range a.body {
		if _, err := w.Write(a.body[i : i+1]); err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.done:
			panic(http.ErrAbortHandler)
		case <-tick.C:
		}
	}
}

func (s *Simulator) answer(r *http.Request, stale bool, handle func(*call, *state) answer) answer {
	c, err := read(r)
	if err != nil {
		return problem(http.StatusBadRequest, "", err.Error())
	}
	if c == nil {
		return problem(http.StatusUnauthorized, "", "Missing authentication, or failed to authenticate")
	}
	c.stale = stale
	var a answer
	kept := s.do(func(st *state) {
		s.pass(st)
		a = s.once(c, st, handle)
	})
	if kept != nil {
		return problem(http.StatusServiceUnavailable, "", "The simulator could not keep this.")
	}
	return a
}

// read gives nil for a request without a usable key.
func read(r *http.Request) (*call, error) {
	m := bearer.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, largestRequest+1))
	if err != nil || len(body) > largestRequest {
		return nil, errors.New("the request could not be read")
	}
	c := &call{Request: r, body: body, live: m[2] == "live", byKey: m[2] != ""}
	if !c.byKey {
		var in struct {
			Testmode bool `json:"testmode"`
		}
		_ = json.Unmarshal(body, &in) // a body that is no JSON is refused further on
		c.live = !in.Testmode && r.URL.Query().Get("testmode") != "true"
	}
	return c, nil
}

// once gives the same answer to the same key; a key for something else is refused.
func (s *Simulator) once(c *call, st *state, handle func(*call, *state) answer) answer {
	key := c.Header.Get("Idempotency-Key")
	if key == "" || c.Method == http.MethodGet {
		return handle(c, st)
	}
	name := digest(c.Header.Get("Authorization"), key)
	request := digest(c.Method, c.URL.Path, string(bytes.TrimSpace(c.body)))
	now := s.now()
	if k, ok := st.Keys[name]; ok && now.Before(k.At.Add(keysKept)) {
		if k.Request != request {
			return problem(http.StatusBadRequest, "", "The idempotency key was used for another request.")
		}
		return answer{k.Status, k.Body}
	}
	a := handle(c, st)
	if a.status < http.StatusMultipleChoices {
		forget(st, now)
		st.Keys[name] = kept{Request: request, Status: a.status, Body: a.body, At: now}
		st.changed = true
	}
	return a
}

func forget(st *state, now time.Time) {
	if len(st.Keys) < 1000 {
		return
	}
	for name, k := range st.Keys {
		if !now.Before(k.At.Add(keysKept)) {
			delete(st.Keys, name)
		}
	}
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// find gives a payment of the mode that the key is for.
func (c *call) find(st *state) *Payment {
	p := st.byID[c.PathValue("id")]
	if p == nil || p.Live != c.live {
		return nil
	}
	return p
}

// organisationOnly refuses what may not come with an API key.
func (c *call) organisationOnly(fields map[string]json.RawMessage) (answer, bool) {
	for _, name := range []string{"testmode", "profileId"} {
		if _, given := fields[name]; given && c.byKey {
			return problem(http.StatusUnprocessableEntity, name, "Non-existent body parameter \""+name+"\" for this API call."), true
		}
	}
	return answer{}, false
}
