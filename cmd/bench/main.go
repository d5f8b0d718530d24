// Command bench measures the site over HTTP against what the database itself
// can do with the same rows, in one run on one machine, and prints ratios.
// Absolute numbers move with the machine; ratios hold.
//
// The site is the built program, bin/samenclaim, over a private PostgreSQL
// with fsync and synchronous_commit on. Run it from the root of the
// repository, by make bench.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// parts are what can be measured, in their order.
var parts = []struct {
	name string
	do   func(s *site, ctx context.Context, o options) error
}{
	{"start", (*site).measureStart},
	{"register", (*site).measureRegister}, // what comes after it works in a full register
	{"sign", (*site).measureSigning},
	{"signup", (*site).measureSignups},
	{"pace", (*site).measurePace},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	o, err := read(os.Args[1:])
	if err == nil {
		err = run(ctx, o)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	s, err := install(ctx, o.program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.remove()) }()
	for _, p := range parts {
		if !slices.Contains(o.parts, p.name) {
			continue
		}
		if err := p.do(s, ctx, o); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Println()
	}
	return nil
}
