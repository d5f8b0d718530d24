package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Finding says in plain sentences what a receipt proves, and what it leaves open.
type Finding struct {
	Proven []Words
	Open   []Words
}

// VerifyReceipt calculates a receipt anew: from name and salt to the code of
// the person, from there to the leaf, from the leaf to the root. With the PDF
// of the letter it also checks that this is the letter the receipt speaks of;
// without it (nil) that is left open. Whatever doesn't fit comes back as an
// AlteredError that names the field.
func VerifyReceipt(r Receipt, letterPDF []byte) (Finding, error) {
	head, err := r.proven()
	if err != nil {
		return Finding{}, err
	}
	if letterPDF != nil {
		if err := r.inLetter(head, letterPDF); err != nil {
			return Finding{}, err
		}
	}
	f := Finding{Proven: []Words{r.person(), r.place(head)}}
	return f.ofLetter(r, head, letterPDF != nil), nil
}

// proven calculates all that needs no letter.
func (r Receipt) proven() (Head, error) {
	if r.Format != ReceiptFormat {
		return Head{}, errUnknownFormat
	}
	if err := r.hit(); err != nil {
		return Head{}, err
	}
	head, err := r.head()
	if err != nil {
		return Head{}, err
	}
	return head, r.inAnnex(head)
}

// inAnnex follows the calculation from the person to the root.
func (r Receipt) inAnnex(head Head) error {
	leaf := Leaf{Number: r.Number}
	var hash [32]byte
	for _, f := range []struct {
		name, value string
		into        []byte
	}{
		{"leaf.mandate_sha256", r.Leaf.MandateSHA256, leaf.MandateSHA256[:]},
		{"leaf.commitment", r.Leaf.Commitment, leaf.Commitment[:]},
		{"leaf.hash", r.Leaf.Hash, hash[:]},
	} {
		if !unhex(f.into, f.value) {
			return malformed(f.name)
		}
	}
	salt := make([]byte, SaltSize)
	switch {
	case !leaf.valid():
		return malformed("number")
	case !unhex(salt, r.Leaf.Salt):
		return malformed("leaf.salt")
	case r.Annex.Algorithm != HashAlgorithm:
		return malformed("annex.algorithm")
	case Commitment(salt, r.Leaf.Identity) != leaf.Commitment:
		return &AlteredError{"leaf.identity", Words{"De persoonsgegevens en het zout (salt) leiden niet tot de persoonscode.", "The person's details and the salt don't lead to the code of the person."}}
	case leaf.Hash() != hash:
		return &AlteredError{"leaf.hash", Words{"Nummer, volmacht en persoonscode leiden niet tot de bladwaarde.", "Number, mandate and code of the person don't lead to the leaf hash."}}
	}
	return r.inTree(head, hash)
}

func (r Receipt) inTree(head Head, hash [32]byte) error {
	proof := make(Proof, len(r.Proof))
	for i, h := range r.Proof {
		if !unhex(proof[i][:], h) {
			return malformed("proof")
		}
	}
	if r.Index < 0 || r.Index >= head.Count {
		return malformed("index")
	}
	if err := verifyHash(head.Root, head.Count, r.Index, hash, proof); err != nil {
		return &AlteredError{"proof", Words{"De bladwaarde leidt niet tot de wortelwaarde van de bijlage: deze deelname staat niet op die plaats.",
			"The leaf hash doesn't lead to the root value of the annex: this participation isn't at that position."}}
	}
	return nil
}

// inLetter checks that the letter is the one that the receipt speaks of.
func (r Receipt) inLetter(head Head, letterPDF []byte) error {
	sum := sha256.Sum256(letterPDF)
	if hex.EncodeToString(sum[:]) != r.Letter.SHA256 {
		return &AlteredError{"letter.sha256", Words{"Dit is niet de brief waarover het bewijs gaat: de controlecode van het bestand is anders.",
			"This isn't the letter the receipt speaks of: the SHA-256 of the file differs."}}
	}
	if !bytes.Contains(letterPDF, []byte(head.mark())) {
		return &AlteredError{"letter", Words{"De brief noemt een andere stichting, wederpartij, zaak, datum, bijlage, telling of wortelwaarde dan het bewijs.",
			"The letter names another foundation, defendant, claim, date, annex, count or root value than the receipt."}}
	}
	return nil
}

// person says whose details belong to the number.
func (r Receipt) person() Words {
	return Words{
		"De gegevens van " + r.Leaf.Identity.FullName() + " horen bij deelname " + r.Number + " en bij geen andere.",
		"The details of " + r.Leaf.Identity.FullName() + " belong to participation " + r.Number + " and to no other.",
	}
}

// place says where in the annex the number stands.
func (r Receipt) place(head Head) Words {
	return Words{
		fmt.Sprintf("Deelname %s staat op plaats %s van de %s in bijlage %d, met de volmacht die begint met %s.", r.Number, countIn(r.Index+1, Dutch), countIn(head.Count, Dutch), head.Ordinal, r.Leaf.MandateSHA256[:8]),
		fmt.Sprintf("Participation %s is at position %s of %s in annex %d, with the mandate that starts with %s.", r.Number, countIn(r.Index+1, English), countIn(head.Count, English), head.Ordinal, r.Leaf.MandateSHA256[:8]),
	}
}

// ofLetter adds what is known of the letter, and what is left open.
func (f Finding) ofLetter(r Receipt, head Head, withLetter bool) Finding {
	letter := Words{
		"de brief die " + head.Foundation + " aan " + head.Defendant + " stuurde, gedateerd " + dayIn(head.Date, Dutch),
		"the letter that " + head.Foundation + " sent to " + head.Defendant + ", dated " + dayIn(head.Date, English),
	}
	if withLetter {
		f.Proven = append(f.Proven, Words{"Die bijlage hoort bij " + letter.NL + ": het bestand is teken voor teken dezelfde brief.",
			"That annex belongs to " + letter.EN + ": the file is that letter, to the byte."})
	} else {
		root := inGroups(r.Annex.Root, 8)
		f.Open = append(f.Open, Words{"Of de bijlage hoort bij " + letter.NL + ". Vergelijk de wortelwaarde met die in de brief: " + root + ".",
			"Whether the annex belongs to " + letter.EN + ". Compare the root value with the one in the letter: " + root + "."})
	}
	f.Open = append(f.Open, Words{"Of en wanneer de brief is ontvangen: dat blijkt uit het bewijs van bezorging.",
		"Whether and when the letter was received: the proof of delivery shows that."})
	return f
}
