package payments

import (
	"context"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// Approve is the second person saying that the run is right; the total is typed to show that it was read.
func (s *Service) Approve(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64, typedTotal Cents) (Run, error) {
	return Run{}, errTodo
}

// Release lets the run go to the bank: from here on its files can be downloaded.
func (s *Service) Release(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64, typedTotal Cents) (Run, error) {
	return Run{}, errTodo
}

// Cancel drops a run that has not been released, and tells who was in it.
func (s *Service) Cancel(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64) (Run, []int64, error) {
	return Run{}, nil, errTodo
}

// Close ends a run that the bank has carried out.
func (s *Service) Close(ctx context.Context, tx *gorm.DB, by audit.Actor, runID int64) (Run, error) {
	return Run{}, errTodo
}

// RunFile gives the exact bytes for the bank, of a released run only.
func (s *Service) RunFile(ctx context.Context, by audit.Actor, runID int64, part int) (name string, content, sha256 []byte, err error) {
	return "", nil, nil, errTodo
}
