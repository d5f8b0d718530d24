package payments

import (
	"context"

	"gorm.io/gorm"
)

// PostDistribution books an approved distribution and uses the prepayments for the fees; what a
// prepayment has left over is refunded, and their number is returned.
func PostDistribution(ctx context.Context, tx *gorm.DB, distributionID int64) (refunds int64, err error) {
	return 0, errTodo
}

// PostZeroAwards earns the fees of awards that leave nothing to transfer; once.
func PostZeroAwards(ctx context.Context, tx *gorm.DB, distributionID int64) (posted bool, err error) {
	return false, errTodo
}
