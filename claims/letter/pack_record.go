package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"samenclaim/internal/tsa"
)

// checkSignatures follows each signature from its record to its texts, its
// papers and its stamps: a pack that we put together wrongly is found as well.
func (o *opened) checkSignatures(trust PackTrust) error {
	for i := 0; o.byName[signatureFolder(i)+"record.json"] != nil; i++ {
		r, err := o.record(signatureFolder(i), trust)
		if err != nil {
			return err
		}
		o.signed = append(o.signed, r)
	}
	if len(o.signed) == 0 {
		return refused("it holds no signature")
	}
	return nil
}

func (o *opened) record(in string, trust PackTrust) (r packedRecord, err error) {
	content := o.byName[in+"record.json"]
	if json.Unmarshal(content, &r) != nil || r.Number != o.manifest.Number {
		return r, &AlteredError{in + "record.json", Words{"De vastlegging hoort niet bij deelname " + o.manifest.Number + ".", "The record does not belong to participation " + o.manifest.Number + "."}}
	}
	for _, t := range []packedText{r.Mandate, r.Agreement} {
		shown := []byte(t.Title + "\n" + t.Body)
		if sum := sha256.Sum256(shown); hex.EncodeToString(sum[:]) != t.SHA256 || !bytes.Equal(shown, o.byName[textFile(t.ID)]) {
			name := textFile(t.ID)
			return r, &AlteredError{name, Words{"De tekst " + name + " is niet de tekst die is ondertekend.", "The text " + name + " is not the text that was signed."}}
		}
	}
	sum := sha256.Sum256(content)
	for _, name := range []string{in + "document.pdf", in + "document.html"} {
		if !bytes.Contains(o.byName[name], []byte(RecordMark(sum))) {
			return r, &AlteredError{name, Words{name + " is niet van deze vastlegging gemaakt.", name + " was not made of this record."}}
		}
	}
	return r, r.checkStamp(o, in, content, trust)
}

// RecordMark is written into the papers of a signature, so that a program can tell which record they were made of.
func RecordMark(sum [32]byte) string { return recordMark + hex.EncodeToString(sum[:]) }

const recordMark = "samenclaim-record-"

// checkStamp checks the stamps of a signature, as far as there are.
func (r *packedRecord) checkStamp(o *opened, in string, record []byte, trust PackTrust) error {
	content, ok := o.byName[in+"stamp.json"]
	if !ok {
		return nil
	}
	var s Stamp
	if !strict(content, &s) {
		return altered(in + "stamp.json")
	}
	message, err := s.check(record, o.key)
	if err != nil {
		return &AlteredError{in + "stamp.json", Words{"De vastlegging leidt niet tot de wortelwaarde die wij ondertekenden.", "The record does not lead to the root value that we signed."}}
	}
	r.stamp = &s
	token, ok := o.byName[in+"stamp.tst"]
	if !ok {
		return nil
	}
	if r.by, err = tsa.Check(token, message, trust.Roots); err != nil {
		return &AlteredError{in + "stamp.tst", Words{"De tijdstempel hoort niet bij deze wortelwaarde, of is beschadigd.", "The time stamp does not belong to this root value, or is damaged."}}
	}
	return nil
}

// finding says what one signature proves.
func (r packedRecord) finding(n int) (proven, open []Words) {
	name := oneLine(r.Name)
	proven = append(proven, Words{
		fmt.Sprintf("Handtekening %d: %s tekende op %s de teksten met versie %s en %s. De papieren dragen de code van die vastlegging.", n, name, momentIn(r.ReceivedAt, Dutch), r.Mandate.Version, r.Agreement.Version),
		fmt.Sprintf("Signature %d: %s signed the texts with version %s and %s on %s. The papers carry the code of that record.", n, name, r.Mandate.Version, r.Agreement.Version, momentIn(r.ReceivedAt, English)),
	})
	switch {
	case r.stamp == nil:
		open = append(open, Words{fmt.Sprintf("Handtekening %d is nog niet in een lijst vastgelegd.", n), fmt.Sprintf("Signature %d was not fixed in a list yet.", n)})
	case r.by.Token == nil:
		open = append(open, Words{
			fmt.Sprintf("Het tijdstip van handtekening %d is alleen door de stichting zelf vastgelegd; er is geen tijdstempel van een ander.", n),
			fmt.Sprintf("The moment of signature %d was fixed by the foundation alone; there is no time stamp by somebody else.", n),
		})
	default:
		proven = append(proven, Words{
			fmt.Sprintf("Handtekening %d bestond uiterlijk op %s. Dat zegt %s.", n, momentIn(r.by.At, Dutch), r.by.Authority),
			fmt.Sprintf("Signature %d existed at the latest on %s, says %s.", n, momentIn(r.by.At, English), r.by.Authority),
		})
		if !r.by.Trusted {
			open = append(open, Words{
				fmt.Sprintf("Of u %s vertrouwt: geef met --tsa-roots de certificaten die u vertrouwt.", r.by.Authority),
				fmt.Sprintf("Whether you trust %s: give the certificates that you trust with --tsa-roots.", r.by.Authority),
			})
		}
	}
	return proven, open
}
