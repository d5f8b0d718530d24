package letter

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

func testVotes(t testing.TB, n int) (votes []Vote, tree Tree) {
	t.Helper()
	var leaves [][32]byte
	for i := range n {
		v := Vote{Foundation: "Stichting Samen Sterk", Claim: "zoom", Ordinal: 1, Number: fmt.Sprintf("ZM-AAAA-%04d", i), Choice: []string{"for", "against", "none"}[i%3], Salt: hex.EncodeToString(bytes.Repeat([]byte{byte(i)}, SaltSize))}
		votes, leaves = append(votes, v), append(leaves, v.Leaf())
	}
	tree, err := VoteTree(slices.Values(leaves))
	if err != nil {
		t.Fatal(err)
	}
	return votes, tree
}

func votedReceipt(t testing.TB, votes []Vote, tree Tree, i int64) VoteReceipt {
	t.Helper()
	path, err := Prove(tree.Count, i, tree.Read)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewVoteReceipt(votes[i]).Counted(tree.Root, tree.Count, i, path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVotesAreCheckedByAnotherProgram(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 7, 8, 100} {
		votes, tree := testVotes(t, n)
		for i, v := range votes {
			r := votedReceipt(t, votes, tree, int64(i))
			var path [][]byte
			for _, h := range r.Tree.Proof {
				b, err := hex.DecodeString(h)
				if err != nil {
					t.Fatal(err)
				}
				path = append(path, b)
			}
			lines := fmt.Sprintf("samenclaim/vote/1\nconsultation=zoom/1\nnumber=%s\nchoice=%s\nsalt=%s\n", v.Number, v.Choice, v.Salt)
			leaf := rfc6962.DefaultHasher.HashLeaf([]byte(lines))
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), uint64(n), leaf, path, tree.Root[:]); err != nil { //nolint:gosec // small
				t.Errorf("vote %d of %d: %v", i, n, err)
			}
		}
	}
}

func TestAnyAlteredByteOfAVoteIsSeen(t *testing.T) {
	t.Parallel()
	votes, tree := testVotes(t, 9)
	file, err := votedReceipt(t, votes, tree, 4).JSON()
	if err != nil {
		t.Fatal(err)
	}
	if f, err := VerifyFile(file, nil); err != nil || len(f.Proven) != 2 || len(f.Open) != 1 {
		t.Fatalf("a good receipt = %+v, %v", f, err)
	}
	name := bytes.Index(file, []byte(`"foundation"`))
	end := name + bytes.IndexByte(file[name:], '\n')
	for i := range file {
		altered := bytes.Clone(file)
		altered[i] ^= 1
		if _, err := VerifyFile(altered, nil); err == nil && (i < name || i > end) { // the name of the foundation is for the reader, no part of the vote
			t.Errorf("byte %d altered from %q: nothing seen", i, file[i])
		}
	}
}

func TestReceiptsOfVotesThatAreNotTrue(t *testing.T) {
	t.Parallel()
	votes, tree := testVotes(t, 5)
	good := votedReceipt(t, votes, tree, 2)
	for name, change := range map[string]func(*VoteReceipt){
		"another choice":    func(r *VoteReceipt) { r.Vote.Choice = "for" },
		"no choice":         func(r *VoteReceipt) { r.Vote.Choice = "perhaps" },
		"another number":    func(r *VoteReceipt) { r.Vote.Number = "ZM-AAAA-0001" },
		"another claim":     func(r *VoteReceipt) { r.Vote.Claim = "fitband" },
		"a short salt":      func(r *VoteReceipt) { r.Vote.Salt = "00" },
		"another place":     func(r *VoteReceipt) { r.Tree.Index = 3 },
		"a place too far":   func(r *VoteReceipt) { r.Tree.Index = 5 },
		"another total":     func(r *VoteReceipt) { r.Tree.Count = 3 },
		"another root":      func(r *VoteReceipt) { r.Tree.Root = hex.EncodeToString(make([]byte, 32)) },
		"a root that isn't": func(r *VoteReceipt) { r.Tree.Root = "x" },
		"a proof too short": func(r *VoteReceipt) { r.Tree.Proof = r.Tree.Proof[1:] },
		"another algorithm": func(r *VoteReceipt) { r.Tree.Algorithm = "MD5" },
		"a forged leaf": func(r *VoteReceipt) {
			r.Vote.Choice = "for"
			leaf := r.Vote.Leaf()
			r.Leaf = hex.EncodeToString(leaf[:])
		},
	} {
		r := good
		path := *good.Tree
		r.Tree = &path
		change(&r)
		if _, err := r.Verify(); err == nil {
			t.Errorf("%s is believed", name)
		}
	}
	for _, bad := range []string{`{"format":"samenclaim-vote/1"}`, `{"format":"samenclaim-vote/1","x":1}` + "\n"} {
		if _, err := VerifyFile([]byte(bad), nil); err == nil {
			t.Errorf("%s is believed", bad)
		}
	}
}
