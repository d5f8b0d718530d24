//go:build linux || darwin

package files

import "syscall"

// space is how large the disk of a folder is, and how much of it we may still use.
func space(folder string) (size, free uint64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil || s.Bsize <= 0 {
		return 0, 0, false
	}
	block := uint64(s.Bsize) //nolint:gosec // above zero
	return s.Blocks * block, s.Bavail * block, true
}
