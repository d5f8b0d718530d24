// Package vault encrypts personal data. One master key outside the database
// wraps a data key per participation; destroying that wrapped key is the erasure.
package vault

import (
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

var (
	// ErrDestroyed means that the key was destroyed: the data is gone for good.
	ErrDestroyed = errors.New("the key was destroyed, the data is erased")
	// ErrUnreadable means that sealed data is damaged, cut short, or belongs to another record or key.
	ErrUnreadable = errors.New("the sealed data is damaged or belongs to another record")
)

// MinSealed is the smallest length of sealed data; the schema refuses anything shorter.
const MinSealed = 1 + 12 + 16

// sealedVersion is the first byte of all that is sealed, so that a CHECK in the
// schema can tell it from plain text.
const sealedVersion = 1

// Vault is the opened master key.
type Vault struct {
	keys  tink.AEAD
	index *prf.Set
}

// Sealer seals and unseals data about one thing: the vault itself, or the key of one participation.
type Sealer interface {
	Seal(plain []byte, about string) ([]byte, error)
	Unseal(sealed []byte, about string) ([]byte, error)
}

// Open reads a master key file and refuses an empty, damaged, guessable or demonstration key.
func Open(content []byte) (*Vault, error) {
	m, err := parse(content)
	if err != nil {
		return nil, err
	}
	if m.Use == useDemo {
		return nil, ErrDemoMaster
	}
	return open(m)
}

// OpenDemo reads a master key file for a demonstration; a real key is refused, it has no business there.
func OpenDemo(content []byte) (*Vault, error) {
	m, err := parse(content)
	if err != nil {
		return nil, err
	}
	if m.Use != useDemo {
		return nil, fmt.Errorf("%w: a demonstration needs a demonstration key", ErrBadMaster)
	}
	return open(m)
}

func open(m master) (*Vault, error) {
	ah, err := handle(m.AEAD, "AesGcmKey")
	if err != nil {
		return nil, err
	}
	ph, err := handle(m.PRF, "HmacPrfKey")
	if err != nil {
		return nil, err
	}
	var v Vault
	if v.keys, err = aead.New(ah); err != nil {
		return nil, ErrBadMaster
	}
	if v.index, err = prf.NewPRFSet(ph); err != nil {
		return nil, ErrBadMaster
	}
	return &v, nil
}

// Seal encrypts what belongs to no participation, such as a payout file; about
// names the record and field, and only the same name opens it again.
func (v *Vault) Seal(plain []byte, about string) ([]byte, error) {
	b, err := v.keys.Encrypt(plain, []byte("sealed\x00"+about))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return b, nil
}

// Unseal decrypts what Seal made about the same thing.
func (v *Vault) Unseal(sealed []byte, about string) ([]byte, error) {
	b, err := v.keys.Decrypt(sealed, []byte("sealed\x00"+about))
	if err != nil {
		return nil, ErrUnreadable
	}
	return b, nil
}

// Index gives the same 16 bytes for the same value, so that an encrypted field
// can be searched for an exact value without standing in the database.
func (v *Vault) Index(kind, value string) []byte {
	return v.compute("index", kind, []byte(value), 16)
}

// MAC gives 32 bytes that only the holder of the master key can make, for login codes and form tokens.
func (v *Vault) MAC(kind string, b []byte) []byte {
	return v.compute("mac", kind, b, 32)
}

// compute keeps purposes and kinds apart: the length of the kind stands before it.
func (v *Vault) compute(purpose, kind string, b []byte, size uint32) []byte {
	in := fmt.Appendf(nil, "%s\x00%d\x00%s\x00", purpose, len(kind), kind)
	out, err := v.index.ComputePrimaryPRF(append(in, b...), size)
	if err != nil {
		panic("vault: keyed hash: " + err.Error()) // HMAC over bytes in memory cannot fail
	}
	return out
}
