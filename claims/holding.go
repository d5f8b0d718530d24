package claims

import (
	"context"
	"io"
)

// Export writes everything that is held about a person as a ZIP: the data, the signed documents and the evidence.
func (s *Service) Export(ctx context.Context, participantID int64, w io.Writer) error {
	return errTodo
}
