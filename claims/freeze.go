package claims

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/vault"
	"samenclaim/participants"
)

// annex is everybody who is covered by one letter, at the moment it froze.
type annex struct {
	cutOff time.Time
	rows   []letter.NamedRow // in order of number
	tree   letter.Tree
}

// latePaid is the condition that a participation t owes nothing for coming late.
const latePaid = `(t.late_price_cents IS NULL OR EXISTS (SELECT FROM prepayments y WHERE y.participation_id = t.id AND y.status = 'paid'
	AND NOT EXISTS (SELECT FROM refunds r WHERE r.prepayment_id = y.id AND r.status NOT IN ('failed', 'canceled'))))`

// annexBatch is how many participations go through memory and to the database at once.
const annexBatch = 5_000

// freeze writes the annex of a letter: everybody active who is in none yet,
// in order of number, with a salt and a sealed snapshot of who they were. The
// caller holds the lock on joining, so nobody signs meanwhile.
func (s *Service) freeze(ctx context.Context, tx *gorm.DB, l Letter, told *reporter) (annex, error) {
	a := annex{cutOff: tx.NowFunc().Truncate(time.Microsecond)} // as the database keeps it
	var total int64
	if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM participations WHERE claim_id = ? AND status = 'active' AND letter_id IS NULL`, l.ClaimID).Scan(&total).Error; err != nil {
		return a, err
	}
	a.rows = make([]letter.NamedRow, 0, total)
	// A cursor, so that reading goes on while what was read is written, and nobody can leave meanwhile.
	err := tx.WithContext(ctx).Exec(`DECLARE annex NO SCROLL CURSOR FOR
		SELECT t.id, t.number, t.country, t.key_wrapped, t.signed_at, p.first_names, p.infix, p.last_name, p.email_key, p.key_wrapped, p.address, m.id, m.mandate_sha256, f.id, r.person
		FROM participations t JOIN participants p ON p.id = t.participant_id
		JOIN fee_options f ON f.participation_id = t.id AND f.superseded_at IS NULL JOIN mandates m ON m.id = f.mandate_id
		LEFT JOIN represented r ON r.participation_id = t.id AND r.ended_at IS NULL
		WHERE t.claim_id = ? AND t.status = 'active' AND t.letter_id IS NULL AND `+latePaid+` ORDER BY t.number FOR NO KEY UPDATE OF t`, l.ClaimID).Error
	if err != nil {
		return a, fmt.Errorf("read who is in the annex: %w", err)
	}
	// What was sealed is written while what comes next is sealed: the database and we each have a core.
	var before sealed
	for {
		told.say(StepAnnex, int64(len(a.rows)-len(before.people)), total)
		people, err := fetchAnnex(ctx, tx)
		if err != nil {
			return a, err
		}
		next := make(chan sealed, 1)
		go func() { next <- s.sealBatch(people, int64(len(a.rows))) }()
		err = insertAnnex(ctx, tx, l.ID, before)
		if before = <-next; err != nil || before.err != nil {
			return a, errors.Join(err, before.err)
		}
		if len(people) == 0 {
			break
		}
		a.add(before)
	}
	if err := tx.WithContext(ctx).Exec(`CLOSE annex`).Error; err != nil {
		return a, err
	}
	if len(a.rows) == 0 {
		return a, ErrNobody
	}
	a.tree, err = letter.Build(a.leaves)
	return a, err
}

func (a *annex) leaves(yield func(letter.Leaf) bool) {
	for i := range a.rows {
		if !yield(a.rows[i].Leaf) {
			return
		}
	}
}

func (a *annex) lines(yield func(letter.Row) bool) {
	for i := range a.rows {
		if !yield(a.rows[i].Row) {
			return
		}
	}
}

func (a *annex) named(yield func(letter.NamedRow) bool) {
	for i := range a.rows {
		if !yield(a.rows[i]) {
			return
		}
	}
}

// annexPerson is one participation as the freeze reads it.
type annexPerson struct {
	id, mandateID, feeID                 int64
	number, country                      string
	first, infix, last, email            string
	key, personKey, address, mandateHash []byte
	represented                          []byte // who it is about, if another
	signedAt                             time.Time
}

func fetchAnnex(ctx context.Context, tx *gorm.DB) (people []annexPerson, err error) {
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, fmt.Sprintf(`FETCH FORWARD %d FROM annex`, annexBatch))
	if err != nil {
		return nil, fmt.Errorf("read who is in the annex: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		p, err := scanAnnex(rows)
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, rows.Err()
}

func scanAnnex(rows *sql.Rows) (p annexPerson, err error) {
	err = rows.Scan(&p.id, &p.number, &p.country, &p.key, &p.signedAt, &p.first, &p.infix, &p.last, &p.email, &p.personKey, &p.address, &p.mandateID, &p.mandateHash, &p.feeID, &p.represented)
	return p, err
}

// frozenRow is a line of the annex as it goes to the database.
type frozenRow struct {
	letter.NamedRow
	identity []byte // sealed with the participation's key
}

// sealed are some people with the rows of the annex that were made of them.
type sealed struct {
	people []annexPerson
	frozen []frozenRow
	err    error
}

// sealBatch makes the rows of some people, from a position on.
func (s *Service) sealBatch(people []annexPerson, at int64) sealed {
	b := sealed{people: people, frozen: make([]frozenRow, len(people))}
	b.err = eachHalf(len(people), func(i int) (err error) {
		b.frozen[i], err = s.freezeOne(people[i], at+int64(i))
		return err
	})
	return b
}

// add takes the rows of some people into the annex.
func (a *annex) add(b sealed) {
	for i, f := range b.frozen {
		a.rows = append(a.rows, f.NamedRow)
		if b.people[i].signedAt.After(a.cutOff) {
			a.cutOff = b.people[i].signedAt // the clock of the machine that took the signature is a little ahead of ours
		}
	}
}

// eachHalf does something for each of n on two cores: opening addresses is nearly all of a freeze's work.
func eachHalf(n int, do func(i int) error) error {
	part := func(from, to int) error {
		for i := from; i < to; i++ {
			if err := do(i); err != nil {
				return err
			}
		}
		return nil
	}
	first := make(chan error, 1)
	go func() { first <- part(0, n/2) }()
	err := part(n/2, n)
	return errors.Join(<-first, err)
}

const aboutIdentity = "annex_salts.identity"

// freezeOne makes the leaf of one person.
func (s *Service) freezeOne(p annexPerson, position int64) (frozenRow, error) {
	address, err := participants.OpenAddress(s.vault, p.personKey, p.address)
	if err != nil {
		return frozenRow{}, fmt.Errorf("open the address of %s: %w", p.number, err)
	}
	who := letter.Identity{
		GivenNames: p.first, Prefix: p.infix, FamilyName: p.last, Email: p.email,
		Postcode: address.Postcode, HouseNumber: address.HouseNumber + address.Addition, Country: p.country,
	}
	if address.Country != "" {
		who.Country = address.Country
	}
	if p.represented != nil {
		w, err := participants.OpenWard(s.vault, p.key, p.represented)
		if err != nil {
			return frozenRow{}, fmt.Errorf("open who is represented in %s: %w", p.number, err)
		}
		who.GivenNames, who.Prefix, who.FamilyName = w.FirstNames, w.Infix, w.LastName
	}
	key, err := s.vault.OpenKey(p.key)
	if err != nil {
		return frozenRow{}, fmt.Errorf("open the key of %s: %w", p.number, err)
	}
	identity, err := vault.SealJSON(key, who, aboutIdentity)
	if err != nil {
		return frozenRow{}, err
	}
	salt := make([]byte, letter.SaltSize)
	_, _ = rand.Read(salt) // never fails
	leaf := letter.Leaf{Number: p.number, MandateSHA256: [32]byte(p.mandateHash), Commitment: letter.Commitment(salt, who)}
	row := letter.NamedRow{Row: letter.Row{Position: position, Leaf: leaf}, Identity: who, Street: address.Street, City: address.City, Salt: salt}
	return frozenRow{row, identity}, nil
}

// insertAnnex writes rows and salts in two statements.
func insertAnnex(ctx context.Context, tx *gorm.DB, letterID int64, b sealed) error {
	people, frozen, n := b.people, b.frozen, len(b.people)
	if n == 0 {
		return nil
	}
	positions, ids, mandates, fees, numbers := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]string, n)
	hashes, commitments, salts, identities := make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
	for i, p := range people {
		positions[i], ids[i], mandates[i], fees[i], numbers[i] = frozen[i].Position, p.id, p.mandateID, p.feeID, p.number
		hashes[i], commitments[i], salts[i], identities[i] = p.mandateHash, frozen[i].Leaf.Commitment[:], frozen[i].Salt, frozen[i].identity
	}
	db := tx.Statement.ConnPool
	_, err := db.ExecContext(ctx, `INSERT INTO annex_rows (letter_id, position, participation_id, number, mandate_id, fee_option_id, mandate_sha256, commitment)
		SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bytea[], $8::bytea[])`,
		letterID, positions, ids, numbers, mandates, fees, hashes, commitments)
	if err != nil {
		return fmt.Errorf("write the annex: %w", err)
	}
	_, err = db.ExecContext(ctx, `INSERT INTO annex_salts (participation_id, salt, identity)
		SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])`, ids, salts, identities)
	if err != nil {
		return fmt.Errorf("write the salts: %w", err)
	}
	return nil
}
