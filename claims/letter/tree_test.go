package letter

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"pgregory.net/rapid"
)

func testLeaf(i int) Leaf {
	return Leaf{
		Number:        fmt.Sprintf("ZM-%06d-X", i),
		MandateSHA256: sha256.Sum256(fmt.Appendf(nil, "mandate %d", i)),
		Commitment:    sha256.Sum256(fmt.Appendf(nil, "commitment %d", i)),
	}
}

func testLeaves(n int) []Leaf {
	leaves := make([]Leaf, n)
	for i := range leaves {
		leaves[i] = testLeaf(i)
	}
	return leaves
}

func mustBuild(t *testing.T, leaves []Leaf) Tree {
	t.Helper()
	tree, err := Build(slices.Values(leaves))
	if err != nil {
		t.Fatalf("Build of %d leaves: %v", len(leaves), err)
	}
	return tree
}

// otherRoot calculates the root with another library of the same standard.
func otherRoot(t *testing.T, leaves []Leaf) []byte {
	t.Helper()
	h := rfc6962.DefaultHasher
	r := (&compact.RangeFactory{Hash: h.HashChildren}).NewEmptyRange(0)
	for _, l := range leaves {
		if err := r.Append(h.HashLeaf(l.Data()), nil); err != nil {
			t.Fatal(err)
		}
	}
	root, err := r.GetRootHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestTreeAgreesWithAnotherLibrary(t *testing.T) {
	t.Parallel()
	sizes := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 31, 32, 33, 100, 257}
	for _, n := range sizes {
		leaves := testLeaves(n)
		tree := mustBuild(t, leaves)
		if want := otherRoot(t, leaves); !bytes.Equal(tree.Root[:], want) {
			t.Fatalf("root of %d leaves = %x, want %x", n, tree.Root, want)
		}
		for i := range leaves {
			p, err := Prove(int64(n), int64(i), tree.Read)
			if err != nil {
				t.Fatalf("Prove(%d, %d): %v", n, i, err)
			}
			if err := Verify(tree.Root, int64(n), int64(i), leaves[i], p); err != nil {
				t.Errorf("Verify(%d, %d) = %v, want nil", n, i, err)
			}
			path := make([][]byte, len(p))
			for k := range p {
				path[k] = p[k][:]
			}
			h := rfc6962.DefaultHasher
			if err := proof.VerifyInclusion(h, uint64(i), uint64(n), h.HashLeaf(leaves[i].Data()), path, tree.Root[:]); err != nil {
				t.Errorf("the other library refuses position %d of %d: %v", i, n, err)
			}
		}
	}
}

func TestProofIsReadFromTheFlatBytes(t *testing.T) {
	t.Parallel()
	leaves := testLeaves(300)
	tree := mustBuild(t, leaves)
	for i := range int64(300) {
		asked := ProofIndexes(300, i)
		got, err := Prove(300, i, func(indexes []int64) ([][]byte, error) {
			if !slices.Equal(indexes, asked) {
				t.Errorf("position %d: Prove asked for %v, ProofIndexes said %v", i, indexes, asked)
			}
			return tree.Read(indexes)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := Verify(tree.Root, 300, i, leaves[i], got); err != nil {
			t.Errorf("position %d: %v", i, err)
		}
	}
}

func TestVerifyRefusesWhatIsNotSo(t *testing.T) {
	t.Parallel()
	leaves := testLeaves(100)
	tree := mustBuild(t, leaves)
	p, err := Prove(100, 37, tree.Read)
	if err != nil {
		t.Fatal(err)
	}
	lower := leaves[37]
	lower.Number = "zm-1\nmandate=x"
	tests := []struct {
		name  string
		root  [32]byte
		n, i  int64
		leaf  Leaf
		proof Proof
		want  error
	}{
		{"somebody else's leaf", tree.Root, 100, 37, leaves[38], p, ErrNotInAnnex},
		{"another position", tree.Root, 100, 38, leaves[37], p, ErrNotInAnnex},
		{"another root", [32]byte{1}, 100, 37, leaves[37], p, ErrNotInAnnex},
		{"a proof cut short", tree.Root, 100, 37, leaves[37], p[1:], ErrNotInAnnex},
		{"a proof with more than it needs", tree.Root, 100, 37, leaves[37], append(slices.Clone(p), p[0]), ErrNotInAnnex},
		{"a position past the end", tree.Root, 100, 100, leaves[37], p, ErrPosition},
		{"a position before the start", tree.Root, 100, -1, leaves[37], p, ErrPosition},
		{"a number that breaks out of its line", tree.Root, 100, 37, lower, p, ErrLeaf},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := Verify(tt.root, tt.n, tt.i, tt.leaf, tt.proof); !errors.Is(err, tt.want) {
				t.Errorf("Verify = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestAnyFlippedBitIsCaught(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 200).Draw(t, "n")
		i := rapid.Int64Range(0, n-1).Draw(t, "i")
		leaves := testLeaves(int(n))
		tree, err := Build(slices.Values(leaves))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Prove(n, i, tree.Read)
		if err != nil {
			t.Fatal(err)
		}
		leaf, root := leaves[i], tree.Root
		bit := byte(1) << rapid.IntRange(0, 7).Draw(t, "bit")
		at := rapid.IntRange(0, 31).Draw(t, "byte")
		switch part := rapid.IntRange(0, 3+len(p)-1).Draw(t, "part"); part {
		case 0:
			root[at] ^= bit
		case 1:
			leaf.Commitment[at] ^= bit
		case 2:
			leaf.MandateSHA256[at] ^= bit
		default:
			p[part-3][at] ^= bit
		}
		if err := Verify(root, n, i, leaf, p); !errors.Is(err, ErrNotInAnnex) {
			t.Errorf("Verify of an altered proof = %v, want %v", err, ErrNotInAnnex)
		}
	})
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	bad := testLeaf(1)
	bad.Number = "A\nB"
	if _, err := Build(slices.Values([]Leaf{testLeaf(0), bad})); !errors.Is(err, ErrLeaf) {
		t.Errorf("Build with a line break in a number = %v, want %v", err, ErrLeaf)
	}
	if _, err := Build(slices.Values([]Leaf(nil))); !errors.Is(err, ErrNoLeaves) {
		t.Errorf("Build of nobody = %v, want %v", err, ErrNoLeaves)
	}
	if got := ProofIndexes(5, 5); got != nil {
		t.Errorf("ProofIndexes outside the annex = %v, want none", got)
	}
}

func TestLeafAndIdentityAreWrittenOneWay(t *testing.T) {
	t.Parallel()
	plain := Identity{GivenNames: "Zoë Maria", Prefix: "van der", FamilyName: "Berg", Email: "zoe@example.nl", Postcode: "1234AB", HouseNumber: "12A", Country: "NL"}
	want := "samenclaim/identity/1\ngiven-names=zoë maria\nprefix=van der\nfamily-name=berg\nemail=zoe@example.nl\npostcode=1234AB\nhouse-number=12A\ncountry=NL\n"
	if got := plain.Canonical(); got != want {
		t.Errorf("Canonical = %q, want %q", got, want)
	}
	same := Identity{GivenNames: "  ZOE\u0308  maria ", Prefix: "Van  Der", FamilyName: "BERG", Email: "Zoe@Example.NL", Postcode: "1234 ab", HouseNumber: "12 a", Country: "nl"}
	salt := bytes.Repeat([]byte{7}, SaltSize)
	if Commitment(salt, plain) != Commitment(salt, same) {
		t.Errorf("the same person written otherwise gets another commitment: %q", same.Canonical())
	}
	split := Identity{GivenNames: "zoë maria\nprefix=van der", FamilyName: "Berg", Email: "zoe@example.nl", Postcode: "1234AB", HouseNumber: "12A", Country: "NL"}
	if Commitment(salt, plain) == Commitment(salt, split) {
		t.Error("a line break in a name reaches the commitment of somebody else")
	}
	if Commitment(salt, plain) == Commitment(salt[1:], plain) {
		t.Error("another salt gives the same commitment")
	}
	if got, want := string(Leaf{Number: "ZM-1"}.Data()), "samenclaim/leaf/1\nnumber=ZM-1\nmandate="+zeros+"\ncommitment="+zeros+"\n"; got != want {
		t.Errorf("Data = %q, want %q", got, want)
	}
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func BenchmarkBuildMillion(b *testing.B) {
	for b.Loop() {
		_, err := Build(func(yield func(Leaf) bool) {
			leaf := testLeaf(1)
			for i := range 1_000_000 {
				leaf.Commitment[0], leaf.Commitment[1], leaf.Commitment[2] = byte(i), byte(i>>8), byte(i>>16)
				if !yield(leaf) {
					return
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
