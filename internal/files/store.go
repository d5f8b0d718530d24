// Package files keeps encrypted files in a local folder. It never sees what is
// in them: callers seal before they write, names are drawn by chance, and a file
// is either there whole or not there at all.
package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"syscall"
	"time"
)

var (
	// ErrNoSpace means that the disk or the quota is full; nothing was stored.
	ErrNoSpace = errors.New("there is no space left to store files")
	// ErrNotFound means that there is no file of this name.
	ErrNotFound = errors.New("there is no such file")
)

// incoming holds files that are still being written.
const incoming = "incoming"

// names are 26 letters and digits: 130 random bits.
var names = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// Store is a folder of files.
type Store struct {
	root *os.Root
	free uint64
}

// Open uses the folder, and makes it if it is not there.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for files: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	if err := root.MkdirAll(incoming, 0o700); err != nil {
		return nil, fmt.Errorf("write in the folder for files: %w", full(errors.Join(err, root.Close())))
	}
	return &Store{root: root}, nil
}

// KeepFree has the store take no file once the disk has less room than this many bytes: the database
// may live on it as well, and goes on. It is set before the first file.
func (s *Store) KeepFree(bytes uint64) { s.free = bytes }

// Used is which share of the disk is in use, from 0 to 1; ok says whether this system tells.
func (s *Store) Used() (share float64, ok bool) {
	size, free, ok := space(s.Folder())
	if !ok || size == 0 {
		return 0, false
	}
	return 1 - float64(free)/float64(size), true
}

// room is nil as long as the disk has as much room as has to stay free.
func (s *Store) room() error {
	if _, free, ok := space(s.Folder()); ok && free < s.free {
		return fmt.Errorf("%w: %d bytes are free", ErrNoSpace, free)
	}
	return nil
}

// Folder is where the files are.
func (s *Store) Folder() string { return s.root.Name() }

// Close lets go of the folder.
func (s *Store) Close() error { return s.root.Close() }

// Open reads a file.
func (s *Store) Open(name string) (io.ReadCloser, error) {
	if !names.MatchString(name) {
		return nil, ErrNotFound
	}
	f, err := s.root.Open(place(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	return f, nil
}

// Remove deletes a file; one that is gone already is no error, so that a sweep may run twice.
func (s *Store) Remove(name string) error {
	if !names.MatchString(name) {
		return ErrNotFound
	}
	if err := s.root.Remove(place(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// File is one stored file as a sweep for orphans sees it.
type File struct {
	Name     string
	Size     int64
	StoredAt time.Time
}

// List shows every stored file to see, until it returns an error.
func (s *Store) List(see func(File) error) error {
	return fs.WalkDir(s.root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path == incoming {
			return fs.SkipDir
		}
		if d.IsDir() || !names.MatchString(d.Name()) {
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed while we walked
		}
		if err != nil {
			return err
		}
		return see(File{Name: d.Name(), Size: info.Size(), StoredAt: info.ModTime()})
	})
}

// Sweep removes files whose writing began before the given time and never ended,
// such as those that a power cut left behind.
func (s *Store) Sweep(before time.Time) (removed int, err error) {
	entries, err := fs.ReadDir(s.root.FS(), incoming)
	if err != nil {
		return 0, fmt.Errorf("look for unfinished files: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := s.root.Remove(incoming + "/" + e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, fmt.Errorf("remove an unfinished file: %w", err)
		}
		removed++
	}
	return removed, nil
}

// place spreads files over 1,024 folders.
func place(name string) string { return name[:2] + "/" + name }

// full tells a full disk from other trouble.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return err
}
