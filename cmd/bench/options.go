package main

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// options are what a run is told.
type options struct {
	program  string
	parts    []string
	clients  []int
	rounds   int
	each     int   // signatures per round
	sizes    []int // of the register
	looks    int   // at each page of the register
	whole    int   // complete sign-ups, as fast as they go
	arrivals float64
	views    float64
	duration time.Duration
}

func read(args []string) (o options, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&o.program, "program", "bin/samenclaim", "the built program")
	only := f.String("only", "start,register,sign,signup", "what to measure; pace is the other one")
	clients := f.String("clients", "8,32", "browsers at once, for signing")
	sizes := f.String("register", "10000,100000", "sizes of the register, each larger than the one before")
	f.IntVar(&o.rounds, "rounds", 3, "rounds of signing, each against pgbench")
	f.IntVar(&o.each, "each", 1000, "signatures per round")
	f.IntVar(&o.looks, "looks", 300, "looks at each page of the register")
	f.IntVar(&o.whole, "signups", 300, "complete sign-ups, as fast as they go")
	f.Float64Var(&o.arrivals, "arrivals", 20, "pace: people a second who begin to sign up")
	f.Float64Var(&o.views, "views", 300, "pace: pages a second that others look at")
	f.DurationVar(&o.duration, "duration", 2*time.Minute, "pace: for how long")
	if err = f.Parse(args); err != nil {
		return o, err
	}
	o.parts = strings.Split(*only, ",")
	if o.clients, err = numbers(*clients); err != nil {
		return o, fmt.Errorf("-clients: %w", err)
	}
	if o.sizes, err = numbers(*sizes); err != nil {
		return o, fmt.Errorf("-register: %w", err)
	}
	return o, nil
}

func numbers(list string) (all []int, err error) {
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}
