package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"samenclaim/claims"
)

// registerExportCmd writes all participations of a claim to a file.
type registerExportCmd struct {
	Claim string `required:"" help:"The word of the claim in its address, such as zoom." placeholder:"SLUG"`
	Out   string `required:"" help:"The file to write; it must not exist." placeholder:"FILE.csv"`
	JSON  bool   `help:"Print for other programs." name:"json"`
}

// Run writes the export in the log, as in the back office.
func (r *registerExportCmd) Run(ctx context.Context, c console) error {
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.needVault(); err != nil {
		return err
	}
	claim, err := o.claims.ClaimBySlug(ctx, r.Claim)
	if errors.Is(err, claims.ErrNotFound) {
		return fmt.Errorf("there is no claim %q", r.Claim)
	}
	if err != nil {
		return err
	}
	var rows int64
	err = writeFile(r.Out, func(w io.Writer) (err error) {
		rows, err = o.claims.ExportRegister(ctx, byCommand, claim.ID, w)
		return err
	})
	if err != nil {
		return err
	}
	if r.JSON {
		return c.json(map[string]any{"claim": r.Claim, "rows": rows, "file": r.Out})
	}
	c.say("Wrote %d rows to %s.", rows, r.Out)
	return nil
}
