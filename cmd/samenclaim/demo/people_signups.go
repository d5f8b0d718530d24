package demo

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
	_ "time/tzdata" // the hours people are awake are Dutch hours, also on a machine without time zones
)

// awake is how busy each hour of the day is: nothing at night, most in the evening.
var awake = [24]float64{2, 1, 0.4, 0.2, 0.2, 0.5, 2, 5, 8, 9, 10, 10, 11, 9, 9, 9, 9, 8, 9, 13, 15, 14, 10, 5}

// signupTimes draws when people signed, oldest first: a rush at the start, a rush after an evening on television,
// quiet weekends and nights.
func signupTimes(r *rand.Rand, n int, from, until time.Time) []time.Time {
	if !from.Before(until) {
		from = until.AddDate(0, 0, -1) // no time to sign up in: then all on the last day
	}
	hours := hoursBetween(from, until)
	sums := make([]float64, len(hours))
	total := 0.0
	for i, hour := range hours {
		total += busy(hour, from, until)
		sums[i] = total
	}
	times := make([]time.Time, 0, n)
	for len(times) < n {
		i, _ := slices.BinarySearch(sums, r.Float64()*total)
		at := hours[min(i, len(hours)-1)].Add(time.Duration(r.Int64N(int64(time.Hour)))).Truncate(time.Millisecond)
		if !at.Before(from) && at.Before(until) {
			times = append(times, at)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

func hoursBetween(from, until time.Time) []time.Time {
	var hours []time.Time
	for hour := from.Truncate(time.Hour); hour.Before(until); hour = hour.Add(time.Hour) {
		hours = append(hours, hour)
	}
	return hours
}

// tvEvening is the evening the case was on television: at three fifths of the way, at eight.
func tvEvening(from, until time.Time) time.Time {
	day := from.Add(until.Sub(from) * 3 / 5).In(dutchTime)
	return time.Date(day.Year(), day.Month(), day.Day(), 20, 0, 0, 0, dutchTime)
}

func busy(hour, from, until time.Time) float64 {
	days := hour.Sub(from).Hours() / 24
	level := 1 + 14*math.Exp(-days/5)
	if after := hour.Sub(tvEvening(from, until)).Hours() / 24; after >= 0 {
		level += 45 * math.Exp(-after/1.5)
	}
	local := hour.In(dutchTime)
	if local.Weekday() == time.Saturday || local.Weekday() == time.Sunday {
		level *= 0.6
	}
	return level * awake[local.Hour()]
}

var dutchTime = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return time.FixedZone("CET", 3600) // cannot happen: the zones are built in
	}
	return zone
}()
