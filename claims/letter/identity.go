package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// SaltSize is how many random bytes make a salt; shorter salts could be guessed.
const SaltSize = 32

// Identity is who a participant is, with just enough to tell two people apart.
// A date of birth is no part of it: the letter does not need one.
type Identity struct {
	GivenNames  string `json:"given_names"`
	Prefix      string `json:"prefix"`
	FamilyName  string `json:"family_name"`
	Email       string `json:"email"`
	Postcode    string `json:"postcode"`
	HouseNumber string `json:"house_number"`
	Country     string `json:"country"`
}

// identityFormat opens every canonical identity, so that a later form of it
// can never be mistaken for this one.
const identityFormat = "samenclaim/identity/1"

// Canonical writes the identity as everybody must write it to get the same
// commitment, one "name=value" a line, each line ended by a line feed:
//
//	samenclaim/identity/1
//	given-names=anna maria
//	prefix=van der
//	family-name=berg
//	email=anna@example.nl
//	postcode=1234AB
//	house-number=12A
//	country=NL
//
// Values are in Unicode form C; names and e-mail address in lower case with
// single spaces, the other values in upper case without spaces.
func (i Identity) Canonical() string {
	var b strings.Builder
	b.WriteString(identityFormat + "\n")
	for _, f := range []struct{ name, value string }{
		{"given-names", folded(i.GivenNames)},
		{"prefix", folded(i.Prefix)},
		{"family-name", folded(i.FamilyName)},
		{"email", folded(i.Email)},
		{"postcode", packed(i.Postcode)},
		{"house-number", packed(i.HouseNumber)},
		{"country", packed(i.Country)},
	} {
		b.WriteString(f.name + "=" + f.value + "\n")
	}
	return b.String()
}

// FullName is the name as it is written on an envelope.
func (i Identity) FullName() string {
	return oneLine(i.GivenNames + " " + i.Prefix + " " + i.FamilyName)
}

// Commitment is what stands in the annex instead of a name. It is the SHA-256
// of the line "samenclaim/commitment/1", the line "salt=" with the salt in
// lower-case hexadecimal, and the canonical identity. Without the salt nobody
// can find the name by trying names; once the salt is destroyed nobody can at all.
func Commitment(salt []byte, who Identity) [32]byte {
	return sha256.Sum256([]byte("samenclaim/commitment/1\nsalt=" + hex.EncodeToString(salt) + "\n" + who.Canonical()))
}

func folded(s string) string { return norm.NFC.String(strings.ToLower(norm.NFC.String(oneLine(s)))) }

func packed(s string) string {
	return norm.NFC.String(strings.ToUpper(strings.ReplaceAll(norm.NFC.String(oneLine(s)), " ", "")))
}
