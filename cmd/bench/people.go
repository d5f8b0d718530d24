package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"samenclaim/participants"
)

var (
	firstNames = []string{"Anna", "Bram", "Carla", "Daan", "Emma", "Femke", "Gijs", "Hanna", "Iris", "Jan", "Kees", "Lotte", "Maria", "Niels", "Olga", "Pieter", "Roos", "Sanne", "Thijs", "Willem"}
	infixes    = []string{"", "", "", "de", "van", "van der"}
	openings   = []string{
		"Bak", "Bar", "Ber", "Blok", "Boer", "Bos", "Brand", "Brink", "Brou", "Buur", "Dam", "Dek", "Dijk", "Doorn", "Drent", "Eik", "Els", "Esch", "Gaar", "Gelder",
		"Goud", "Graaf", "Groen", "Haan", "Heer", "Hei", "Hoek", "Hoog", "Hout", "Huls", "Jager", "Kam", "Kerk", "Klaver", "Koren", "Kuiper", "Laan", "Lind", "Maas", "Meer",
		"Mid", "Molen", "Nieuw", "Noord", "Oost", "Pauw", "Ploeg", "Rijn", "Roos", "Schaap", "Slag", "Smit", "Spoor", "Ster", "Tol", "Veld", "Visser", "Water", "Weide", "Zand",
	}
	middles = []string{"", "a", "en", "er", "ers", "e", "ing", "kamp", "laar", "le", "mans", "nest", "ol", "riet", "sel", "ster", "ter", "tis", "uit", "vel"}
	endings = []string{
		"aard", "bach", "beek", "berg", "bloem", "boom", "bosch", "burg", "donk", "gaard", "haar", "hof", "horst", "huis", "huizen",
		"ink", "kamp", "loo", "ma", "man", "oord", "schot", "sma", "stede", "stra", "veen", "voort", "wijk", "woud", "zicht",
	}
)

// crowd gives the rows of a register: the same names each time, numbers by chance.
func (s *site) crowd(have, size int) pgx.CopyFromSource {
	dice := rand.New(rand.NewPCG(20, uint64(size)))
	pick := func(list []string) string { return list[dice.IntN(len(list))] }
	postcodes := make([][]byte, 20_000)
	for i := range postcodes {
		postcodes[i] = s.vault.Index("postcode", fmt.Sprintf("%d %c%c", 1000+i%9000, 'A'+i/9000, 'B'))
	}
	n, number := have, participants.NewNumber("ZM")
	return pgx.CopyFromFunc(func() ([]any, error) {
		if n == size {
			return nil, nil
		}
		n++
		for s.numbers[number] {
			number = participants.NewNumber("ZM")
		}
		s.numbers[number] = true
		return []any{n, number.String(), pick(firstNames), pick(infixes), pick(openings) + pick(middles) + pick(endings), postcodes[dice.IntN(len(postcodes))]}, nil
	})
}

// fill adds participations until there are as many as asked; in bulk, because
// only reading them is measured.
func (s *site) fill(ctx context.Context, size int) error {
	begin := time.Now()
	var have int
	if err := s.owner.QueryRow(ctx, `SELECT count(*) FROM participations WHERE claim_id = $1`, s.claim.ID).Scan(&have); err != nil || have >= size {
		return err
	}
	conn, err := s.owner.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `DROP TABLE IF EXISTS people; CREATE TEMP TABLE people (n int, number text, first text, infix text, last text, postcode bytea)`); err != nil {
		return err
	}
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"people"}, []string{"n", "number", "first", "infix", "last", "postcode"}, s.crowd(have, size)); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, fillSQL, s.claim.ID); err != nil {
		return err
	}
	for _, table := range []string{"participants", "participations", "mandates", "fee_options"} {
		if _, err := conn.Exec(ctx, `VACUUM ANALYZE `+table); err != nil {
			return err
		}
	}
	fmt.Printf("(register filled to %d in %.0f s)\n", size, time.Since(begin).Seconds())
	return nil
}

const fillSQL = `
WITH person AS (
	INSERT INTO participants (email, email_key, first_names, infix, last_name, lang, email_verified_at, key_wrapped, address, postcode_index, synthetic, created_at)
	SELECT 'fill' || n || '@deelnemer.example', 'fill' || n || '@deelnemer.example', first, infix, last, 'nl', now(),
		decode('01' || repeat('ab', 64), 'hex'), decode('01' || repeat('cd', 150), 'hex'), postcode, true, now() FROM people ORDER BY n
	RETURNING id, email
), part AS (
	INSERT INTO participations (ref, number, claim_id, participant_id, status, country, used_for, evidence_plan, key_wrapped, usage, signed_at, created_at)
	SELECT md5('fill' || n), number, $1, person.id, 'active', 'NL', 'private', 'no', decode('01' || repeat('ab', 64), 'hex'), decode('01' || repeat('cd', 28), 'hex'), now(), now()
	FROM people JOIN person ON person.email = 'fill' || n || '@deelnemer.example' ORDER BY n
	RETURNING id
), signature AS (
	INSERT INTO mandates (participation_id, mandate_text_id, agreement_text_id, mandate_sha256, agreement_sha256, record, record_sha256, request_id, signed_at)
	SELECT part.id, m.id, a.id, m.sha256, a.sha256, decode('01' || repeat('ef', 60), 'hex'), sha256('x'), 'fill' || part.id, now()
	FROM part, (SELECT * FROM texts WHERE claim_id = $1 AND key = 'mandate' AND lang = 'nl' LIMIT 1) m, (SELECT * FROM texts WHERE claim_id = $1 AND key = 'agreement' AND lang = 'nl' LIMIT 1) a
	RETURNING id, participation_id
)
INSERT INTO fee_options (participation_id, option, mandate_id, chosen_at)
SELECT participation_id, CASE WHEN id % 5 < 3 THEN 'percentage' ELSE 'flat' END, id, now() FROM signature`
