package vault

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	stream "github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
)

const (
	keySize = 32
	// segment is how much of a file is encrypted at a time, and so what an upload holds in memory.
	segment = 64 << 10
)

// wrapping is what a wrapped key is bound to, so that it is never taken for sealed data.
var wrapping = []byte("data key")

// Key is the data key of one participation.
type Key struct {
	raw  []byte
	aead *subtle.AESGCM
}

// NewKey makes a data key, and the wrapped form of it that may stand in the database.
func (v *Vault) NewKey() (*Key, []byte, error) {
	raw := make([]byte, keySize)
	if _, err := rand.Read(raw); err != nil {
		return nil, nil, fmt.Errorf("make a data key: %w", err)
	}
	wrapped, err := v.keys.Encrypt(raw, wrapping)
	if err != nil {
		return nil, nil, fmt.Errorf("wrap a data key: %w", err)
	}
	k, err := newKey(raw)
	return k, wrapped, err
}

// OpenKey unwraps a data key; an empty one was destroyed.
func (v *Vault) OpenKey(wrapped []byte) (*Key, error) {
	if len(wrapped) == 0 {
		return nil, ErrDestroyed
	}
	raw, err := v.keys.Decrypt(wrapped, wrapping)
	if err != nil || len(raw) != keySize {
		return nil, fmt.Errorf("unwrap a data key: %w", ErrUnreadable)
	}
	return newKey(raw)
}

func newKey(raw []byte) (*Key, error) {
	a, err := subtle.NewAESGCM(raw)
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	return &Key{raw: raw, aead: a}, nil
}

// Seal encrypts a field; about names the record and field, and only the same name opens it again.
func (k *Key) Seal(plain []byte, about string) ([]byte, error) {
	b, err := k.aead.Encrypt(plain, []byte(about))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return append([]byte{sealedVersion}, b...), nil
}

// Unseal decrypts what Seal made with this key about the same thing.
func (k *Key) Unseal(sealed []byte, about string) ([]byte, error) {
	if len(sealed) < MinSealed || sealed[0] != sealedVersion {
		return nil, ErrUnreadable
	}
	b, err := k.aead.Decrypt(sealed[1:], []byte(about))
	if err != nil {
		return nil, ErrUnreadable
	}
	return b, nil
}

// UnsealText is Unseal for words; where there is nothing sealed there are no words.
func (k *Key) UnsealText(sealed []byte, about string) (string, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := k.Unseal(sealed, about)
	return string(plain), err
}

// SealTo encrypts a file while it is written; only Close makes it whole.
func (k *Key) SealTo(w io.Writer, about string) (io.WriteCloser, error) {
	s, err := k.stream()
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte{sealedVersion}); err != nil {
		return nil, err
	}
	return s.NewEncryptingWriter(w, []byte(about))
}

// UnsealFrom decrypts a file while it is read. A file that was changed or cut
// short gives ErrUnreadable in place of its end, never a quiet shorter file.
func (k *Key) UnsealFrom(r io.Reader, about string) (io.Reader, error) {
	s, err := k.stream()
	if err != nil {
		return nil, err
	}
	var version [1]byte
	if _, err := io.ReadFull(r, version[:]); err != nil || version[0] != sealedVersion {
		return nil, ErrUnreadable
	}
	plain, err := s.NewDecryptingReader(r, []byte(about))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return unsealing{plain}, nil
}

// stream derives a second key, so that fields and files never share one.
func (k *Key) stream() (*stream.AESGCMHKDF, error) {
	h := hmac.New(sha256.New, k.raw)
	h.Write([]byte("files"))
	s, err := stream.NewAESGCMHKDF(h.Sum(nil), "SHA256", keySize, segment, 0)
	if err != nil {
		return nil, fmt.Errorf("file key: %w", err)
	}
	return s, nil
}

// unsealing names every failure in the words of this package.
type unsealing struct{ r io.Reader }

func (u unsealing) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return n, err
}
