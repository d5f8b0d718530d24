package payments

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/vault"
)

const (
	largestFile = 1 << 30   // of the bank, as it comes in
	largestKept = 128 << 20 // the same, packed: statements shrink to a tenth
	pieceSize   = 1 << 20
	piecesAhead = 4 // read from the database at once
)

// place names a piece of a bank file to the vault; the first has the name that a file in one piece had.
func place(ref string, part int) string {
	if part == 0 {
		return "statement_import:" + ref
	}
	return fmt.Sprintf("statement_import:%s:%d", ref, part)
}

// keeper packs and seals what is written to it, piece by piece.
type keeper struct {
	vault  *vault.Vault
	ref    string
	sum    hash.Hash
	size   int64
	zip    *zstd.Encoder
	open   bytes.Buffer // packed, not sealed yet
	pieces [][]byte
}

func newKeeper(v *vault.Vault, ref string) (*keeper, error) {
	k := &keeper{vault: v, ref: ref, sum: sha256.New()}
	var err error
	k.zip, err = zstd.NewWriter(&k.open, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("pack a bank file: %w", err)
	}
	return k, nil
}

func (k *keeper) Write(b []byte) (int, error) {
	k.size += int64(len(b))
	k.sum.Write(b)
	if _, err := k.zip.Write(b); err != nil {
		return 0, fmt.Errorf("pack a bank file: %w", err)
	}
	for k.open.Len() >= pieceSize {
		if err := k.seal(k.open.Next(pieceSize)); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// Close packs the end of the file.
func (k *keeper) Close() error {
	if err := k.zip.Close(); err != nil {
		return fmt.Errorf("pack a bank file: %w", err)
	}
	for k.open.Len() > 0 {
		if err := k.seal(k.open.Next(pieceSize)); err != nil {
			return err
		}
	}
	return nil
}

func (k *keeper) seal(piece []byte) error {
	if len(k.pieces) >= largestKept/pieceSize {
		return ErrFileSize
	}
	sealed, err := k.vault.Seal(piece, place(k.ref, len(k.pieces)))
	k.pieces = append(k.pieces, sealed)
	return err
}

// store writes the pieces down.
func (k *keeper) store(ctx context.Context, tx *gorm.DB, importID int64) error {
	for part, piece := range k.pieces {
		if err := tx.WithContext(ctx).Exec(`INSERT INTO statement_import_parts (import_id, part, content) VALUES (?, ?, ?)`, importID, part, piece).Error; err != nil {
			return fmt.Errorf("keep a bank file: %w", err)
		}
	}
	return nil
}

// kept reads a bank file back. Its lock is held while it asks the database, so
// that others can use the same transaction in between.
type kept struct {
	ctx    context.Context //nolint:containedctx // an io.Reader has no other way to be told
	tx     *gorm.DB
	vault  *vault.Vault
	file   storedFile
	lock   sync.Locker
	sealed [][]byte
	part   int
	open   []byte
}

func (k *kept) Read(b []byte) (int, error) {
	for len(k.open) == 0 {
		if len(k.sealed) == 0 {
			if err := k.fetch(); err != nil {
				return 0, err
			}
		}
		if len(k.sealed) == 0 {
			return 0, io.EOF
		}
		piece, err := k.vault.Unseal(k.sealed[0], place(k.file.Ref, k.part))
		if err != nil {
			return 0, fmt.Errorf("%w: bank file: %w", ErrTampered, err)
		}
		k.open, k.sealed, k.part = piece, k.sealed[1:], k.part+1
	}
	n := copy(b, k.open)
	k.open = k.open[n:]
	return n, nil
}

func (k *kept) fetch() error {
	k.lock.Lock()
	defer k.lock.Unlock()
	err := k.tx.WithContext(k.ctx).Raw(`SELECT content FROM statement_import_parts WHERE import_id = ? AND part >= ? ORDER BY part LIMIT ?`,
		k.file.ID, k.part, piecesAhead).Scan(&k.sealed).Error
	if err != nil {
		return fmt.Errorf("bank file: %w", err)
	}
	return nil
}

// packed is how a packed file begins; no statement of a bank does.
var packed = []byte{0x28, 0xb5, 0x2f, 0xfd}

// readKept gives a bank file to a reader, and fails if it is not what was taken in.
func (s *Service) readKept(ctx context.Context, tx *gorm.DB, f storedFile, lock sync.Locker, read func(io.Reader) error) error {
	k := &kept{ctx: ctx, tx: tx, vault: s.vault, file: f, lock: lock}
	head := make([]byte, len(packed))
	n, err := io.ReadFull(k, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	plain := io.MultiReader(bytes.NewReader(head[:n]), k)
	if bytes.Equal(head[:n], packed) {
		unzip, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			return fmt.Errorf("bank file: %w", err)
		}
		defer unzip.Close()
		plain = unzip
	}
	sum := sha256.New()
	in := &source{r: io.TeeReader(plain, sum)}
	if err := in.trouble(read(in)); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return fmt.Errorf("bank file: %w", err)
	}
	if !bytes.Equal(sum.Sum(nil), f.SHA256) {
		return fmt.Errorf("%w: bank file", ErrTampered)
	}
	return nil
}

// source is where a bank file comes from. It tells trouble on the way from trouble in the file.
type source struct {
	r    io.Reader
	most int64 // how much may come; zero is everything
	size int64
	err  error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if s.size += int64(n); err == nil && s.most > 0 && s.size > s.most {
		err = ErrFileSize
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// trouble is why reading failed, if it did.
func (s *source) trouble(err error) error {
	if s.err != nil {
		return s.err
	}
	return err
}

// storedFile is an uploaded bank file.
type storedFile struct {
	ID         int64
	Ref        string
	FileName   string
	SHA256     []byte `gorm:"column:sha256"`
	Sheets     *string
	UploadedBy audit.Actor
	UploadedAt time.Time
	BookedBy   *audit.Actor
	BookedAt   *time.Time
	DroppedAt  *time.Time
}

// TableName is the table of uploaded bank files.
func (storedFile) TableName() string { return "statement_imports" }
