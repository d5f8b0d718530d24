package claims

import (
	"sync"
	"time"

	"samenclaim/internal/locale"
)

// LimitationDays are how many days before claims lapse staff are told; at the last it does not go away.
var LimitationDays = []int{365, 180, 90, 30}

// LastWarning is how many days before claims lapse every page of staff says so.
const LastWarning = 30

// NearLimitation are the people in a claim whose term ends on one day within a year, as a job counted them.
type NearLimitation struct {
	ClaimID      int64
	LimitationOn time.Time
	People       int64
	Outside      int64 // of them in no letter
	Warned       int   // the last of LimitationDays that the log was told of; 0 that the day has gone by
	CheckedAt    time.Time
}

// TableName is where the counts stand.
func (NearLimitation) TableName() string { return "limitation_watch" }

// DaysLeft is how many days there are until then; below zero it is too late.
func (n NearLimitation) DaysLeft(now time.Time) int { return locale.DaysUntil(n.LimitationOn, now) }

// warningsKept is how old the warnings on the pages of staff may be.
const warningsKept = time.Minute

// keeper keeps warnings for a minute, or until they are counted anew: every page of staff asks.
type keeper[T any] struct {
	mu   sync.Mutex
	at   time.Time
	rows []T
}

func (k *keeper[T]) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at, k.rows = time.Time{}, nil
}

func (k *keeper[T]) get(now time.Time, load func() ([]T, error)) ([]T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if age := now.Sub(k.at); age >= 0 && age < warningsKept {
		return k.rows, nil
	}
	rows, err := load()
	if err == nil {
		k.at, k.rows = now, rows
	}
	return rows, err
}
