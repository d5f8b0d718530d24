package letter

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrAnnexFile means a file that isn't an annex as we write it.
var ErrAnnexFile = errors.New("this file is not an annex in CSV")

// IsAnnex tells by how a file begins whether it is an annex in CSV.
func IsAnnex(file []byte) bool { return bytes.HasPrefix(file, []byte(annexFormat+",")) }

// CheckAnnex reads an annex in CSV and calculates it anew from its rows, on its
// own: every leaf hash, the count and the root. The head is what the file says it
// is; compare its root with the one printed in the letter.
func CheckAnnex(file io.Reader) (Head, error) {
	in := csv.NewReader(file)
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	head, err := readHead(in)
	if err != nil {
		return Head{}, err
	}
	var sum rolling
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return head, sum.matches(head)
		}
		if err != nil {
			return head, fmt.Errorf("%w: after row %d: %w", ErrAnnexFile, sum.count, err)
		}
		if err := checkRow(&sum, cells); err != nil {
			return head, err
		}
	}
}

func checkRow(sum *rolling, cells []string) error {
	at := sum.count + 1
	if len(cells) != 5 || cells[0] != strconv.FormatInt(at, 10) {
		return fmt.Errorf("%w: row %d", ErrAnnexFile, at)
	}
	leaf := Leaf{Number: cells[1]}
	var stated [32]byte
	if !unhex(leaf.MandateSHA256[:], cells[2]) || !unhex(leaf.Commitment[:], cells[3]) || !unhex(stated[:], cells[4]) {
		return fmt.Errorf("%w: row %d holds a code that isn't one", ErrAnnexFile, at)
	}
	hash, err := sum.row(Row{sum.count, leaf})
	if err != nil {
		return err
	}
	if hash != stated {
		return fmt.Errorf("%w: row %d has another leaf hash than its number and codes give", ErrAnnexDiffers, at)
	}
	return nil
}

// readHead reads the lines above the rows.
func readHead(in *csv.Reader) (Head, error) {
	values := map[string]string{}
	for {
		cells, err := in.Read()
		if err != nil {
			return Head{}, fmt.Errorf("%w: it ends before the first row", ErrAnnexFile)
		}
		if slices.Equal(cells, []string{"position", "number", "mandate_sha256", "commitment", "leaf_hash"}) {
			break
		}
		if _, twice := values[cells[0]]; twice || len(cells) != 2 || len(values) > 20 {
			return Head{}, fmt.Errorf("%w: unexpected line %d", ErrAnnexFile, len(values)+1)
		}
		values[cells[0]] = strings.TrimPrefix(cells[1], "'")
	}
	return headOf(values)
}

func headOf(values map[string]string) (Head, error) {
	h := Head{Foundation: values["foundation"], Defendant: values["defendant"], Claim: values["claim"]}
	var errs [4]error
	h.Ordinal, errs[0] = strconv.Atoi(values["ordinal"])
	h.Date, errs[1] = time.ParseInLocation(time.DateOnly, values["date"], home)
	h.CutOff, errs[2] = time.Parse(time.RFC3339, values["cut-off"])
	h.Count, errs[3] = strconv.ParseInt(values["count"], 10, 64)
	if values[annexFormat] != "1" || values["algorithm"] != HashAlgorithm || errors.Join(errs[:]...) != nil || !unhex(h.Root[:], values["root"]) {
		return Head{}, fmt.Errorf("%w: its first lines don't say of which letter", ErrAnnexFile)
	}
	return h, nil
}

// unhex reads a code in lower-case hexadecimal, and nothing else.
func unhex(into []byte, s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == len(into) && copy(into, b) == len(into) && s == strings.ToLower(s)
}

// Rows numbers leaves from 0, as the annex and the tree do.
func Rows(leaves iter.Seq[Leaf]) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		var at int64
		for l := range leaves {
			if !yield(Row{at, l}) {
				return
			}
			at++
		}
	}
}
