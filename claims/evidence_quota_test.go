package claims_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"gorm.io/gorm"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

// fill puts so many files of so many bytes beside each other, without the files.
func (s sender) fill(files, bytes int) {
	s.Helper()
	s.Exec(`INSERT INTO evidence (ref, participation_id, kind, media_type, bytes, sha256, storage_name, key_wrapped, created_at)
		SELECT 'r' || n, id, 'file', 'application/pdf', ?, sha256(n::text::bytea), 's' || n, key_wrapped, signed_at
		FROM generate_series(1, ?) n, participations WHERE id = ?`, bytes, files, s.member.ParticipationID)
}

func TestQuotasHoldForEightAtOnce(t *testing.T) {
	t.Parallel()
	const mega = 1 << 20
	tests := []struct {
		name         string
		files, bytes int // there already
		send         int // bytes in each of eight more
		kept         int
	}{
		{"three places left of twenty", 17, 10, mega / 8, 3},
		{"four megabytes left of a hundred", 10, 10066329, mega, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSender(t)
			s.fill(tt.files, tt.bytes)
			ends := claimstest.Eight(func(i int) error {
				content := append(paddedPDF(tt.send-10), fmt.Sprintf("\n%%%d\n%%%%EOF\n", i)...)
				_, err := s.Claims.AttachFile(t.Context(), visitor, s.owner, "a.pdf", bytes.NewReader(content))
				return err
			}, claims.ErrTooMany)
			if ends[nil] != tt.kept || ends[claims.ErrTooMany] != 8-tt.kept {
				t.Errorf("eight at once = %v, want %d kept and the rest refused", ends, tt.kept)
			}
			if n := stored(t, s.Files); n != tt.kept {
				t.Errorf("%d files are stored, want %d", n, tt.kept)
			}
		})
	}
}

// TestTheLockIsWhatHoldsTheQuota is the control: with the same questions and
// without the lock, eight fit where one does.
func TestTheLockIsWhatHoldsTheQuota(t *testing.T) {
	t.Parallel()
	for _, locked := range []bool{true, false} {
		s := newSender(t)
		s.fill(19, 10)
		var asked sync.WaitGroup
		asked.Add(8)
		ends := claimstest.Eight(func(i int) error {
			return s.DB.WithContext(t.Context()).Transaction(func(tx *gorm.DB) error {
				if locked {
					asked.Done()
					if err := claims.LockOwner(t.Context(), tx, s.owner); err != nil {
						return err
					}
				}
				err := claims.HasRoom(t.Context(), tx, s.owner)
				if !locked {
					asked.Done()
				}
				asked.Wait() // all eight are in the race before the first one writes
				if err != nil {
					return err
				}
				return tx.Exec(`INSERT INTO evidence (ref, participation_id, kind, media_type, bytes, sha256, storage_name, key_wrapped, created_at)
					SELECT @name, id, 'file', 'application/pdf', 1, sha256(convert_to(@name, 'UTF8')), @name, key_wrapped, signed_at FROM participations WHERE id = @id`,
					map[string]any{"name": fmt.Sprint("x", i), "id": s.member.ParticipationID}).Error
			})
		}, claims.ErrTooMany)
		want := 8
		if locked {
			want = 1
		}
		if ends[nil] != want {
			t.Errorf("with the lock %v: %v, want %d of eight kept", locked, ends, want)
		}
	}
}

func TestWhatWasSentIsKnownAgainThoughItWasMadeAnew(t *testing.T) {
	t.Parallel()
	s := newSender(t)
	photo := aJPEG(t, 40, 40)
	if _, err := s.send("a.jpg", photo); err != nil {
		t.Fatal(err)
	}
	s.Exec(`UPDATE evidence SET sha256 = sha256('made by another encoder')`)
	if _, err := s.send("b.jpg", photo); !errors.Is(err, claims.ErrSameFile) {
		t.Errorf("the same photo again = %v, want %v", err, claims.ErrSameFile)
	}
}
