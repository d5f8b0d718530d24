package poppler

import (
	"os/signal"

	"golang.org/x/sys/unix"
)

// What a process may use.
const (
	maxMemory  = 768 << 20 // bytes
	maxSeconds = 5         // of a processor
	maxOpen    = 64        // files: fonts
)

// Who draws text tries to keep a list of the fonts on disk and goes on without one. Its write has to
// fail, not to kill it; a process inherits from us which signals are ignored.
func init() { signal.Ignore(unix.SIGXFSZ) }

// confine limits a process that is waiting for its input.
func confine(pid int) error {
	for resource, most := range map[int]uint64{
		unix.RLIMIT_AS: maxMemory, unix.RLIMIT_CPU: maxSeconds, unix.RLIMIT_NOFILE: maxOpen,
		unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0,
	} {
		if err := unix.Prlimit(pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
			return err
		}
	}
	return nil
}
