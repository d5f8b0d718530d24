package files

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
)

// errDone means that a draft was written to after its Commit or Abort.
var errDone = errors.New("the file was already finished")

// Draft is a file being written. It ends with Commit, or with Abort, which may
// be deferred: after Commit it does nothing.
type Draft struct {
	// Name is what the file is found by once it is committed.
	Name string

	ctx   context.Context
	store *Store
	file  *os.File
}

// Create begins a new file under a random name. Nobody sees it before Commit.
func (s *Store) Create(ctx context.Context) (*Draft, error) {
	if err := s.room(); err != nil {
		return nil, err
	}
	name := rand.Text()
	f, err := s.root.OpenFile(incoming+"/"+name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create a file: %w", full(err))
	}
	return &Draft{Name: name, ctx: ctx, store: s, file: f}, nil
}

// Write adds to the file, and stops when the request that sends it has ended.
func (d *Draft) Write(p []byte) (int, error) {
	if d.file == nil {
		return 0, errDone
	}
	if err := d.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := d.file.Write(p)
	if err != nil {
		return n, fmt.Errorf("write a file: %w", full(err))
	}
	return n, nil
}

// Written reads back what was written so far.
func (d *Draft) Written() (io.Reader, error) {
	if d.file == nil {
		return nil, errDone
	}
	info, err := d.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read a file back: %w", err)
	}
	return io.NewSectionReader(d.file, 0, info.Size()), nil
}

// Commit puts the file on the disk for good and gives it its name. After an
// error there is no file.
func (d *Draft) Commit() error {
	if d.file == nil {
		return errDone
	}
	if err := d.commit(); err != nil {
		d.Abort()
		return fmt.Errorf("store a file: %w", full(err))
	}
	return nil
}

func (d *Draft) commit() error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	if err := d.file.Sync(); err != nil {
		return err
	}
	if err := d.file.Close(); err != nil {
		return err
	}
	root, folder := d.store.root, d.Name[:2]
	if err := root.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := root.Rename(incoming+"/"+d.Name, place(d.Name)); err != nil {
		return err
	}
	d.file = nil
	// The name itself survives a power cut only when both folders are on the disk.
	for _, f := range []string{folder, "."} {
		if err := d.syncFolder(f); err != nil {
			return errors.Join(err, d.store.Remove(d.Name))
		}
	}
	return nil
}

func (d *Draft) syncFolder(name string) error {
	f, err := d.store.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Abort throws the file away.
func (d *Draft) Abort() {
	if d.file == nil {
		return
	}
	_ = d.file.Close() // it may be closed already; the removal is what counts
	_ = d.store.root.Remove(incoming + "/" + d.Name)
	d.file = nil
}
