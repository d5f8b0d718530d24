package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gorm.io/gorm"
)

// demoState is what the demo remembers of itself. The file is written last, so
// that data without it is known to be half loaded.
type demoState struct {
	Base      string // the address of the site when the data was last used
	Logins    []demoLogin
	Claimants []demoClaimant
}

// demoClaimant is somebody whose case is worth a look.
type demoClaimant struct {
	Email, Number, Slug string
	What                string // which words describe them
}

// read gives the state of a demo that was loaded whole.
func (d demoFolder) read() (state demoState, ok bool, err error) {
	b, err := os.ReadFile(d.ready())
	if errors.Is(err, fs.ErrNotExist) {
		return state, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &state)
	}
	if err != nil {
		return state, false, fmt.Errorf("the demo's notes: %w; start over with --fresh", err)
	}
	return state, true, nil
}

// write replaces the state as a whole.
func (d demoFolder) write(state demoState) error {
	b, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(d.ready(), b)
}

func replaceFile(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".demo-*")
	if err != nil {
		return fmt.Errorf("the demo's folder: %w", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("the demo's folder: %w", err)
	}
	return nil
}

// rebase follows the site to another port: addresses stand in payments on both sides.
func (d demoFolder) rebase(db *gorm.DB, state demoState, base string) error {
	if state.Base == base {
		return nil
	}
	err := db.Exec(`UPDATE prepayments SET checkout_url = replace(checkout_url, ?, ?) WHERE checkout_url <> ''`, state.Base+"/", base+"/").Error
	if err != nil {
		return fmt.Errorf("follow the site to %s: %w", base, err)
	}
	memory, err := os.ReadFile(d.mollie())
	if err == nil {
		err = replaceFile(d.mollie(), bytes.ReplaceAll(memory, []byte(state.Base+"/"), []byte(base+"/")))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	state.Base = base
	return d.write(state)
}
