package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// console is where a command reads and writes.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// errSaid ends a command with exit code 1 after it has said itself what is wrong.
var errSaid = errors.New("the command has said what is wrong")

// say prints one line.
func (c console) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c.out, format+"\n", args...) // a closed pipe is no reason to break off
}

// json prints a value for other programs.
func (c console) json(v any) error {
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// dryRun says that nothing was written.
func (c console) dryRun() { c.say("Nothing was written. Add --yes to do it.") }

// writeFile makes a file that was not there, whole or not at all, readable by its owner only.
func writeFile(name string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s exists already; choose another name", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".samenclaim-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Link(f.Name(), name); err != nil { // unlike a rename, never over somebody else's file
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Remove(f.Name())
}
