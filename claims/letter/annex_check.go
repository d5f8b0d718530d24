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

// CheckAnnex reads an annex in CSV, with or without names, and calculates it anew
// from its rows, on its own: every leaf hash, the count and the root, and from
// names and salts the codes of the people. The head is what the file says it is;
// compare its root with the one printed in the letter. named tells whether the
// names were checked too.
func CheckAnnex(file io.Reader) (head Head, named bool, err error) {
	in := csv.NewReader(file)
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	if head, named, err = readHead(in); err != nil {
		return Head{}, false, err
	}
	var sum rolling
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return head, named, sum.matches(head)
		}
		if err != nil {
			return head, named, fmt.Errorf("%w: after row %d: %w", ErrAnnexFile, sum.count, err)
		}
		if named {
			cells, err = checkNames(sum.count+1, cells)
		}
		if err == nil {
			err = checkRow(&sum, cells)
		}
		if err != nil {
			return head, named, err
		}
	}
}

// checkNames calculates the code of a person from name and salt, and leaves of the row what the annex without names has.
func checkNames(at int64, cells []string) ([]string, error) {
	if len(cells) != len(namedColumns) {
		return nil, fmt.Errorf("%w: row %d", ErrAnnexFile, at)
	}
	salt := make([]byte, SaltSize)
	if !unhex(salt, cells[11]) {
		return nil, fmt.Errorf("%w: row %d holds a code that isn't one", ErrAnnexFile, at)
	}
	who := Identity{
		GivenNames: typed(cells[2]), Prefix: typed(cells[3]), FamilyName: typed(cells[4]), Email: typed(cells[5]),
		HouseNumber: typed(cells[7]), Postcode: typed(cells[8]), Country: typed(cells[10]),
	}
	if code := Commitment(salt, who); hex.EncodeToString(code[:]) != cells[13] {
		return nil, fmt.Errorf("%w: the name and salt of row %d don't lead to the code of the person", ErrAnnexDiffers, at)
	}
	return []string{cells[0], cells[1], cells[12], cells[13], cells[14]}, nil
}

// typed takes the apostrophe away that keeps a spreadsheet from running a cell.
func typed(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && safe(rest) == cell {
		return rest
	}
	return cell
}

func checkRow(sum *rolling, cells []string) error {
	at := sum.count + 1
	if len(cells) != len(plainColumns) || cells[0] != strconv.FormatInt(at, 10) {
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

// readHead reads the lines above the rows, and whether the rows have names.
func readHead(in *csv.Reader) (head Head, named bool, err error) {
	values := map[string]string{}
	for {
		cells, err := in.Read()
		if err != nil {
			return Head{}, false, fmt.Errorf("%w: it ends before the first row", ErrAnnexFile)
		}
		if named = slices.Equal(cells, namedColumns); named || slices.Equal(cells, plainColumns) {
			break
		}
		if _, twice := values[cells[0]]; twice || len(cells) != 2 || len(values) > 20 {
			return Head{}, false, fmt.Errorf("%w: unexpected line %d", ErrAnnexFile, len(values)+1)
		}
		values[cells[0]] = strings.TrimPrefix(cells[1], "'")
	}
	head, err = headOf(values)
	return head, named, err
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
