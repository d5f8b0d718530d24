package claims

import (
	"sync"
	"time"
)

// counterKept is how old the public counter may be.
const counterKept = 60 * time.Second

// counter keeps the number of participations per claim for a minute, so that
// a busy public page does not count a million rows for each visitor.
type counter struct {
	mu   sync.Mutex
	seen map[int64]counted
}

type counted struct {
	active int64
	at     time.Time
}
