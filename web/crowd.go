package web

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"
)

// gate is what stands before something that many do from one place, or for one
// address: so often it is free, then it takes work or a place in a line, and
// beyond Most it is refused.
type gate struct {
	Free, Most limit
	Line       line
	Work       bool // a computation by the browser opens it as well
}

// line is where people wait when a gate is busy, each until a moment of their own: who has no script is let in by it.
type line struct {
	Name    string // also the field of the form that carries a place in it
	Every   time.Duration
	First   time.Duration // the shortest wait
	Longest time.Duration // a line that is longer is closed
}

var (
	linePlace = line{"beurt", 20 * time.Second, 20 * time.Second, 15 * time.Minute}

	gateStart = gate{Free: limit{"free start", 3 * time.Minute, 20}, Most: limitStart, Line: linePlace, Work: true}
	gateIP    = gate{Free: limit{"free code ip", 2 * time.Minute, 30}, Most: limitCodeIP, Line: linePlace, Work: true}
	gateMail  = gate{Free: limit{"free code mail", 450 * time.Second, 2}, Most: limitCodeMail, Line: linePlace, Work: true}
)

const (
	fieldWork = "altcha"
	fieldWait = "wachten" // asks for a place in the line
)

// usualStarts is how many sign-ups the whole site begins in a second.
const usualStarts = 30

// gateSite keeps the whole site from being flooded: so many sign-ups a second, and then a line for all.
func (s *Server) gateSite() gate {
	n := s.cfg.StartsASecond
	if n <= 0 {
		n = usualStarts
	}
	pace := time.Second / time.Duration(n)
	return gate{Free: limit{"all starts", pace, n}, Line: line{"beurt-site", pace, 3 * time.Second, 5 * time.Minute}}
}

// entry is somebody before a gate: a place or an address.
type entry struct {
	gate
	subject string
}

// crowded means that a gate is busy: the same form goes on after some work or a wait.
type crowded struct {
	entry
	Turn *time.Time // when somebody who waits may go on
}

func (*crowded) Error() string { return "many at once" }

// pass lets somebody through gates, or says what it takes. Nothing counts unless all of them open.
func (s *Server) pass(c echo.Context, all ...entry) error {
	ctx := c.Request().Context()
	var proofs []string
	for _, e := range all {
		var often *limited
		if err := s.allow(ctx, s.eased(e.Free), e.subject); !errors.As(err, &often) {
			if err != nil {
				return err
			}
			continue
		}
		if e.Most.Burst > 0 {
			if err := s.spent(ctx, s.eased(e.Most), e.subject); err != nil {
				return err
			}
		}
		proof, err := s.proof(c, e)
		if err != nil {
			return err
		}
		proofs = append(proofs, proof)
	}
	if err := s.spend(ctx, all, proofs); err != nil {
		return err
	}
	for _, e := range all {
		if e.Most.Burst == 0 {
			continue
		}
		if err := s.allow(ctx, s.eased(e.Most), e.subject); err != nil {
			return err
		}
	}
	return nil
}

// spend makes sure that a proof opens a gate once: the library takes the same one for ever. One
// proof is enough for all gates of a form.
func (s *Server) spend(ctx context.Context, all []entry, proofs []string) error {
	slices.Sort(proofs)
	for _, proof := range slices.Compact(proofs) {
		n, err := s.pool.Exec(ctx, `INSERT INTO rate_limits (key, tat) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET tat = $2 WHERE rate_limits.tat < $3`,
			s.limitKey(limit{Name: "proof"}, proof), s.now().Add(2*proofLife), s.now())
		if err != nil {
			return err
		}
		if n.RowsAffected() == 0 {
			return &crowded{entry: all[len(all)-1]}
		}
	}
	return nil
}

// proof finds what the form carries for a gate: a computation, or a turn in the line that has come.
func (s *Server) proof(c echo.Context, e entry) (string, error) {
	values := c.Request().PostForm
	if work := values.Get(fieldWork); e.Work && s.solved(work) {
		return work, nil
	}
	turn, ok := s.turn(e, values.Get(e.Line.Name))
	switch {
	case ok && !turn.After(s.now()) && turn.Add(proofLife).After(s.now()):
		return values.Get(e.Line.Name), nil
	case ok && turn.After(s.now()):
		return "", &crowded{entry: e, Turn: &turn}
	case values.Get(fieldWait) != "" || !e.Work:
		turn, err := s.queue(c.Request().Context(), e)
		if err != nil {
			return "", err
		}
		return "", &crowded{entry: e, Turn: &turn}
	}
	return "", &crowded{entry: e}
}

// queue takes the next place in a line; when the line is too long, it says when to come back.
func (s *Server) queue(ctx context.Context, e entry) (time.Time, error) {
	l, now := e.Line, s.now()
	key := s.limitKey(limit{Name: "line " + l.Name}, e.subject)
	var turn time.Time
	err := s.pool.QueryRow(ctx, `INSERT INTO rate_limits AS r (key, tat) VALUES ($1, $2::timestamptz + $3)
		ON CONFLICT (key) DO UPDATE SET tat = greatest(r.tat + $4, $2 + $3) WHERE greatest(r.tat + $4, $2 + $3) - $2 <= $5 RETURNING tat`,
		key, now, l.First, l.Every, l.Longest).Scan(&turn)
	if errors.Is(err, pgx.ErrNoRows) {
		return turn, &limited{Until: now.Add(l.Longest)}
	}
	return turn, err
}

// ticket is a place in a line as the form carries it: it says when, and for whom, and cannot be made up.
func (s *Server) ticket(e entry, turn time.Time) string {
	text := strconv.FormatInt(turn.UnixMicro(), 10)
	return text + "." + hex.EncodeToString(s.vault.MAC("turn", fmt.Appendf(nil, "%s|%s|%s", e.Line.Name, e.subject, text))[:16])
}

func (s *Server) turn(e entry, ticket string) (time.Time, bool) {
	text, _, _ := strings.Cut(ticket, ".")
	micros, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	turn := time.UnixMicro(micros)
	return turn, subtle.ConstantTimeCompare([]byte(ticket), []byte(s.ticket(e, turn))) == 1
}

// eased is a limit where everybody comes from one address, as on the machine of a demonstration.
func (s *Server) eased(l limit) limit {
	if n := s.cfg.Ease; n > 1 && l.Name != gateMail.Free.Name && l.Name != limitCodeMail.Name {
		l.Every, l.Burst = l.Every/time.Duration(n), l.Burst*n
	}
	return l
}

// field is one value of a form.
type field struct{ Name, Value string }

// again are the fields that were sent, to be sent once more: nothing that was typed is lost.
func again(sent url.Values, own ...string) (fields []field) {
	for name, values := range sent {
		if name == "csrf" || name == fieldWait || slices.Contains(own, name) {
			continue
		}
		for _, v := range values {
			fields = append(fields, field{name, v})
		}
	}
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}
