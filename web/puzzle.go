package web

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/altcha-org/altcha-lib-go"
)

// hardest is the most numbers that a browser has to try: about a second on a phone.
const hardest = 50_000

// proofLife is how long a computation or a turn in the line stays good.
const proofLife = 10 * time.Minute

// puzzle is a sum for the browser that takes some work to solve and none to check.
func (s *Server) puzzle() (string, error) {
	expires := s.now().Add(proofLife)
	challenge, err := altcha.CreateChallenge(altcha.ChallengeOptions{HMACKey: s.puzzleKey(), MaxNumber: hardest, Expires: &expires})
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(challenge)
	return string(b), err
}

func (s *Server) puzzleKey() string { return hex.EncodeToString(s.vault.MAC("puzzle", nil)) }

// solved checks the answer to a puzzle of ours. The time is checked here, by the clock of the site.
func (s *Server) solved(work string) bool {
	if work == "" || len(work) > 2000 {
		return false
	}
	if ok, err := altcha.VerifySolutionSafe(work, s.puzzleKey(), false); err != nil || !ok {
		return false
	}
	var p altcha.Payload
	raw, err := base64.StdEncoding.DecodeString(work)
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return false
	}
	until, err := strconv.ParseInt(altcha.ExtractParams(p).Get("expires"), 10, 64)
	return err == nil && s.now().Unix() < until
}
