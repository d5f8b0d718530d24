package claims

import (
	"net/http"
	"slices"
)

// proofMax is how many bytes a proof has at most.
const proofMax = 10 << 20

// sniffProof finds out what a proof is from its bytes, whatever its name says.
func sniffProof(b []byte) (media string, ok bool) {
	if len(b) == 0 || len(b) > proofMax {
		return "", false
	}
	media = http.DetectContentType(b)
	return media, slices.Contains([]string{"application/pdf", "image/jpeg", "image/png"}, media)
}
