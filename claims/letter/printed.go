package letter

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
)

// PrintedFormat names this form of the code on a printed receipt.
const PrintedFormat = "samenclaim-printed/1"

// Printed is the text of the code on a printed receipt. It proves that a number
// is in the annex of the letter, and says nothing of whose number it is: name
// and salt are in the file only, so the paper can be shown to anybody.
//
// It has sixteen lines: the format; foundation, defendant, claim, number; ordinal
// and date of the letter, cut-off, count, position from 0; the SHA-256 of the
// letter, the root, the mandate, the commitment, the hashes of the proof one
// after the other, each as 43 signs of base64url; and eight check digits.
func (r Receipt) Printed() (string, error) {
	lines := []string{
		PrintedFormat, r.Foundation, r.Defendant, r.Claim, r.Number, strconv.Itoa(r.Letter.Ordinal), r.Letter.Date, r.Letter.CutOff,
		strconv.FormatInt(r.Annex.Count, 10), strconv.FormatInt(r.Index, 10),
	}
	for _, codes := range [][]string{{r.Letter.SHA256}, {r.Annex.Root}, {r.Leaf.MandateSHA256}, {r.Leaf.Commitment}, r.Proof} {
		var line strings.Builder
		for _, code := range codes {
			b, err := hex.DecodeString(code)
			if err != nil {
				return "", errUnreadable
			}
			line.WriteString(base64.RawURLEncoding.EncodeToString(b))
		}
		lines = append(lines, line.String())
	}
	body := strings.Join(lines, "\n") + "\n"
	text := body + printedCheck(body)
	_, err := VerifyPrinted(text, nil)
	return text, err
}

func printedCheck(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:4])
}

// printedLines is how many lines the text of the code has.
const printedLines = 16

// VerifyPrinted checks the text of the code on a printed receipt, with the PDF of the letter or nil.
func VerifyPrinted(text string, letterPDF []byte) (Finding, error) {
	text = strings.TrimRight(text, "\n")
	lines := strings.Split(text, "\n")
	if len(lines) != printedLines || printedCheck(strings.Join(lines[:printedLines-1], "\n")+"\n") != lines[printedLines-1] {
		return Finding{}, &AlteredError{"check", Words{
			"De tekst van de code is niet meer zoals die op papier stond: er is een teken bij, af of veranderd.",
			"The text of the code is no longer as it was on paper: a sign was added, removed or changed.",
		}}
	}
	r := Receipt{Foundation: lines[1], Defendant: lines[2], Claim: lines[3], Number: lines[4], Index: whole(lines[9]), Proof: codesOn(lines[14])}
	r.Letter = ReceiptLetter{int(whole(lines[5])), lines[6], lines[7], codeOn(lines[10])}
	r.Annex = ReceiptAnnex{HashAlgorithm, whole(lines[8]), codeOn(lines[11])}
	r.Leaf.MandateSHA256, r.Leaf.Commitment = codeOn(lines[12]), codeOn(lines[13])
	head, err := r.printedProven()
	if err != nil {
		return Finding{}, err
	}
	if letterPDF != nil {
		if err := r.inLetter(head, letterPDF); err != nil {
			return Finding{}, err
		}
	}
	f := Finding{Proven: []Words{r.place(head)}, Open: []Words{{
		"Van wie deelname " + r.Number + " is: dat staat in het bestand van de deelnemer, niet op papier.",
		"Whose participation " + r.Number + " is: the participant's file says that, not the paper.",
	}}}
	return f.ofLetter(r, head, letterPDF != nil), nil
}

// printedProven follows the calculation from the leaf to the root.
func (r Receipt) printedProven() (Head, error) {
	if r.Letter.Ordinal < 0 {
		return Head{}, malformed("letter.ordinal")
	}
	head, err := r.head()
	if err != nil {
		return head, err
	}
	leaf := Leaf{Number: r.Number}
	var sum [32]byte
	switch {
	case !leaf.valid():
		return head, malformed("number")
	case !unhex(leaf.MandateSHA256[:], r.Leaf.MandateSHA256):
		return head, malformed("leaf.mandate_sha256")
	case !unhex(leaf.Commitment[:], r.Leaf.Commitment):
		return head, malformed("leaf.commitment")
	case !unhex(sum[:], r.Letter.SHA256):
		return head, malformed("letter.sha256")
	}
	return head, r.inTree(head, leaf.Hash())
}

var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})$`)

// whole reads a number as we write it; -1 is none.
func whole(s string) int64 {
	if !wholeNumber.MatchString(s) {
		return -1
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// packedSize is how many signs of base64url make 32 bytes.
const packedSize = 43

// codesOn reads codes as they stand on paper, in hexadecimal; one empty code if they aren't that.
func codesOn(line string) []string {
	if len(line)%packedSize != 0 {
		return []string{""}
	}
	codes := make([]string, 0, len(line)/packedSize)
	for at := 0; at < len(line); at += packedSize {
		b, err := base64.RawURLEncoding.DecodeString(line[at : at+packedSize])
		if err != nil || len(b) != 32 {
			return []string{""}
		}
		codes = append(codes, hex.EncodeToString(b))
	}
	return codes
}

func codeOn(line string) string {
	if codes := codesOn(line); len(codes) == 1 {
		return codes[0]
	}
	return ""
}
