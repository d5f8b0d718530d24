package letter

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// StampFormat names this form of stamp; a later form gets another name.
const StampFormat = "samenclaim-stamp/1"

// Stamp fixes one signature at a moment: the hash of its record stands at one
// place in a tree, and the root of that tree is signed by us and, if there is
// one, by a time stamp authority. Many signatures share a root, so one question
// to the authority serves them all.
type Stamp struct {
	Format    string   `json:"format"`
	Record    string   `json:"record_sha256"`
	Index     int64    `json:"index"` // place in the tree, from 0
	Count     int64    `json:"count"`
	Proof     []string `json:"proof"`
	Root      string   `json:"root"`
	MadeAt    string   `json:"made_at"` // by our own clock
	PublicKey string   `json:"public_key"`
	Signature string   `json:"signature"`
}

// StampRoot is the message that is signed and time-stamped for all signatures of one tree.
func StampRoot(root [32]byte, count int64, at time.Time) []byte {
	return fmt.Appendf(nil, "%s\ncount=%d\nroot=%x\nmade=%s\n", StampFormat, count, root, isoMoment(at))
}

// stampLeaf is a signature as it stands in the tree.
func stampLeaf(record [32]byte) tlog.Hash {
	return tlog.RecordHash(fmt.Appendf(nil, "%s\nrecord=%x\n", StampFormat, record))
}

// StampTree hashes the records of signatures, in the order given.
func StampTree(records [][32]byte) (Tree, error) {
	var t Tree
	for _, r := range records {
		if err := t.add(stampLeaf(r)); err != nil {
			return Tree{}, err
		}
	}
	if t.Count == 0 {
		return Tree{}, ErrNoLeaves
	}
	return t, t.end()
}

// NewStamp is the stamp of the record at a place of a tree that was signed.
func NewStamp(root [32]byte, count, index int64, record [32]byte, proof Proof, at time.Time, key ed25519.PublicKey, signature []byte) Stamp {
	s := Stamp{
		Format: StampFormat, Record: hex.EncodeToString(record[:]), Index: index, Count: count, Proof: []string{}, Root: hex.EncodeToString(root[:]),
		MadeAt: isoMoment(at), PublicKey: base64.StdEncoding.EncodeToString(key), Signature: base64.StdEncoding.EncodeToString(signature),
	}
	for _, h := range proof {
		s.Proof = append(s.Proof, hex.EncodeToString(h[:]))
	}
	return s
}

var errStamp = errors.New("the stamp does not fit")

// check calculates a stamp anew, from the record to the root and its signature,
// and returns the message that was signed.
func (s Stamp) check(record []byte, key ed25519.PublicKey) ([]byte, error) {
	sum := sha256.Sum256(record)
	at, err := time.Parse(time.RFC3339, s.MadeAt)
	var root [32]byte
	if err != nil || isoMoment(at) != s.MadeAt || s.Format != StampFormat || s.Record != hex.EncodeToString(sum[:]) || !unhex(root[:], s.Root) {
		return nil, errStamp
	}
	proof := make(Proof, len(s.Proof))
	for i, h := range s.Proof {
		if !unhex(proof[i][:], h) {
			return nil, errStamp
		}
	}
	if err := verifyHash(root, s.Count, s.Index, stampLeaf(sum), proof); err != nil {
		return nil, errStamp
	}
	message := StampRoot(root, s.Count, at)
	signature, err := base64.StdEncoding.Strict().DecodeString(s.Signature)
	if err != nil || s.PublicKey != base64.StdEncoding.EncodeToString(key) || !ed25519.Verify(key, message, signature) {
		return nil, errStamp
	}
	return message, nil
}
