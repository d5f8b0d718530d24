package letter

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"

	"golang.org/x/mod/sumdb/tlog"
)

// VoteFormat names this form of receipt of a vote; a later form gets another name.
const VoteFormat = "samenclaim-vote/1"

// Vote is one vote in a consultation, as it is hashed.
type Vote struct {
	Foundation string `json:"foundation"`
	Claim      string `json:"claim"`   // the word in its address
	Ordinal    int    `json:"ordinal"` // of the consultation in that claim
	Number     string `json:"number"`
	Choice     string `json:"choice"` // for, against or none
	Salt       string `json:"salt"`   // 32 bytes in hexadecimal: without it nobody can try choices
}

// Leaf is the leaf hash of RFC 6962 over these lines, each ended by a line feed:
//
//	samenclaim/vote/1
//	consultation=zoom/1
//	number=ZM-7K3M-9
//	choice=for
//	salt=<64 hexadecimal digits>
func (v Vote) Leaf() [32]byte {
	return tlog.RecordHash(fmt.Appendf(nil, "samenclaim/vote/1\nconsultation=%s/%d\nnumber=%s\nchoice=%s\nsalt=%s\n", oneLine(v.Claim), v.Ordinal, oneLine(v.Number), oneLine(v.Choice), oneLine(v.Salt)))
}

// VoteTree hashes the leaves of votes, in the order given.
func VoteTree(leaves iter.Seq[[32]byte]) (Tree, error) {
	var t Tree
	for leaf := range leaves {
		if err := t.add(leaf); err != nil {
			return Tree{}, err
		}
	}
	if t.Count == 0 {
		return Tree{}, ErrNoLeaves
	}
	return t, t.end()
}

// VoteReceipt proves to who voted that the vote was counted: its leaf is in the
// tree whose root is published with the totals. It says nothing about other votes.
// Until the consultation is over there is no tree, and the receipt keeps what is needed for the leaf.
type VoteReceipt struct {
	Format string     `json:"format"`
	Vote   Vote       `json:"vote"`
	Leaf   string     `json:"leaf"`
	Tree   *VoteProof `json:"tree"` // null: the consultation isn't over, or the vote wasn't counted
}

// VoteProof is the way from a vote to the published root.
type VoteProof struct {
	Algorithm string   `json:"algorithm"`
	Index     int64    `json:"index"`
	Count     int64    `json:"count"` // of all votes; the way to the root fits it, but other counts can have the same way
	Root      string   `json:"root"`
	Proof     []string `json:"proof"`
}

// NewVoteReceipt makes the receipt of a vote without its tree.
func NewVoteReceipt(v Vote) VoteReceipt {
	leaf := v.Leaf()
	return VoteReceipt{Format: VoteFormat, Vote: v, Leaf: hex.EncodeToString(leaf[:])}
}

// Counted adds the way to the root, and refuses to make a receipt that isn't true.
func (r VoteReceipt) Counted(root [32]byte, count, index int64, proof Proof) (VoteReceipt, error) {
	r.Tree = &VoteProof{HashAlgorithm, index, count, hex.EncodeToString(root[:]), make([]string, 0, len(proof))}
	for _, h := range proof {
		r.Tree.Proof = append(r.Tree.Proof, hex.EncodeToString(h[:]))
	}
	if _, err := r.Verify(); err != nil {
		return VoteReceipt{}, fmt.Errorf("make the receipt of a vote: %w", err)
	}
	return r, nil
}

// JSON writes the receipt as the file its owner gets, always in the same way.
func (r VoteReceipt) JSON() ([]byte, error) { return writeJSON(r) }

// ParseVote reads a receipt of a vote, only as we wrote it, to the byte.
func ParseVote(file []byte) (VoteReceipt, error) {
	var r VoteReceipt
	if len(file) > 1<<16 || json.Unmarshal(file, &r) != nil {
		return VoteReceipt{}, errUnreadable
	}
	if r.Format != VoteFormat {
		return VoteReceipt{}, errUnknownFormat
	}
	if again, err := r.JSON(); err != nil || !bytes.Equal(again, file) {
		return VoteReceipt{}, errLayout
	}
	return r, nil
}

// voteWords are the choices as the finding says them.
var voteWords = map[string]Words{"for": {"voor", "in favour"}, "against": {"tegen", "against"}, "none": {"geen mening", "no opinion"}}

// Verify calculates a receipt anew, from the vote to the root.
func (r VoteReceipt) Verify() (Finding, error) {
	words, known := voteWords[r.Vote.Choice]
	leaf, stated := r.Vote.Leaf(), [32]byte{}
	salt := make([]byte, SaltSize)
	switch {
	case !known:
		return Finding{}, malformed("vote.choice")
	case !unhex(salt, r.Vote.Salt):
		return Finding{}, malformed("vote.salt")
	case !unhex(stated[:], r.Leaf):
		return Finding{}, malformed("leaf")
	case leaf != stated:
		return Finding{}, &AlteredError{"leaf", Words{"Zaak, raadpleging, nummer, keuze en zout (salt) leiden niet tot de bladwaarde.", "Claim, consultation, number, choice and salt don't lead to the leaf hash."}}
	}
	vote := Words{
		fmt.Sprintf("Deelname %s stemde %s in raadpleging %d van de zaak %s.", r.Vote.Number, words.NL, r.Vote.Ordinal, r.Vote.Claim),
		fmt.Sprintf("Participation %s voted %s in consultation %d of the claim %s.", r.Vote.Number, words.EN, r.Vote.Ordinal, r.Vote.Claim),
	}
	if r.Tree == nil {
		return Finding{Open: []Words{{
			vote.NL + " Of die stem is meegeteld, blijkt pas uit het bewijs van na het einde.", vote.EN + " Whether that vote was counted only shows in the receipt from after the end.",
		}}}, nil
	}
	return r.counted(vote, leaf)
}

// counted follows the calculation from the leaf to the root.
func (r VoteReceipt) counted(vote Words, leaf [32]byte) (Finding, error) {
	var root [32]byte
	proof := make(Proof, len(r.Tree.Proof))
	for i, h := range r.Tree.Proof {
		if !unhex(proof[i][:], h) {
			return Finding{}, malformed("tree.proof")
		}
	}
	switch {
	case r.Tree.Algorithm != HashAlgorithm:
		return Finding{}, malformed("tree.algorithm")
	case !unhex(root[:], r.Tree.Root):
		return Finding{}, malformed("tree.root")
	case r.Tree.Index < 0 || r.Tree.Index >= r.Tree.Count:
		return Finding{}, malformed("tree.index")
	case verifyHash(root, r.Tree.Count, r.Tree.Index, leaf, proof) != nil:
		return Finding{}, &AlteredError{"tree.proof", Words{"De bladwaarde leidt niet tot de wortelwaarde: deze stem is daarin niet meegeteld.", "The leaf hash doesn't lead to the root value: this vote was not counted in it."}}
	}
	shown := inGroups(r.Tree.Root, 8)
	return Finding{
		Proven: []Words{vote, {
			"Die stem is meegeteld onder wortelwaarde " + shown + ".",
			"That vote was counted under root value " + shown + ".",
		}},
		Open: []Words{{
			"Of dit de wortelwaarde is die " + r.Vote.Foundation + " bekendmaakte. Vergelijk haar met die op de pagina Verantwoording.",
			"Whether this is the root value that " + r.Vote.Foundation + " published. Compare it with the one on the page Public account.",
		}},
	}, nil
}
