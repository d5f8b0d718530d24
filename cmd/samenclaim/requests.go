package main

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// requestCounter counts requests by route pattern and status, and how long they took.
type requestCounter struct{ *prometheus.HistogramVec }

func newRequestCounter() *requestCounter {
	return &requestCounter{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "samenclaim_request_seconds", Help: "Time to answer a request, by route and status.",
		Buckets: []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10},
	}, []string{"method", "route", "status"})}
}

// counting counts requests as they are written in the access log, so that log and figures cannot differ.
type counting struct {
	slog.Handler
	count *requestCounter
}

// Handle counts a line about a request, and passes every line on.
func (c counting) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "request" {
		var method, route, status string
		var took time.Duration
		r.Attrs(func(a slog.Attr) bool {
			switch a.Key {
			case "method":
				method = a.Value.String()
			case "route":
				route = a.Value.String()
			case "status":
				status = strconv.FormatInt(a.Value.Int64(), 10)
			case "took":
				took = a.Value.Duration()
			}
			return true
		})
		c.count.WithLabelValues(method, route, status).Observe(took.Seconds())
	}
	return c.Handler.Handle(ctx, r)
}

// WithAttrs keeps counting.
func (c counting) WithAttrs(as []slog.Attr) slog.Handler {
	return counting{c.Handler.WithAttrs(as), c.count}
}

// WithGroup keeps counting.
func (c counting) WithGroup(name string) slog.Handler {
	return counting{c.Handler.WithGroup(name), c.count}
}
