package web

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"
)

// limit is how often something may happen: Burst at once, and then one per Every.
type limit struct {
	Name  string
	Every time.Duration
	Burst int
}

// The limits. They hold over all replicas, because they stand in the database.
var (
	limitStart      = limit{"start", 12 * time.Second, 300}         // sign-ups begun, per place: 300 an hour, 20 of them for nothing
	limitCodeMail   = limit{"code mail", 5 * time.Minute, 3}        // codes mailed to one address: 3 per 15 minutes
	limitCodeDay    = limit{"code mail day", 144 * time.Minute, 10} // and 10 a day
	limitCodeIP     = limit{"code mail ip", 12 * time.Second, 300}  // codes asked for from one place: 300 an hour, 30 of them for nothing
	limitCodeTries  = limit{"code tries", 96 * time.Minute, 15}     // codes tried for one address: 15 a day
	limitResume     = limit{"resume tries", 12 * time.Second, 300}  // codes tried to go on, from one place: 300 an hour
	limitStaffLogin = limit{"staff login", 20 * time.Second, 30}    // passwords tried from one place
	limitNewEmail   = limit{"new email", time.Hour, 5}              // new addresses that one person asks a code for: 5 at once, then one an hour
	limitTOTP       = limit{"second step", 3 * time.Minute, 5}      // second steps tried on one account: 5 per 15 minutes
	limitMistake    = limit{"mistake", 5 * time.Minute, 20}         // mistakes reported from one place: 20 at once, then 12 an hour
	limitUploads    = limit{"uploads", time.Minute, 60}             // files sent by one person: 60 an hour
	limitSearch     = limit{"search", time.Second, 60}              // searches by one member of staff
	limitHook       = limit{"hook", 20 * time.Millisecond, 50}      // calls of the webhook: 50 a second
	limitBounce     = limit{"bounce secret", 3 * time.Second, 20}   // wrong secrets from one place: 20 a minute
	limitUnknown    = limit{"unknown payment", 3 * time.Second, 20} // calls about payments that are not ours: 20 a minute
)

// limited means that something was done too often; it says when it is possible again.
type limited struct{ Until time.Time }

func (l *limited) Error() string { return "too often" }

// allow counts one more of something for somebody and refuses it when that is
// too often. What the limit is about is kept as a MAC, never as a name or address.
func (s *Server) allow(ctx context.Context, l limit, subject string) error {
	key, now := s.limitKey(l, subject), s.now()
	var one int
	err := s.pool.QueryRow(ctx, `INSERT INTO rate_limits AS r (key, tat) VALUES ($1, $2::timestamptz + $3)
		ON CONFLICT (key) DO UPDATE SET tat = greatest(r.tat, $2) + $3
		WHERE greatest(r.tat, $2) + $3 - $2 <= $3 * $4::int RETURNING 1`, key, now, l.Every, l.Burst).Scan(&one)
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	return s.spent(ctx, l, subject)
}

// spent tells whether a limit is reached, without counting.
func (s *Server) spent(ctx context.Context, l limit, subject string) error {
	var tat time.Time
	err := s.pool.QueryRow(ctx, `SELECT tat FROM rate_limits WHERE key = $1`, s.limitKey(l, subject)).Scan(&tat)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if free := tat.Add(l.Every - l.Every*time.Duration(l.Burst)); free.After(s.now()) {
		return &limited{Until: free}
	}
	return nil
}

func (s *Server) limitKey(l limit, subject string) string {
	return hex.EncodeToString(s.vault.MAC("limit", fmt.Appendf(nil, "%s|%s", l.Name, subject))[:16])
}

// place is where a request comes from: an IPv4 address, or the /64 of an IPv6 one.
func place(c echo.Context) string {
	ip, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return "?"
	}
	ip = ip.Unmap()
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
