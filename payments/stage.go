package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"
)

// stagedAtOnce is how many lines go to the database in one statement, while the next are being read.
const stagedAtOnce = 5_000

// staged is a line on its way into the books.
type staged struct {
	Line
	at    int    // place of its statement in the file
	named int64  // the settlement it names: zero is none, manyNamed is more than one
	from  string // the reference of a transfer of Mollie that it names
}

// makeStage makes the tables that lines pass through; they end with the
// transaction. What each line is about is found, and booked, for all lines at
// once: n is their order, over all statements.
func makeStage(ctx context.Context, tx *gorm.DB) error {
	err := tx.WithContext(ctx).Exec(`DROP TABLE IF EXISTS pg_temp.stage, pg_temp.findings;
		CREATE TEMP TABLE stage (n bigint, line_id bigint, sheet int, statement_id bigint, ordinal int, booked_on date, amount_cents bigint,
			end_to_end_id text, batch_id text, reference text, return_reason text, is_return boolean, named bigint, details bytea, mollie_reference text) ON COMMIT DROP;
		CREATE TEMP TABLE findings (n bigint, kind text, payout_id bigint, run_id bigint, part int, settlement_id bigint, mollie_settlement_id bigint) ON COMMIT DROP`).Error
	if err != nil {
		return fmt.Errorf("make room for lines: %w", err)
	}
	return nil
}

// errEnough ends the reading of a file of which the lines are no longer wanted.
var errEnough = errors.New("the lines are no longer wanted")

// stage reads a file once more and puts its new lines on the stage, some while
// the next are being read. Statements gives the number of each new statement by
// its place in the file, or is nil when nothing is going to be booked.
func (s *Service) stage(ctx context.Context, tx *gorm.DB, f storedFile, sheets []sheet, statements map[int]int64) error {
	if err := makeStage(ctx, tx); err != nil {
		return err
	}
	if !slices.ContainsFunc(sheets, sheet.fresh) {
		return nil
	}
	references, err := expectedMoney(ctx, tx)
	if err != nil {
		return err
	}
	var using sync.Mutex // the transaction
	lines, enough, done := make(chan []staged, 1), make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(lines)
		done <- s.readKept(ctx, tx, f, &using, func(r io.Reader) error {
			return readStaged(r, sheets, references, func(some []staged) error {
				select {
				case lines <- some:
					return nil
				case <-enough:
					return errEnough
				}
			})
		})
	}()
	wrong := s.putLines(ctx, tx, &using, sheets, statements, lines)
	close(enough)
	if err := <-done; wrong == nil && err != nil {
		wrong = err
	}
	if wrong != nil {
		return wrong
	}
	return tx.WithContext(ctx).Exec(`ANALYZE stage`).Error
}

// readStaged reads the new lines of a file, some at a time. It must say the same as when it was taken in.
func readStaged(r io.Reader, sheets []sheet, references []settlement, give func([]staged) error) error {
	wanted := map[int]bool{}
	for _, st := range sheets {
		wanted[st.At] = st.fresh()
	}
	var some []staged
	again, err := readSheets(r, func(at int, l Line) error {
		if !wanted[at] {
			return nil
		}
		one := staged{Line: l, at: at}
		if l.AmountCents >= 0 {
			one.named, one.from = settlementNamed(references, l), mollieReference(l)
		}
		if some = append(some, one); len(some) < stagedAtOnce {
			return nil
		}
		full := some
		some = make([]staged, 0, stagedAtOnce)
		return give(full)
	})
	if err != nil {
		return err
	}
	if !same(again, sheets) {
		return fmt.Errorf("%w: bank file", ErrTampered)
	}
	return give(some)
}

// same tells whether two readings of a file found the same.
func same(a, b []sheet) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// putLines writes lines as they are read.
func (s *Service) putLines(ctx context.Context, tx *gorm.DB, using sync.Locker, sheets []sheet, statements map[int]int64, lines <-chan []staged) error {
	order := map[int]int64{}
	for i, st := range sheets {
		order[st.At] = int64(i) << 32
	}
	for some := range lines {
		for i := range some {
			l := &some[i]
			if l.StatementID = statements[l.at]; statements == nil {
				continue
			}
			if err := l.seal(s.vault); err != nil {
				return err
			}
		}
		using.Lock()
		err := putStaged(ctx, tx, some, order, statements != nil)
		using.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// putStaged writes some lines to the stage; those that are going to be booked get their number.
func putStaged(ctx context.Context, tx *gorm.DB, some []staged, order map[int]int64, numbered bool) error {
	n := len(some)
	orders, statements, amounts, named := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	sheets, ordinals, days := make([]int32, n), make([]int32, n), make([]time.Time, n)
	keys, batches, refs, reasons := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	returns, details, from := make([]bool, n), make([][]byte, n), make([]string, n)
	for i, l := range some {
		orders[i], statements[i], amounts[i], named[i] = order[l.at]+int64(l.Ordinal), l.StatementID, int64(l.AmountCents), l.named
		sheets[i], ordinals[i], days[i] = int32(l.at), int32(l.Ordinal), l.BookedOn
		keys[i], batches[i], refs[i], reasons[i] = short(l.EndToEndID, 100), short(l.BatchID, 100), short(l.Reference, 100), short(l.ReturnReason, 35)
		returns[i], details[i], from[i] = l.IsReturn, l.Details, l.from
	}
	number := "n"
	if numbered {
		number = "nextval('statement_lines_id_seq')"
	}
	_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO stage
		SELECT n, `+number+`, sheet, statement_id, ordinal, booked_on, amount_cents, end_to_end_id, batch_id, reference, return_reason, is_return, named, details, mollie_reference
		FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[], $5::date[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::boolean[], $12::bigint[], $13::bytea[], $14::text[])
			AS x (n, sheet, statement_id, ordinal, booked_on, amount_cents, end_to_end_id, batch_id, reference, return_reason, is_return, named, details, mollie_reference)`,
		orders, sheets, statements, ordinals, days, amounts, keys, batches, refs, reasons, returns, named, details, from)
	if err != nil {
		return fmt.Errorf("stage lines: %w", err)
	}
	return nil
}
