package letter

import (
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

var (
	// ErrNoLeaves means an annex without anybody in it.
	ErrNoLeaves = errors.New("an annex needs at least one participation")
	// ErrLeaf means a participation number that can't stand in an annex.
	ErrLeaf = errors.New("this participation number can't stand in an annex")
	// ErrPosition means a place that the annex doesn't have.
	ErrPosition = errors.New("the annex has no such position")
	// ErrNotInAnnex means that the proof doesn't lead from this participation to this root.
	ErrNotInAnnex = errors.New("this participation is not in the annex with this root")
)

// HashAlgorithm names how root and proofs are calculated, as the letter says it.
const HashAlgorithm = "RFC 6962 Merkle tree, SHA-256"

// Leaf is one participation as the annex knows it: no name, no address.
type Leaf struct {
	Number        string
	MandateSHA256 [32]byte
	Commitment    [32]byte
}

// Data is the leaf as it is hashed, four lines each ended by a line feed:
//
//	samenclaim/leaf/1
//	number=ZM-7K3M-9
//	mandate=<64 hexadecimal digits>
//	commitment=<64 hexadecimal digits>
func (l Leaf) Data() []byte {
	b := make([]byte, 0, 192)
	b = append(b, "samenclaim/leaf/1\nnumber="...)
	b = append(b, l.Number...)
	b = append(b, "\nmandate="...)
	b = hex.AppendEncode(b, l.MandateSHA256[:])
	b = append(b, "\ncommitment="...)
	b = hex.AppendEncode(b, l.Commitment[:])
	return append(b, '\n')
}

// Hash is the leaf hash of RFC 6962: SHA-256 of a zero byte and the data.
func (l Leaf) Hash() [32]byte { return tlog.RecordHash(l.Data()) }

// valid says whether the number can be written on one line, and read back as the same number.
func (l Leaf) valid() bool {
	if l.Number == "" || len(l.Number) > 64 {
		return false
	}
	for _, r := range l.Number {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

// Tree is the whole annex as hashes.
type Tree struct {
	Root  [32]byte
	Count int64
	// Hashes holds all stored hashes one after the other, 32 bytes each: hash
	// i stands at byte 32×i. Any proof can be read from it by offsets.
	Hashes []byte
}

// Build hashes the leaves in the order given, which is the order of the annex.
func Build(leaves iter.Seq[Leaf]) (Tree, error) {
	var t Tree
	for leaf := range leaves {
		if !leaf.valid() {
			return Tree{}, fmt.Errorf("%w: position %d", ErrLeaf, t.Count)
		}
		if err := t.add(leaf.Hash()); err != nil {
			return Tree{}, err
		}
	}
	if t.Count == 0 {
		return Tree{}, ErrNoLeaves
	}
	return t, t.end()
}

// add puts one more leaf in the tree.
func (t *Tree) add(leaf [32]byte) error {
	fresh, err := tlog.StoredHashesForRecordHash(t.Count, leaf, tlog.HashReaderFunc(t.read))
	if err != nil {
		return fmt.Errorf("hash position %d: %w", t.Count, err)
	}
	for _, h := range fresh {
		t.Hashes = append(t.Hashes, h[:]...)
	}
	t.Count++
	return nil
}

// end calculates the root, when all leaves are in.
func (t *Tree) end() error {
	root, err := tlog.TreeHash(t.Count, tlog.HashReaderFunc(t.read))
	if err != nil {
		return fmt.Errorf("hash the root: %w", err)
	}
	t.Root = root
	return nil
}

// Read gives the stored hashes with these indexes; it can be handed to Prove.
func (t Tree) Read(indexes []int64) ([][]byte, error) {
	out := make([][]byte, len(indexes))
	for i, x := range indexes {
		if x < 0 || (x+1)*tlog.HashSize > int64(len(t.Hashes)) {
			return nil, fmt.Errorf("%w: stored hash %d", ErrPosition, x)
		}
		out[i] = t.Hashes[x*tlog.HashSize : (x+1)*tlog.HashSize]
	}
	return out, nil
}

func (t Tree) read(indexes []int64) ([]tlog.Hash, error) { return fixed(indexes, t.Read) }

// Proof is the list of hashes that lead from one leaf to the root.
type Proof [][32]byte

// ProofIndexes says which stored hashes the proof of position i in an annex of
// n needs; hash x stands at byte 32×x of Tree.Hashes. It is empty for a
// position outside the annex and for an annex of one.
func ProofIndexes(n, i int64) []int64 {
	if i < 0 || i >= n {
		return nil
	}
	var needed []int64
	// Nothing is read: the list is all we are after.
	_, _ = tlog.ProveRecord(n, i, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		needed = slices.Clone(indexes)
		return make([]tlog.Hash, len(indexes)), nil
	}))
	return needed
}

// Prove makes the proof of position i (from 0) in an annex of n; read hands
// over the stored hashes asked for, in that order.
func Prove(n, i int64, read func(indexes []int64) ([][]byte, error)) (Proof, error) {
	if i < 0 || i >= n {
		return nil, fmt.Errorf("%w: %d of %d", ErrPosition, i, n)
	}
	hashes, err := tlog.ProveRecord(n, i, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return fixed(indexes, read)
	}))
	if err != nil {
		return nil, fmt.Errorf("prove position %d of %d: %w", i, n, err)
	}
	proof := make(Proof, len(hashes))
	for k, h := range hashes {
		proof[k] = h
	}
	return proof, nil
}

// Verify tells whether the leaf stands at position i (from 0) of the annex of n with this root.
func Verify(root [32]byte, n, i int64, leaf Leaf, proof Proof) error {
	if !leaf.valid() {
		return ErrLeaf
	}
	return verifyHash(root, n, i, leaf.Hash(), proof)
}

func verifyHash(root [32]byte, n, i int64, hash [32]byte, proof Proof) error {
	if i < 0 || i >= n {
		return fmt.Errorf("%w: %d of %d", ErrPosition, i, n)
	}
	path := make(tlog.RecordProof, len(proof))
	for k, h := range proof {
		path[k] = h
	}
	if err := tlog.CheckRecord(path, n, root, i, hash); err != nil {
		return ErrNotInAnnex
	}
	return nil
}

// fixed asks for hashes as byte slices and refuses any that isn't one.
func fixed(indexes []int64, read func([]int64) ([][]byte, error)) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	raw, err := read(indexes)
	if err != nil {
		return nil, err
	}
	if len(raw) != len(indexes) {
		return nil, fmt.Errorf("asked for %d stored hashes, got %d", len(indexes), len(raw))
	}
	out := make([]tlog.Hash, len(raw))
	for i, b := range raw {
		if len(b) != tlog.HashSize {
			return nil, fmt.Errorf("stored hash %d has %d bytes", indexes[i], len(b))
		}
		out[i] = tlog.Hash(b)
	}
	return out, nil
}
