package claims

import (
	"time"

	"samenclaim/internal/locale"
)

const (
	// LongestOutside is how many days nobody who signed stays outside every letter.
	LongestOutside = 30
	// warnOutside is after how many days staff are told.
	warnOutside = 20
)

// Outside tells of people who signed and are in no letter yet, while the first one is out.
type Outside struct {
	People int64
	Since  time.Time // when the first of them signed
}

// Until is the last day on which a supplementary letter takes all of them along in time.
func (o Outside) Until() time.Time { return locale.Today(o.Since).AddDate(0, 0, LongestOutside) }

// DaysLeft is how many days there are until then; below zero it is too late.
func (o Outside) DaysLeft(now time.Time) int { return locale.DaysUntil(o.Until(), now) }

// OutsideTooLong tells of a claim in which a supplementary letter can be sent and
// somebody has waited nearly thirty days for it, or more; nil means nobody has.
func (f Figures) OutsideTooLong(c Claim, now time.Time) *Outside {
	if f.Late == 0 || f.LateSince == nil || !takesLetter(c.Status, 2) {
		return nil
	}
	o := Outside{f.Late, *f.LateSince}
	if o.DaysLeft(now) > LongestOutside-warnOutside {
		return nil
	}
	return &o
}
