// Command samenclaim is the whole program: the site, the work in the background, and the tools of who runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	for _, name := range []string{"FRESH", "PORT", "DATA_DIR"} {
		if os.Getenv(name) == "" { // make passes on what was left empty
			_ = os.Unsetenv(name)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], console{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run carries out one command and returns the exit code.
func run(ctx context.Context, args []string, c console) int {
	exit := -1
	parser, err := kong.New(&commands{}, kong.Name("samenclaim"), kong.Writers(c.out, c.err),
		kong.Description("The platform of a claim foundation: sign-up, case, claim letter, payouts and books."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Exit(func(code int) { exit = code }), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c))
	if err != nil {
		return fail(c.err, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // help was asked for
		return exit
	}
	if err == nil {
		err = command.Run()
	}
	if err != nil {
		return fail(c.err, err)
	}
	return 0
}

// fail says in one line what went wrong.
func fail(w io.Writer, err error) int {
	if !errors.Is(err, errSaid) {
		line := strings.Join(strings.Fields(err.Error()), " ")
		_, _ = fmt.Fprintln(w, "samenclaim: "+line) // there is nowhere else to say it
	}
	return 1
}
