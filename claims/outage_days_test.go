package claims

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"samenclaim/internal/locale"
)

// Property: whatever outages there are, overlapping, touching or across the night in which the clock changes, people can
// sign as long as was announced, and at most a minute longer for each outage.
func TestADeadlineMovesAtLeastAsMuchAsNobodyCouldSign(t *testing.T) {
	t.Parallel()
	const tick = 20 * time.Second
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]string{"2026-03-28 20:00", "2026-10-24 20:00", "2026-11-30 10:00", "2028-02-28 22:00"}).Draw(t, "day")
		opened, err := time.ParseInLocation("2006-01-02 15:04", day, locale.Amsterdam())
		if err != nil {
			t.Fatal(err)
		}
		ticks := func(most int, name string) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * tick
		}
		planned := opened.Add(time.Minute + ticks(2000, "open for"))
		outages := make([]span, rapid.IntRange(0, 8).Draw(t, "outages"))
		for i := range outages {
			from := opened.Add(-time.Hour + ticks(2500, "from"))
			outages[i] = span{from.UTC(), from.Add(tick + ticks(400, "for")).UTC()}
		}
		closes := extended(planned, opened, outages)
		var open time.Duration
		for at := opened; at.Before(closes); at = at.Add(tick) {
			down := false
			for _, o := range outages {
				down = down || !at.Before(o.from) && at.Before(o.to)
			}
			if !down {
				open += tick
			}
		}
		if want := planned.Sub(opened); open < want || open > want+time.Duration(len(outages))*time.Minute {
			t.Errorf("people could sign for %s, want %s that was announced, and at most %d minutes more", open, want, len(outages))
		}
		if again := extended(planned, opened, slices.Concat(outages, outages)); !again.Equal(closes) {
			t.Errorf("with each outage twice the deadline is %s, want %s", again, closes)
		}
	})
}

func TestWhatAnOutageAdds(t *testing.T) {
	t.Parallel()
	at := func(hour, minute, second int) time.Time {
		return time.Date(2026, 11, 30, hour, minute, second, 0, time.UTC)
	}
	opened, planned := at(8, 0, 0), at(20, 0, 0)
	for _, tt := range []struct {
		name    string
		outages []span
		want    time.Time
	}{
		{"none adds nothing", nil, planned},
		{"half an hour adds half an hour", []span{{at(12, 0, 0), at(12, 30, 0)}}, at(20, 30, 0)},
		{"a part of a minute is a minute", []span{{at(12, 0, 0), at(12, 2, 1)}}, at(20, 3, 0)},
		{"two at once count once", []span{{at(12, 0, 0), at(12, 30, 0)}, {at(12, 10, 0), at(12, 40, 0)}}, at(20, 40, 0)},
		{"one within another adds nothing", []span{{at(12, 0, 0), at(13, 0, 0)}, {at(12, 10, 0), at(12, 40, 0)}}, at(21, 0, 0)},
		{"over the deadline: all of it", []span{{at(19, 50, 0), at(20, 20, 0)}}, at(20, 30, 0)},
		{"in the time that another added", []span{{at(12, 0, 0), at(12, 30, 0)}, {at(20, 10, 0), at(20, 20, 0)}}, at(20, 40, 0)},
		{"after the deadline nothing", []span{{at(20, 0, 0), at(21, 0, 0)}}, planned},
		{"before the opening nothing", []span{{at(7, 0, 0), at(7, 30, 0)}}, planned},
		{"over the opening the part since", []span{{at(7, 0, 0), at(8, 30, 0)}}, at(20, 30, 0)},
	} {
		if got := extended(planned, opened, tt.outages); !got.Equal(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
