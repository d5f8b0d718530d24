package letter

import (
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrAnnexDiffers means that the rows are not the ones that count and root speak of.
var ErrAnnexDiffers = errors.New("the rows of the annex don't match its count and root")

// Row is one line of the annex: a leaf at its position, counted from 0 as in the tree.
type Row struct {
	Position int64
	Leaf     Leaf
}

// annexFormat opens every annex in CSV.
const annexFormat = "samenclaim-annex"

// The columns of an annex in CSV, without and with names.
var (
	plainColumns = []string{"position", "number", "mandate_sha256", "commitment", "leaf_hash"}
	namedColumns = []string{"position", "number", "given_names", "prefix", "family_name", "email",
		"street", "house_number", "postcode", "city", "country", "salt", "mandate_sha256", "commitment", "leaf_hash"}
)

// AnnexCSV writes the annex as CSV: first what it is an annex of, one "name,value"
// a line, then the rows with complete hashes. It is written row by row, and it
// fails when the rows don't lead to the count and root of the head; what was
// written then is not an annex.
func AnnexCSV(w io.Writer, head Head, rows iter.Seq[Row]) error {
	out := csv.NewWriter(w)
	for _, line := range append(headLines(head), plainColumns) {
		if err := out.Write(line); err != nil {
			return fmt.Errorf("write the annex: %w", err)
		}
	}
	var sum rolling
	for r := range rows {
		hash, err := sum.row(r)
		if err != nil {
			return err
		}
		err = out.Write([]string{strconv.FormatInt(r.Position+1, 10), safe(r.Leaf.Number),
			hex.EncodeToString(r.Leaf.MandateSHA256[:]), hex.EncodeToString(r.Leaf.Commitment[:]), hex.EncodeToString(hash[:])})
		if err != nil {
			return fmt.Errorf("write row %d of the annex: %w", r.Position, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the annex: %w", err)
	}
	return sum.matches(head)
}

func headLines(h Head) [][]string {
	lines := [][]string{{annexFormat, "1"}}
	for line := range strings.SplitSeq(strings.TrimSpace(h.Canonical()), "\n") {
		if name, value, ok := strings.Cut(line, "="); ok {
			lines = append(lines, []string{name, safe(value)})
		}
	}
	return append(lines, []string{"algorithm", HashAlgorithm})
}

// NamedRow is one line of the annex with the name, for the lawyer's eyes. The
// salt is what lets the other side check a name against the commitment.
type NamedRow struct {
	Row
	Identity
	Street, City string
	Salt         []byte
}

// NamedCSV writes the annex with names, with the salt of each, so that who gets
// it can check the names. Cells that a spreadsheet would run as a formula get an
// apostrophe in front. Seal what it writes before it is kept.
func NamedCSV(w io.Writer, head Head, rows iter.Seq[NamedRow]) error {
	out := csv.NewWriter(w)
	for _, line := range append(headLines(head), namedColumns) {
		if err := out.Write(line); err != nil {
			return fmt.Errorf("write the named annex: %w", err)
		}
	}
	var sum rolling
	for r := range rows {
		hash, err := sum.row(r.Row)
		if err != nil {
			return err
		}
		if Commitment(r.Salt, r.Identity) != r.Leaf.Commitment {
			return fmt.Errorf("%w: name and commitment of position %d differ", ErrAnnexDiffers, r.Position)
		}
		err = out.Write([]string{strconv.FormatInt(r.Position+1, 10), safe(r.Leaf.Number),
			safe(r.GivenNames), safe(r.Prefix), safe(r.FamilyName), safe(r.Email), safe(r.Street), safe(r.HouseNumber), safe(r.Postcode), safe(r.City), safe(r.Country),
			hex.EncodeToString(r.Salt), hex.EncodeToString(r.Leaf.MandateSHA256[:]), hex.EncodeToString(r.Leaf.Commitment[:]), hex.EncodeToString(hash[:])})
		if err != nil {
			return fmt.Errorf("write row %d of the named annex: %w", r.Position, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the named annex: %w", err)
	}
	return sum.matches(head)
}

// safe keeps a spreadsheet from taking a cell for a formula.
func safe(cell string) string {
	cell = oneLine(cell)
	if strings.ContainsAny(firstRune(cell), "=+-@＝＋－＠|%") {
		return "'" + cell
	}
	return cell
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return "" // ContainsAny finds nothing in nothing
}

// rolling hashes rows as they pass, without keeping them.
type rolling struct {
	count int64
	tops  []tlog.Hash // of the complete subtrees so far, the largest first
}

// row adds the next row and gives its leaf hash.
func (s *rolling) row(r Row) ([32]byte, error) {
	if r.Position != s.count {
		return [32]byte{}, fmt.Errorf("%w: position %d where %d was due", ErrAnnexDiffers, r.Position, s.count)
	}
	if !r.Leaf.valid() {
		return [32]byte{}, fmt.Errorf("%w: position %d", ErrLeaf, r.Position)
	}
	hash := r.Leaf.Hash()
	top := tlog.Hash(hash)
	for n := s.count; n&1 == 1; n >>= 1 {
		last := len(s.tops) - 1
		top, s.tops = tlog.NodeHash(s.tops[last], top), s.tops[:last]
	}
	s.tops = append(s.tops, top)
	s.count++
	return hash, nil
}

// root is the root of all rows so far.
func (s *rolling) root() [32]byte {
	if len(s.tops) == 0 {
		return [32]byte{}
	}
	root := s.tops[len(s.tops)-1]
	for i := len(s.tops) - 2; i >= 0; i-- {
		root = tlog.NodeHash(s.tops[i], root)
	}
	return root
}

func (s *rolling) matches(h Head) error {
	if s.count != h.Count {
		return fmt.Errorf("%w: %d rows, the letter says %d", ErrAnnexDiffers, s.count, h.Count)
	}
	if s.root() != h.Root {
		return fmt.Errorf("%w: the rows lead to root %x, the letter says %x", ErrAnnexDiffers, s.root(), h.Root)
	}
	return nil
}
