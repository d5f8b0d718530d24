package staff

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	// ErrPasswordShort means that a password has fewer than 15 characters.
	ErrPasswordShort = errors.New("the password is too short")
	// ErrPasswordLong means that a password has more than 128 characters.
	ErrPasswordLong = errors.New("the password is too long")
	// ErrPasswordEasy means that a password is one that others would guess.
	ErrPasswordEasy = errors.New("the password is too easy to guess")
)

const (
	shortest = 15
	longest  = 128
)

// common are long passwords that stand on every list.
var common = []string{
	"123456789012345", "1234567890123456", "qwertyuiopasdfgh", "qwertyuiopasdfghjkl", "passwordpassword", "wachtwoordwachtwoord",
	"correcthorsebatterystaple", "welkomwelkomwelkom", "1q2w3e4r5t6y7u8i", "iloveyouiloveyou", "letmeinletmeinletmein",
	"administrator123", "qwertyqwertyqwerty", "geheimgeheimgeheim", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz", "zaq12wsxcde34rfv",
}

// CheckNewPassword refuses what is short, common, or made of words about the person and this place.
// There are no other rules: no capitals, digits or signs that have to be in it.
func CheckNewPassword(password, name, email string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < shortest:
		return ErrPasswordShort
	case n > longest:
		return ErrPasswordLong
	}
	low := strings.ToLower(strings.ReplaceAll(password, " ", ""))
	local, domain, _ := strings.Cut(strings.ToLower(email), "@")
	rest := low
	words := append(strings.Fields(strings.ToLower(name)), local, strings.Split(domain+".", ".")[0], "samenclaim", "claim", "stichting", "wachtwoord", "password", "welkom")
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, word := range words {
		if len(word) >= 4 {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	if slices.Contains(common, low) || distinct(low) < 5 || utf8.RuneCountInString(rest) < 8 {
		return ErrPasswordEasy
	}
	return nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}
