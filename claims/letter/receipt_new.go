package letter

import (
	"encoding/hex"
	"fmt"
)

// Inclusion is what a receipt is made from.
type Inclusion struct {
	Head         Head
	LetterSHA256 [32]byte // of the letter's PDF
	Leaf         Leaf
	Salt         []byte
	Identity     Identity
	Index        int64
	Proof        Proof
}

// NewReceipt makes a receipt, and refuses to make one that isn't true.
func NewReceipt(in Inclusion) (Receipt, error) {
	hash := in.Leaf.Hash()
	r := Receipt{
		Format: ReceiptFormat, Foundation: oneLine(in.Head.Foundation), Defendant: oneLine(in.Head.Defendant), Claim: oneLine(in.Head.Claim),
		Number: in.Leaf.Number, Index: in.Index, Proof: make([]string, 0, len(in.Proof)),
		Letter: ReceiptLetter{in.Head.Ordinal, isoDay(in.Head.Date), isoMoment(in.Head.CutOff), hex.EncodeToString(in.LetterSHA256[:])},
		Annex:  ReceiptAnnex{HashAlgorithm, in.Head.Count, hex.EncodeToString(in.Head.Root[:])},
		Leaf: ReceiptLeaf{hex.EncodeToString(in.Leaf.MandateSHA256[:]), hex.EncodeToString(in.Salt), in.Identity,
			hex.EncodeToString(in.Leaf.Commitment[:]), hex.EncodeToString(hash[:])},
	}
	for _, h := range in.Proof {
		r.Proof = append(r.Proof, hex.EncodeToString(h[:]))
	}
	r.Checksum = r.checksum()
	if _, err := VerifyReceipt(r, nil); err != nil {
		return Receipt{}, fmt.Errorf("make the receipt: %w", err)
	}
	return r, nil
}
