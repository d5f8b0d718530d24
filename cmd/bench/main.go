// Command bench measures the site over HTTP against what the database itself
// can do with the same rows, in one run on one machine, and prints ratios.
// Absolute numbers move with the machine; ratios hold.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	signups := flag.Int("signups", 2000, "signatures over HTTP")
	clients := flag.Int("clients", 16, "browsers at once")
	sizes := flag.String("register", "100000,1000000", "sizes of the register, each larger than the one before")
	flag.Parse()
	if err := run(context.Background(), *signups, *clients, *sizes); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, signups, clients int, sizes string) error {
	s, err := start(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.measureSigning(ctx, signups, clients); err != nil {
		return fmt.Errorf("signing: %w", err)
	}
	cookie, err := s.staffCookie(ctx)
	if err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	for word := range strings.SplitSeq(sizes, ",") {
		size, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil {
			return fmt.Errorf("-register: %w", err)
		}
		if err := s.measureRegister(ctx, size, cookie); err != nil {
			return fmt.Errorf("register of %d: %w", size, err)
		}
	}
	return nil
}
