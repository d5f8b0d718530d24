package letter

import (
	"bytes"
	"encoding/json"
)

// VerifyFile checks what the foundation gave out as proof: a receipt, a file with
// the names of some, the receipt of a vote, or the text of the code on a printed receipt. With
// the PDF of the letter (or nil) it also checks that this is the letter.
func VerifyFile(file, letterPDF []byte) (Finding, error) {
	if bytes.HasPrefix(file, []byte(PrintedFormat+"\n")) {
		return VerifyPrinted(string(file), letterPDF)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(file), []byte("{")) {
		return Finding{}, errUnreadable
	}
	var of struct {
		Format string `json:"format"`
	}
	known := json.Unmarshal(file, &of) == nil
	if known && of.Format == VoteFormat {
		r, err := ParseVote(file)
		if err != nil {
			return Finding{}, err
		}
		return r.Verify()
	}
	if known && of.Format == DisclosureFormat {
		d, err := ParseDisclosure(file)
		if err != nil {
			return Finding{}, err
		}
		return VerifyDisclosure(d, letterPDF)
	}
	r, err := ParseReceipt(file)
	if err != nil {
		return Finding{}, err
	}
	return VerifyReceipt(r, letterPDF)
}
