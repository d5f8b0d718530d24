package letter

import "fmt"

// NewDisclosure puts receipts of one letter together, in the order of the
// annex, and refuses to make a file that isn't true.
func NewDisclosure(receipts []Receipt) (Disclosure, error) {
	if len(receipts) == 0 || len(receipts) > MostDisclosed {
		return Disclosure{}, fmt.Errorf("%w: %d people", ErrReceipt, len(receipts))
	}
	first := receipts[0]
	d := Disclosure{
		Format: DisclosureFormat, Foundation: first.Foundation, Defendant: first.Defendant, Claim: first.Claim,
		Letter: first.Letter, Annex: first.Annex, People: make([]DisclosedPerson, 0, len(receipts)),
	}
	for _, r := range receipts {
		d.People = append(d.People, DisclosedPerson{r.Number, r.Leaf, r.Index, r.Proof, r.Checksum})
	}
	d.Checksum = d.checksum()
	if _, err := VerifyDisclosure(d, nil); err != nil {
		return Disclosure{}, fmt.Errorf("put the receipts together: %w", err)
	}
	return d, nil
}
