package vault

import "crypto/ed25519"

// signingKey is derived from the master key, so it stands in no database and in
// no file of its own, and stays the same when the master key is rotated.
func (v *Vault) signingKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(v.compute("signing key", "Ed25519", nil, ed25519.SeedSize))
}

// Sign signs a message in the name of the foundation. What is signed begins
// with words that say what it is, so that no signature can be taken for another.
func (v *Vault) Sign(message []byte) []byte { return ed25519.Sign(v.signingKey(), message) }

// PublicKey is the key with which everybody can check what Sign signed.
func (v *Vault) PublicKey() ed25519.PublicKey {
	key, ok := v.signingKey().Public().(ed25519.PublicKey)
	if !ok {
		panic("vault: an Ed25519 key without its public half") // the standard library does not make one
	}
	return key
}
