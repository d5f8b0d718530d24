package main

import (
	"context"
	"time"

	"samenclaim/internal/jobs"
)

// drains is everything that runs by itself: what the case needs, the mail, and what only the clock asks for.
func drains(s services, mail jobs.Drain) []jobs.Drain {
	all := append(s.claims.Drains(), mail)
	return append(all, jobs.Drain{Name: "sweep", Every: 10 * time.Minute, Run: func(ctx context.Context) (bool, error) { return sweep(ctx, s.db) }})
}
