package mollietest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Store keeps the simulator's memory over a restart; Load gives nil when there is nothing yet.
type Store interface {
	Load() ([]byte, error)
	Save([]byte) error
}

// FileStore is a Store in one file, which is replaced as a whole or not at all.
type FileStore string

// Load reads the file, if it is there.
func (f FileStore) Load() ([]byte, error) {
	b, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the simulator's memory: %w", err)
	}
	return b, nil
}

// Save writes beside the file first, so that a stop half-way leaves the old one.
func (f FileStore) Save(b []byte) error {
	if err := f.save(b); err != nil {
		return fmt.Errorf("keep the simulator's memory: %w", err)
	}
	return nil
}

func (f FileStore) save(b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(string(f)), ".mollie-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // gone after the rename; otherwise only litter
	_, err = tmp.Write(b)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), string(f))
}
