package payments

import (
	"context"
	"io"
)

// ExportCSV writes every line of the books as a table.
func (s *Service) ExportCSV(ctx context.Context, w io.Writer) error { return errTodo }

// ExportHledger writes the books as a journal that hledger reads.
func (s *Service) ExportHledger(ctx context.Context, w io.Writer) error { return errTodo }
