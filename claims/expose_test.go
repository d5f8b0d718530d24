package claims

import (
	"context"

	"gorm.io/gorm"
)

// What only tests need to see.
var (
	Orientation   = orientation
	CleanFileName = cleanFileName
	Holdings      = holdings
	Elsewhere     = elsewhere
	LockOwner     = lockOwner
	Erasing       = erasing
)

// HasRoom asks whether a file of one byte fits, as AttachFile does under the lock.
func HasRoom(ctx context.Context, tx *gorm.DB, o Owner) error {
	return room(ctx, tx, o, &evidenceRow{Bytes: 1})
}
