package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// besidesTexts is what a page to sign says beside the texts, in the language that is signed.
func besidesTexts(v ui.View, claim claims.Claim, option claims.FeeOption) ui.SignFacts {
	f := ui.SignFacts{Title: v.T("join.sign.facts"), Fee: v.T("join.sign.fee", "Fee", terms(v, claim, option)), Deadline: v.T("join.sign.deadline", "Date", v.Day(claim.LimitationOn))}
	for _, e := range claim.FeeExamples() {
		fee, net := e.FlatFee, e.FlatNet
		if option == claims.Percentage {
			fee, net = e.PercentageFee, e.PercentageNet
		}
		f.Examples = append(f.Examples, feeLine[payments.Cents](v, e.Gross, fee, net))
	}
	return f
}

// shownMark tells, in a form, when its page was made. It fits one signer, and only we can make it.
func (s *Server) shownMark(signer string) string {
	at := s.now().UnixMilli()
	return fmt.Sprintf("%d-%s", at, s.shownMAC(signer, at))
}

func (s *Server) shownMAC(signer string, at int64) string {
	return hex.EncodeToString(s.vault.MAC("sign shown", fmt.Appendf(nil, "%s|%d", signer, at))[:16])
}

// shownAt reads the mark; a mark that is not ours tells nothing.
func (s *Server) shownAt(signer, mark string) time.Time {
	text, mac, _ := strings.Cut(mark, "-")
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !hmac.Equal([]byte(mac), []byte(s.shownMAC(signer, at))) {
		return time.Time{}
	}
	return time.UnixMilli(at).UTC()
}

// hexHash stands for a secret where the secret must not stand.
func hexHash(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}
