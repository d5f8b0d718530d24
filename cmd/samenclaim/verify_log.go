package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/payments"
)

// errSealForm means that a noted head of the log cannot be read.
var errSealForm = errors.New("--seal is a number, a colon and the 64 hexadecimal digits of the hash, as verify prints them")

// recountLog counts the chain of the log again, and looks whether a head that
// somebody noted before is still in it: the only thing that shows a log that was cut off.
func recountLog(ctx context.Context, db *gorm.DB, noted audit.Seal) ([]payments.Difference, error) {
	faults, err := audit.Check(ctx, db)
	if err != nil {
		return nil, err
	}
	found := make([]payments.Difference, 0, len(faults))
	for _, f := range faults {
		found = append(found, payments.Difference{Rule: "log", Subject: f.Subject, Want: "as sealed", Got: f.Problem})
	}
	if noted.ID > 0 {
		kept, err := audit.Kept(ctx, db, noted)
		if err != nil {
			return nil, err
		}
		if !kept {
			found = append(found, payments.Difference{Rule: "log", Subject: fmt.Sprintf("audit_seal:%d", noted.ID), Want: hex.EncodeToString(noted.SHA256), Got: "not in the log"})
		}
	}
	return found, nil
}

// sayHead prints the head of the log, to be noted.
func sayHead(ctx context.Context, c console, db *gorm.DB) error {
	head, err := audit.Head(ctx, db)
	if err == nil && head.ID > 0 {
		c.say("The log is sealed up to line %d. Note its head outside this system: %d:%x", head.LastID, head.ID, head.SHA256)
	}
	return err
}

// parseSeal reads a noted head; none is a seal without a number.
func parseSeal(text string) (s audit.Seal, err error) {
	if text == "" {
		return s, nil
	}
	number, hash, _ := strings.Cut(text, ":")
	if s.ID, err = strconv.ParseInt(number, 10, 64); err != nil || s.ID < 1 {
		return s, errSealForm
	}
	if s.SHA256, err = hex.DecodeString(hash); err != nil || len(s.SHA256) != 32 {
		return s, errSealForm
	}
	return s, nil
}
