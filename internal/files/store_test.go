package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

func setup(t testing.TB) (*Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	s, err := Open(dir)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

func put(t testing.TB, s *Store, content string) string {
	t.Helper()
	d, err := s.Create(t.Context())
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	defer d.Abort()
	if _, err := io.WriteString(d, content); err != nil {
		t.Fatalf("Write: %v", err)
	}
	if err := d.Commit(); err != nil {
		t.Fatalf("Commit: %v", err)
	}
	return d.Name
}

func list(t testing.TB, s *Store) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	if err := s.List(func(f File) error { all[f.Name] = f.Size; return nil }); err != nil {
		t.Fatalf("List: %v", err)
	}
	return all
}

func TestAFileComesBack(t *testing.T) {
	t.Parallel()
	s, dir := setup(t)
	name := put(t, s, "sealed bytes")
	r, err := s.Open(name)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || string(b) != "sealed bytes" {
		t.Errorf("content = %q, %v", b, err)
	}
	info, err := os.Stat(filepath.Join(dir, name[:2], name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v, want 0600", info, err)
	}
	if got := list(t, s); len(got) != 1 || got[name] != 12 {
		t.Errorf("List = %v, want only %s of 12 bytes", got, name)
	}
}

func TestNoOtherPlaceCanBeNamed(t *testing.T) {
	t.Parallel()
	s, dir := setup(t)
	if err := os.WriteFile(filepath.Join(dir, "..", "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "..", "../secret", "/etc/passwd", "incoming", "AA/../../secret", "ABCDEFGHIJKLMNOPQRSTUVWXY\n", "AAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		if _, err := s.Open(name); !errors.Is(err, ErrNotFound) {
			t.Errorf("Open(%q) = %v, want %v", name, err, ErrNotFound)
		}
	}
	if err := s.Remove("../secret"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Remove outside the folder = %v, want %v", err, ErrNotFound)
	}
	// A link in the folder must not lead out of it either.
	name := put(t, s, "x")
	at := filepath.Join(dir, name[:2], name)
	if err := errors.Join(os.Remove(at), os.Symlink("../../../secret", at)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(name); err == nil {
		t.Error("a link out of the folder was followed")
	}
}

func TestADraftIsReadBackBeforeItIsCommitted(t *testing.T) {
	t.Parallel()
	s, _ := setup(t)
	d, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Abort()
	for _, part := range []string{"sealed ", "bytes"} {
		if _, err := io.WriteString(d, part); err != nil {
			t.Fatal(err)
		}
		r, err := d.Written()
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(r); err != nil || !bytes.HasSuffix(b, []byte(part)) {
			t.Errorf("read back %q, %v", b, err)
		}
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := list(t, s); got[d.Name] != 12 {
		t.Errorf("List = %v, want 12 bytes", got)
	}
	if _, err := d.Written(); !errors.Is(err, errDone) {
		t.Errorf("Written after Commit = %v, want %v", err, errDone)
	}
}

func TestNothingHalfIsSeen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(d *Draft, cancel context.CancelFunc) error
	}{
		{"still being written", func(*Draft, context.CancelFunc) error { return nil }},
		{"aborted", func(d *Draft, _ context.CancelFunc) error { d.Abort(); d.Abort(); return nil }},
		{"the request ended before the commit", func(d *Draft, cancel context.CancelFunc) error {
			cancel()
			if _, err := d.Write([]byte("more")); !errors.Is(err, context.Canceled) {
				return errors.New("Write went on after the request ended")
			}
			if err := d.Commit(); !errors.Is(err, context.Canceled) {
				return errors.New("Commit went on after the request ended")
			}
			return nil
		}},
		{"written after the abort", func(d *Draft, _ context.CancelFunc) error {
			d.Abort()
			if _, err := d.Write([]byte("more")); !errors.Is(err, errDone) {
				return err
			}
			if err := d.Commit(); !errors.Is(err, errDone) {
				return err
			}
			return nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, _ := setup(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			d, err := s.Create(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Abort()
			if _, err := d.Write([]byte("half")); err != nil {
				t.Fatal(err)
			}
			if err := tt.end(d, cancel); err != nil {
				t.Errorf("end: %v", err)
			}
			if got := list(t, s); len(got) != 0 {
				t.Errorf("List = %v, want nothing", got)
			}
			if _, err := s.Open(d.Name); !errors.Is(err, ErrNotFound) {
				t.Errorf("Open = %v, want %v", err, ErrNotFound)
			}
		})
	}
}

func TestAFullDiskIsSaidAndLeavesNothing(t *testing.T) {
	t.Parallel()
	s, dir := setup(t)
	d, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// /dev/full answers every write as a full disk does.
	fullDisk, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no /dev/full here: %v", err)
	}
	_ = d.file.Close()
	d.file = fullDisk
	if _, err := d.Write([]byte("x")); !errors.Is(err, ErrNoSpace) {
		t.Errorf("Write = %v, want %v", err, ErrNoSpace)
	}
	d.Abort()
	left, err := os.ReadDir(filepath.Join(dir, incoming))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := full(&fs.PathError{Op: "rename", Err: syscall.EDQUOT}); !errors.Is(err, ErrNoSpace) {
		t.Errorf("a full quota is %v, want %v", err, ErrNoSpace)
	}
	if err := full(fs.ErrPermission); errors.Is(err, ErrNoSpace) {
		t.Error("any trouble is called a full disk")
	}
}

func TestSomeOfTheDiskStaysFreeForOthers(t *testing.T) {
	t.Parallel()
	s, _ := setup(t)
	used, ok := s.Used()
	if !ok {
		t.Skip("this system does not tell how full a disk is")
	}
	if used <= 0 || used > 1 {
		t.Errorf("%v of the disk is in use, want a share of it", used)
	}
	s.KeepFree(1 << 62)
	if _, err := s.Create(t.Context()); !errors.Is(err, ErrNoSpace) {
		t.Errorf("Create on a disk with too little room = %v, want %v", err, ErrNoSpace)
	}
	s.KeepFree(0)
	put(t, s, "there is room again")
}

func TestSweepRemovesOnlyWhatWasLeftBehind(t *testing.T) {
	t.Parallel()
	s, _ := setup(t)
	kept := put(t, s, "whole")
	d, err := s.Create(t.Context()) // the process that wrote it was killed
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Sweep(time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("Sweep of old drafts = %d, %v, want 0", n, err)
	}
	if n, err := s.Sweep(time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("Sweep = %d, %v, want 1", n, err)
	}
	if err := d.Commit(); err == nil {
		t.Error("a swept draft was committed")
	}
	if got := list(t, s); len(got) != 1 || got[kept] != 5 {
		t.Errorf("List = %v, want only %s", got, kept)
	}
	if err := errors.Join(s.Remove(kept), s.Remove(kept)); err != nil {
		t.Errorf("Remove twice = %v, want no error", err)
	}
	if got := list(t, s); len(got) != 0 {
		t.Errorf("List = %v, want nothing", got)
	}
}

func TestEightAtOnceKeepApart(t *testing.T) {
	t.Parallel()
	s, _ := setup(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				want := bytes.Repeat([]byte{byte('a' + i)}, 1000)
				name := put(t, s, string(want))
				r, err := s.Open(name)
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				got, err := io.ReadAll(r)
				if r.Close(); err != nil || !bytes.Equal(got, want) {
					t.Errorf("content = %.10q…, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
	if got := list(t, s); len(got) != 80 {
		t.Errorf("%d files, want 80", len(got))
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil {
		t.Error("Open of a file = no error")
	}
}
