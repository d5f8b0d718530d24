package vault

import (
	"encoding/json"
	"fmt"
)

// SealJSON seals a structure, such as an address.
func SealJSON[T any](s Sealer, v T, about string) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return s.Seal(b, about)
}

// UnsealJSON opens what SealJSON made about the same thing.
func UnsealJSON[T any](s Sealer, sealed []byte, about string) (T, error) {
	var v T
	b, err := s.Unseal(sealed, about)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("%w: not the structure expected", ErrUnreadable)
	}
	return v, nil
}
