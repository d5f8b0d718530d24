package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
)

const (
	// lockStamps is the class of the advisory lock between two makers of stamps.
	lockStamps = 7140
	stampBatch = 20_000
	// stampLease is how long one question to the authority keeps others from asking it.
	stampLease = 2 * time.Minute
	stampAsks  = 20
)

// StampAt makes the service ask an authority for time stamps. It is set once, before the work begins.
func (s *Service) StampAt(a Authority) { s.authority = a }

// madeStamp is a root under which signatures were fixed.
type madeStamp struct {
	ID        int64
	Count     int64
	Root      []byte
	MadeAt    time.Time
	Signature []byte
	Token     []byte
	Position  int64 // of one signature, where one is asked for
}

func (m madeStamp) message() []byte { return letter.StampRoot([32]byte(m.Root), m.Count, m.MadeAt) }

// drainStamps fixes the signatures that are not fixed yet, and asks the
// authority for the time stamps that are still missing.
func (s *Service) drainStamps(ctx context.Context) (more bool, err error) {
	n, err := s.fixSignatures(ctx)
	if err != nil {
		return false, err
	}
	if s.authority == nil {
		return n == stampBatch, nil
	}
	for range stampAsks {
		found, err := s.askStamp(ctx)
		if err != nil || !found {
			return err == nil && n == stampBatch, err
		}
	}
	return true, nil
}

// fixSignatures makes one tree of the signatures that stand in none, and signs its root.
func (s *Service) fixSignatures(ctx context.Context) (n int, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec(`SELECT pg_advisory_xact_lock(?, 0)`, lockStamps).Error; err != nil {
			return err
		}
		var rows []struct {
			ID           int64
			RecordSHA256 []byte `gorm:"column:record_sha256"`
		}
		err := tx.Raw(`SELECT id, record_sha256 FROM mandates m WHERE NOT EXISTS (SELECT FROM stamp_rows r WHERE r.mandate_id = m.id) ORDER BY id LIMIT ?`, stampBatch).Scan(&rows).Error
		if n = len(rows); err != nil || n == 0 {
			return err
		}
		ids, records := make([]int64, n), make([][32]byte, n)
		for i, r := range rows {
			ids[i], records[i] = r.ID, [32]byte(r.RecordSHA256)
		}
		tree, err := letter.StampTree(records)
		if err != nil {
			return err
		}
		now := tx.NowFunc().UTC().Truncate(time.Second)
		m := madeStamp{Count: tree.Count, Root: tree.Root[:], MadeAt: now}
		_, err = tx.Statement.ConnPool.ExecContext(ctx, `WITH s AS (
				INSERT INTO stamps (count, root, tree, made_at, signature, next_try_at) VALUES ($1, $2, $3, $4, $5, $4) RETURNING id)
			INSERT INTO stamp_rows (mandate_id, stamp_id, position) SELECT i.id, s.id, i.at - 1 FROM s, unnest($6::bigint[]) WITH ORDINALITY AS i (id, at)`,
			m.Count, m.Root, tree.Hashes, m.MadeAt, s.vault.Sign(m.message()), ids)
		return err
	})
	if err != nil {
		return n, fmt.Errorf("fix signatures: %w", err)
	}
	return n, nil
}

// askStamp asks the authority about one root that is due. The question is
// marked before it goes out, so that replicas do not ask twice at once.
func (s *Service) askStamp(ctx context.Context) (found bool, err error) {
	var m madeStamp
	now := s.db.NowFunc()
	err = s.db.WithContext(ctx).Raw(`UPDATE stamps SET tries = tries + 1, next_try_at = CAST(@now AS timestamptz) + least(power(2, least(tries, 10)) * interval '2 minutes', interval '1 day')
		WHERE id = (SELECT id FROM stamps WHERE token IS NULL AND next_try_at <= @now ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING id, count, root, made_at, signature`, map[string]any{"now": now}).Scan(&m).Error
	if err != nil || m.ID == 0 {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, stampLease)
	defer cancel()
	stamp, err := s.authority.Stamp(ctx, m.message())
	if err != nil {
		return false, fmt.Errorf("stamp %d: %w", m.ID, err)
	}
	err = s.db.WithContext(ctx).Exec(`UPDATE stamps SET token = ?, token_at = ? WHERE id = ? AND token IS NULL`, stamp.Token, stamp.At, m.ID).Error
	return true, err
}

// stampTree reads hashes of the tree of a stamp by their offsets.
const stampTree = `SELECT string_agg(substring(l.tree FROM (32 * x.at + 1)::int FOR 32), ''::bytea ORDER BY x.ord)
	FROM stamps l, unnest($2::bigint[]) WITH ORDINALITY AS x(at, ord) WHERE l.id = $1`

// stampOf is the stamp of one signature with its way to the root, and the time
// stamp of the authority; nil while the signature is not fixed yet.
func (s *Service) stampOf(ctx context.Context, mandateID int64, record []byte) (*letter.Stamp, []byte, error) {
	var m madeStamp
	err := s.db.WithContext(ctx).Raw(`SELECT s.id, s.count, s.root, s.made_at, s.signature, s.token, r.position
		FROM stamp_rows r JOIN stamps s ON s.id = r.stamp_id WHERE r.mandate_id = ?`, mandateID).Scan(&m).Error
	if err != nil || m.ID == 0 {
		return nil, nil, err
	}
	proof, err := s.prove(ctx, stampTree, m.ID, m.Count, m.Position)
	if err != nil {
		return nil, nil, err
	}
	if len(m.Root) != 32 || len(record) != 32 {
		return nil, nil, errors.New("a stamp without its hashes")
	}
	stamp := letter.NewStamp([32]byte(m.Root), m.Count, m.Position, [32]byte(record), proof, m.MadeAt, s.vault.PublicKey(), m.Signature)
	return &stamp, m.Token, nil
}
