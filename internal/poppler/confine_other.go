//go:build !linux

package poppler

// confine has only the clock where the system knows no limits for another process.
func confine(int) error { return nil }
