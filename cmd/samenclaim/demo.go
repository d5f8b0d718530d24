package main

import "context"

type demoCmd struct {
	Fresh bool `help:"Start over with new data." env:"FRESH"`
}

func (d *demoCmd) Run(ctx context.Context, c console) error { return nil }
