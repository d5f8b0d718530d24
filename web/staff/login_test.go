package staff

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"samenclaim/internal/audit"
	"samenclaim/internal/vault"
	"samenclaim/migrations/pgtest"
)

const good = "paardenbloem op het dak"

func setup(t *testing.T) (*Service, pgtest.Database) {
	t.Helper()
	data := pgtest.New(t)
	master, err := vault.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(master)
	if err != nil {
		t.Fatal(err)
	}
	return New(data.DB, v, "https://claim.example"), data
}

// member is an account that is ready to log in.
func member(t *testing.T, s *Service, data pgtest.Database) Invitation {
	t.Helper()
	inv, err := s.Add(t.Context(), audit.System("test"), "Jan@Claim.example", "Jan Jansen", "nl", []Role{Lawyer})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Accept(t.Context(), inv.Token, good, code(t, s, data, inv)); err != nil {
		t.Fatal(err)
	}
	data.Watch.Advance(period)
	return inv
}

func code(t *testing.T, s *Service, data pgtest.Database, inv Invitation) string {
	t.Helper()
	c, err := totp.GenerateCode(s.Secret(inv.Token), data.Watch.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPasswordsThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, password string
		want           error
	}{
		{"a few separate words", good, nil},
		{"15 characters", "x7Kq-rr9.Tw2mN!", nil},
		{"14 characters", "x7Kq-rr9.Tw2mN", ErrPasswordShort},
		{"128 characters", strings.Repeat("ab4d-", 25) + "xyz", nil},
		{"129 characters", strings.Repeat("ab4d-", 25) + "wxyz", ErrPasswordLong},
		{"letters count, not bytes", strings.Repeat("é", 14), ErrPasswordShort},
		{"from a list", "qwertyuiopasdfgh", ErrPasswordEasy},
		{"from a list, with capitals and blanks", "Qwertyuiop Asdfgh", ErrPasswordEasy},
		{"one character", strings.Repeat("a", 20), ErrPasswordEasy},
		{"the name of the person", "jansenjansenjansen1", ErrPasswordEasy},
		{"the address", "jan.jansen2026welkom", ErrPasswordEasy},
		{"this place", "samenclaimsamenclaim1", ErrPasswordEasy},
	}
	for _, tt := range tests {
		if got := CheckNewPassword(tt.password, "Jan Jansen", "jan.jansen@claim.example"); !errors.Is(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestPasswordAndCodeLetSomebodyIn(t *testing.T) {
	t.Parallel()
	s, data := setup(t)
	inv := member(t, s, data)
	id, err := s.CheckPassword(t.Context(), "JAN@claim.example", good)
	if err != nil || id != inv.StaffID {
		t.Fatalf("CheckPassword = %d, %v, want %d", id, err, inv.StaffID)
	}
	if err := s.CheckCode(t.Context(), id, code(t, s, data, inv)); err != nil {
		t.Fatal(err)
	}
	if err := s.CheckCode(t.Context(), id, code(t, s, data, inv)); !errors.Is(err, ErrTOTP) {
		t.Errorf("the same code again = %v, want %v", err, ErrTOTP)
	}
	data.Watch.Advance(-period) // somebody else's older code
	if err := s.CheckCode(t.Context(), id, code(t, s, data, inv)); !errors.Is(err, ErrTOTP) {
		t.Errorf("an older code = %v, want %v", err, ErrTOTP)
	}
}

func TestACodeOfTwoMinutesAgoIsRefused(t *testing.T) {
	t.Parallel()
	s, data := setup(t)
	inv := member(t, s, data)
	old := code(t, s, data, inv)
	data.Watch.Advance(2 * time.Minute)
	if err := s.CheckCode(t.Context(), inv.StaffID, old); !errors.Is(err, ErrTOTP) {
		t.Errorf("CheckCode = %v, want %v", err, ErrTOTP)
	}
}

func TestOneCodeEightTimesAtOnceWorksOnce(t *testing.T) {
	t.Parallel()
	s, data := setup(t)
	inv := member(t, s, data)
	c := code(t, s, data, inv)
	if n := atOnceCount(func() error { return s.CheckCode(context.Background(), inv.StaffID, c) }); n != 1 {
		t.Errorf("one code worked %d times, want once", n)
	}
}

func TestOneInvitationEightTimesAtOnceWorksOnce(t *testing.T) {
	t.Parallel()
	s, data := setup(t)
	inv, err := s.Add(t.Context(), audit.System("test"), "jan@claim.example", "Jan Jansen", "nl", []Role{Lawyer})
	if err != nil {
		t.Fatal(err)
	}
	c := code(t, s, data, inv)
	if n := atOnceCount(func() error { return s.Accept(context.Background(), inv.Token, good, c) }); n != 1 {
		t.Errorf("one invitation worked %d times, want once", n)
	}
}

func atOnceCount(do func() error) int32 {
	var n atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if do() == nil {
				n.Add(1)
			}
		})
	}
	wg.Wait()
	return n.Load()
}

func TestGuessingGetsSlower(t *testing.T) {
	t.Parallel()
	s, data := setup(t)
	member(t, s, data)
	want := []time.Duration{0, 0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, time.Minute, time.Minute}
	for i, wait := range want {
		if _, err := s.CheckPassword(t.Context(), "jan@claim.example", "een verkeerd wachtwoord"); !errors.Is(err, ErrLogin) {
			t.Fatalf("try %d: %v, want %v", i+1, err, ErrLogin)
		}
		var left float64
		if err := data.DB.Raw(`SELECT coalesce(extract(epoch FROM blocked_until - ?), 0) FROM staff`, data.Watch.Now()).Scan(&left).Error; err != nil {
			t.Fatal(err)
		}
		if got := time.Duration(left * float64(time.Second)); got != wait {
			t.Errorf("after try %d one waits %s, want %s", i+1, got, wait)
		}
		data.Watch.Advance(wait)
	}
	if _, err := s.CheckPassword(t.Context(), "jan@claim.example", good); err != nil {
		t.Errorf("the right password after waiting: %v", err)
	}
}

func TestAClosedAccountDoesNotLogIn(t *testing.T) {
	t.Parallel()
	s, data := setup(t)
	inv := member(t, s, data)
	for range 2 { // twice is once
		if err := s.Disable(t.Context(), audit.System("test"), inv.StaffID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.CheckPassword(t.Context(), "jan@claim.example", good); !errors.Is(err, ErrLogin) {
		t.Errorf("CheckPassword = %v, want %v", err, ErrLogin)
	}
	if err := s.CheckCode(t.Context(), inv.StaffID, code(t, s, data, inv)); !errors.Is(err, ErrNotFound) {
		t.Errorf("CheckCode = %v, want %v", err, ErrNotFound)
	}
	if _, err := s.Member(t.Context(), inv.StaffID); !errors.Is(err, ErrDisabled) {
		t.Errorf("Member = %v, want %v", err, ErrDisabled)
	}
	if _, err := s.Invite(t.Context(), audit.System("test"), inv.StaffID, "nl"); !errors.Is(err, ErrDisabled) {
		t.Errorf("Invite = %v, want %v", err, ErrDisabled)
	}
	if err := s.Disable(t.Context(), audit.System("test"), 999); !errors.Is(err, ErrNotFound) {
		t.Errorf("Disable of nobody = %v, want %v", err, ErrNotFound)
	}
}

func TestAccountsThatAreNotOpened(t *testing.T) {
	t.Parallel()
	s, data := setup(t)
	member(t, s, data)
	tests := []struct {
		name, email, who string
		roles            []Role
		want             error
	}{
		{"no address", "jan", "Jan", []Role{Lawyer}, ErrEmail},
		{"no name", "x@claim.example", " ", []Role{Lawyer}, ErrName},
		{"no role", "x@claim.example", "Jan", nil, ErrRole},
		{"a role that does not exist", "x@claim.example", "Jan", []Role{"king"}, ErrRole},
		{"an address that has one", "JAN@claim.example", "Jan", []Role{Lawyer}, ErrExists},
	}
	for _, tt := range tests {
		if _, err := s.Add(t.Context(), audit.System("test"), tt.email, tt.who, "nl", tt.roles); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
