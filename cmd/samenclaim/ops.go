package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"samenclaim/internal/files"
	"samenclaim/migrations"
)

// opsHandler answers who runs the program: on a port of its own, never the public one.
func (a *app) opsHandler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), a.count, newFigures(a.pages, a.work, a.files))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{Timeout: 10 * time.Second}))
	return mux
}

// readyz tells the balancer whether to send requests here; why not is in the log.
func (a *app) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if !a.ready.Load() {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	if err := a.checkReady(ctx); err != nil {
		a.log.Warn("not ready", "error", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (a *app) checkReady(ctx context.Context) error {
	if err := migrations.Ready(ctx, a.pages); err != nil {
		return err
	}
	d, err := a.files.Create(ctx) // the disk is there and takes a file
	if errors.Is(err, files.ErrNoSpace) {
		a.log.Error("no space for files: evidence is refused, the rest goes on", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	d.Abort()
	return nil
}

// figures are counted when they are asked for; none of them says anything about a person.
type figures struct {
	pages, work *pgxpool.Pool
	files       *files.Store
}

func newFigures(pages, work *pgxpool.Pool, store *files.Store) figures {
	return figures{pages, work, store}
}

var (
	descMails   = prometheus.NewDesc("samenclaim_outbox_mails", "Mails in the outbox by state, those sent left out.", []string{"state"}, nil)
	descRefunds = prometheus.NewDesc("samenclaim_refunds", "Refunds that are not done, by state.", []string{"state"}, nil)
	descAge     = prometheus.NewDesc("samenclaim_outbox_oldest_seconds", "How long the oldest mail has been waiting; those of mailings left out.", nil, nil)
	descDisk    = prometheus.NewDesc("samenclaim_files_disk_used_ratio", "Share of the disk of the files that is in use, from 0 to 1; somebody should look from 0.8 on.", nil, nil)
	descConns   = prometheus.NewDesc("samenclaim_database_connections", "Connections to the database in use, by pool.", []string{"pool"}, nil)
)

// Describe names the figures.
func (f figures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descMails, descRefunds, descAge, descDisk, descConns} {
		ch <- d
	}
}

// Collect counts; what cannot be counted now is left out.
func (f figures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for name, pool := range map[string]*pgxpool.Pool{"pages": f.pages, "work": f.work} {
		ch <- prometheus.MustNewConstMetric(descConns, prometheus.GaugeValue, float64(pool.Stat().AcquiredConns()), name)
	}
	if used, ok := f.files.Used(); ok {
		ch <- prometheus.MustNewConstMetric(descDisk, prometheus.GaugeValue, used)
	}
	f.byState(ctx, ch, descMails, `SELECT status, count(*) FROM outbox WHERE status IN ('queued', 'sending', 'failed', 'unknown') GROUP BY status`)
	f.byState(ctx, ch, descRefunds, `SELECT status, count(*) FROM refunds WHERE status <> 'refunded' GROUP BY status`)
	var age float64
	if f.work.QueryRow(ctx, `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbox WHERE status = 'queued' AND mailing_id IS NULL`).Scan(&age) == nil {
		ch <- prometheus.MustNewConstMetric(descAge, prometheus.GaugeValue, age)
	}
}

func (f figures) byState(ctx context.Context, ch chan<- prometheus.Metric, desc *prometheus.Desc, query string) {
	rows, err := f.work.Query(ctx, query)
	if err != nil {
		return
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var n float64
		if rows.Scan(&state, &n) == nil {
			ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, n, state)
		}
	}
}
