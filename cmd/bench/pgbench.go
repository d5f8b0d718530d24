package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"samenclaim/internal/pgembed"
)

// bareSigning writes the rows of a signature by pgbench: one statement a row
// in one transaction, as a program without our bundling would, and without
// asking the database anything. The values are those of a real signature; only
// what must be unique differs.
type bareSigning struct {
	site    *site
	pgbench string
	script  string
}

// rowsOfSigning are the rows that a signature adds, in order; set are the
// columns that differ, with the number of the draft as :d.
var rowsOfSigning = []struct {
	table, newest, returning string
	set                      map[string]string
}{
	{"participants", "", "person", map[string]string{"email": "'pgb' || :d || '@deelnemer.example'", "email_key": "'pgb' || :d || '@deelnemer.example'"}},
	{"participations", "", "part", map[string]string{
		"participant_id": ":person", "ref": "md5(:d || 'ref')",
		"number": "'PB-' || substr(upper(lpad(to_hex(:d::bigint), 8, '0')), 1, 4) || '-' || substr(upper(lpad(to_hex(:d::bigint), 8, '0')), 5, 4)",
	}},
	{"mandates", "", "mandate", map[string]string{"participation_id": ":part", "request_id": "md5(:d || 'request')"}},
	{"fee_options", "", "", map[string]string{"participation_id": ":part", "mandate_id": ":mandate"}},
	{"outbox", "WHERE template = 'welcome'", "", map[string]string{"key": "'welcome' || chr(58) || :part", "recipient": "'pgb' || :d || '@deelnemer.example'", "participant_id": ":person"}},
	{"audit_events", "WHERE action = 'participation.signed'", "", map[string]string{"actor": "'participant' || chr(58) || :person", "subject": "'participation' || chr(58) || :part"}},
}

func (s *site) bareSigning(ctx context.Context) (*bareSigning, error) {
	bin, err := pgembed.FindBinaries()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("\\set k :k + 1\n\\set d :first + :client_id * :each + :k\nBEGIN;\n")
	for _, row := range rowsOfSigning {
		sql, err := s.insert(ctx, row.table, row.newest, row.set)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.table, err)
		}
		b.WriteString(sql)
		if row.returning != "" {
			b.WriteString(" RETURNING id AS " + row.returning + " \\gset\n")
		} else {
			b.WriteString(";\n")
		}
	}
	var answers string
	if err := s.owner.QueryRow(ctx, `SELECT answers::text FROM signups WHERE status = 'signed' ORDER BY id DESC LIMIT 1`).Scan(&answers); err != nil {
		return nil, err
	}
	b.WriteString("UPDATE signups SET answers = " + literal(answers) + ", status = 'signed', participation_id = :part, updated_at = now() WHERE id = :d;\nCOMMIT;\n")
	script := filepath.Join(s.dir, "sign.sql")
	return &bareSigning{s, filepath.Join(bin.Dir, "pgbench"), script}, os.WriteFile(script, []byte(b.String()), 0o600)
}

// insert is the statement that adds the newest row of a table once more.
func (s *site) insert(ctx context.Context, table, newest string, set map[string]string) (string, error) {
	rows, err := s.owner.Query(ctx, `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1
		AND is_generated = 'NEVER' AND is_identity = 'NO' ORDER BY ordinal_position`, table)
	if err != nil {
		return "", err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", err
	}
	values := make([]*string, len(columns))
	places := make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	if err := s.owner.QueryRow(ctx, "SELECT "+strings.Join(columns, "::text, ")+"::text FROM "+table+" "+newest+" ORDER BY id DESC LIMIT 1").Scan(places...); err != nil {
		return "", err
	}
	written := make([]string, len(columns))
	for i, name := range columns {
		switch expr, ok := set[name]; {
		case ok:
			written[i] = expr
		case values[i] == nil:
			written[i] = "NULL"
		default:
			written[i] = literal(*values[i])
		}
	}
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(written, ", ") + ")", nil
}

// literal is a text as SQL that pgbench leaves alone: it takes a colon for a variable, and a semicolon for an end.
func literal(text string) string {
	return "E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`, ":", `\072`, ";", `\073`, "\n", `\n`).Replace(text) + "'"
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// run signs about n times, and gives the number a second and what each weighs.
func (b *bareSigning) run(ctx context.Context, clients, n int) (rate float64, w weight, err error) {
	each := n / clients
	first, err := b.drafts(ctx, each*clients)
	if err != nil {
		return 0, w, err
	}
	last, err := b.site.newest(ctx)
	if err != nil {
		return 0, w, err
	}
	cfg, err := pgconn.ParseConfig(b.site.pg.DSN)
	if err != nil {
		return 0, w, err
	}
	cmd := exec.CommandContext(ctx, b.pgbench, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", "2", "-t", strconv.Itoa(each), //nolint:gosec // the machine's own
		"-D", fmt.Sprintf("first=%d", first), "-D", fmt.Sprintf("each=%d", each), "-D", "k=-1", "-f", b.script, "-h", cfg.Host, "-U", cfg.User, cfg.Database)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+cfg.Password)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, w, fmt.Errorf("pgbench: %w: %.2000s", err, out)
	}
	m := tps.FindSubmatch(out)
	if m == nil {
		return 0, w, fmt.Errorf("pgbench says no rate: %s", out)
	}
	if w, err = b.site.weigh(ctx, last, each*clients); err != nil {
		return 0, w, err
	}
	rate, err = strconv.ParseFloat(string(m[1]), 64)
	return rate, w, err
}

// drafts makes the drafts that pgbench ends, copies of one that waits for its signature.
func (b *bareSigning) drafts(ctx context.Context, n int) (first int64, err error) {
	_, err = b.site.owner.Exec(ctx, `INSERT INTO signups (token_hash, claim_id, lang, status, key_wrapped, answers, email_index, email_proven_at, version, created_at, updated_at, expires_at)
		SELECT sha256(convert_to(gen_random_uuid()::text, 'UTF8')), claim_id, lang, 'mandate_pending', key_wrapped, answers, email_index, now(), version, created_at, updated_at, expires_at
		FROM (SELECT * FROM signups ORDER BY id DESC LIMIT 1) s, generate_series(1, $1)`, n)
	if err != nil {
		return 0, err
	}
	var last int64
	if err := b.site.owner.QueryRow(ctx, `SELECT max(id) FROM signups`).Scan(&last); err != nil {
		return 0, err
	}
	return last - int64(n) + 1, nil
}

// weight is how many rows there are in the tables of a signature, and how many bytes.
type weight struct{ rows, bytes float64 }

// newest are the last rows of those tables.
func (s *site) newest(ctx context.Context) ([]int64, error) {
	last := make([]int64, len(rowsOfSigning))
	for i, row := range rowsOfSigning {
		if err := s.owner.QueryRow(ctx, "SELECT coalesce(max(id), 0) FROM "+row.table).Scan(&last[i]); err != nil {
			return nil, err
		}
	}
	return last, nil
}

// weigh weighs the rows that came after others, for each of n signatures.
func (s *site) weigh(ctx context.Context, after []int64, n int) (w weight, err error) {
	for i, row := range rowsOfSigning {
		var rows, bytes float64
		err := s.owner.QueryRow(ctx, "SELECT count(*), coalesce(sum(pg_column_size(t.*)), 0)::float8 FROM "+row.table+" t WHERE id > $1", after[i]).Scan(&rows, &bytes)
		if err != nil {
			return w, err
		}
		w.rows, w.bytes = w.rows+rows/float64(n), w.bytes+bytes/float64(n)
	}
	return w, nil
}

func (w weight) String() string { return fmt.Sprintf("%.1f rows, %.0f bytes each", w.rows, w.bytes) }

// like refuses a comparison of what is not the same. A job of the program may add a line to the log meanwhile.
func (w weight) like(other weight) error {
	if near := w.bytes / other.bytes; math.Abs(w.rows-other.rows) >= 0.5 || near < 0.98 || near > 1.02 {
		return errors.New("pgbench did not write the same rows")
	}
	return nil
}
