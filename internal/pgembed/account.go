package pgembed

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// nobodyID is the number of the account without rights where no name leads to it.
const nobodyID = 65534

// account returns the unprivileged account that PostgreSQL runs as, because it
// refuses to run as root. It is nil when we are an ordinary user ourselves.
func account() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return &syscall.Credential{Uid: nobodyID, Gid: nobodyID}
}

// handOver makes paths belong to the account.
func handOver(cred *syscall.Credential, paths ...string) error {
	if cred == nil {
		return nil
	}
	for _, p := range paths {
		if err := os.Lchown(p, int(cred.Uid), int(cred.Gid)); err != nil {
			return fmt.Errorf("%w: %w", ErrFolder, err)
		}
	}
	return nil
}

// reachable fails when the account may not enter a folder above dir, such as
// /root: initdb would only say "permission denied".
func reachable(cred *syscall.Credential, dir string) error {
	if cred == nil {
		return nil
	}
	for up := filepath.Dir(dir); ; up = filepath.Dir(up) {
		info, err := os.Stat(up)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrFolder, err)
		}
		own, ok := info.Sys().(*syscall.Stat_t)
		mine := ok && own.Uid == cred.Uid && info.Mode()&0o100 != 0
		if !mine && info.Mode()&0o001 == 0 {
			return fmt.Errorf("%w: PostgreSQL does not run as root, and the account it runs as may not enter %s; choose a folder elsewhere", ErrFolder, up)
		}
		if up == filepath.Dir(up) {
			return nil
		}
	}
}
