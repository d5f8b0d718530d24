// Command stop ends the private PostgreSQL that the tests share.
package main

import (
	"context"
	"fmt"
	"os"

	"samenclaim/migrations/pgtest"
)

func main() {
	if err := pgtest.Stop(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
