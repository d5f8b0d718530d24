package claims

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"samenclaim/internal/files"
	"samenclaim/internal/vault"
)

// receive encrypts a file into the store while it comes in, and counts and hashes it on its way.
func (s *Service) receive(ctx context.Context, key *vault.Key, row *evidenceRow, r io.Reader) (*files.Draft, error) {
	draft, err := s.files.Create(ctx)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	size, err := s.seal(draft, key, *row, io.TeeReader(io.LimitReader(r, maxFile+1), hash))
	switch {
	case err != nil:
		err = fmt.Errorf("take a file in: %w", err)
	case size == 0:
		err = ErrFileEmpty
	case size > maxFile:
		err = ErrFileSize
	}
	if err != nil {
		draft.Abort()
		return nil, err
	}
	row.Bytes, row.SentSHA256 = size, hash.Sum(nil)
	row.SHA256 = row.SentSHA256
	return draft, nil
}

// seal encrypts what r gives into a draft.
func (s *Service) seal(draft *files.Draft, key *vault.Key, row evidenceRow, r io.Reader) (size int64, err error) {
	sealed, err := key.SealTo(draft, row.about("file"))
	if err != nil {
		return 0, err
	}
	if size, err = io.Copy(sealed, r); err != nil {
		return size, err
	}
	return size, sealed.Close()
}

// readBack decrypts what came in.
func readBack(key *vault.Key, row evidenceRow, draft *files.Draft) ([]byte, error) {
	sealed, err := draft.Written()
	if err != nil {
		return nil, err
	}
	plain, err := key.UnsealFrom(sealed, row.about("file"))
	if err != nil {
		return nil, err
	}
	sent := bytes.NewBuffer(make([]byte, 0, row.Bytes+bytes.MinRead))
	_, err = sent.ReadFrom(plain)
	return sent.Bytes(), err
}

// store encrypts into the folder of files; the file is whole and on the disk when this returns.
func (s *Service) store(ctx context.Context, key *vault.Key, row evidenceRow, kept []byte) (name string, err error) {
	draft, err := s.files.Create(ctx)
	if err != nil {
		return "", err
	}
	defer draft.Abort()
	if _, err := s.seal(draft, key, row, bytes.NewReader(kept)); err != nil {
		return "", err
	}
	return draft.Name, draft.Commit()
}
