package main

import (
	"io"

	"samenclaim/internal/vault"
)

// keysNewCmd makes a master key.
type keysNewCmd struct {
	Out string `help:"The file to write; without it the key is printed." placeholder:"FILE"`
}

// Run never overwrites a file: what a lost key sealed is lost.
func (k *keysNewCmd) Run(c console) error {
	key, err := vault.NewMaster()
	if err != nil {
		return err
	}
	key = append(key, '\n')
	if k.Out == "" {
		_, err = c.out.Write(key)
		return err
	}
	err = writeFile(k.Out, func(w io.Writer) error {
		_, err := w.Write(key)
		return err
	})
	if err != nil {
		return err
	}
	c.say("Wrote %s. Keep a copy where the database's copies are not: without it nobody can read what is sealed.", k.Out)
	return nil
}
