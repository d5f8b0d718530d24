package payments

// recount is one way to count again what the books say. Its query gives subject,
// want and got; rows where the two differ are differences.
type recount struct {
	rule  string
	count bool // numbers of things, not amounts
	sql   string
}

// The pieces below read facts only: prepayments, refunds, awards, payouts, files, bank lines.
const (
	bookedAs = `(SELECT coalesce(sum(e.amount_cents), 0)::bigint FROM journals j JOIN entries e ON e.journal_id = j.id WHERE j.source = `

	approvedAwards = `awards a JOIN distributions d ON d.id = a.distribution_id AND d.status = 'approved'`

	// earnedFees are awards of which the fee is earned: the bank has paid and it did not come back, or there was
	// nothing to pay. Their VAT is what was invoiced, which is recounted apart.
	earnedFees = `(SELECT a.participation_id, a.fee_cents, coalesce(i.vat_cents, 0) AS vat_cents FROM payouts p JOIN awards a ON a.id = p.award_id
			LEFT JOIN invoices i ON i.payout_id = p.id AND i.kind = 'invoice' WHERE p.status = 'booked'
		UNION ALL SELECT a.participation_id, a.fee_cents, coalesce(i.vat_cents, 0) FROM ` + approvedAwards + ` LEFT JOIN invoices i ON i.award_id = a.id AND i.payout_id IS NULL
			WHERE a.payout_cents = 0 AND EXISTS (SELECT FROM journals z WHERE z.key = 'distribution:' || d.id || ':zero'))`

	// rateThen is the rate of VAT on the day of an invoice i.
	rateThen = `coalesce((SELECT v.rate_bp FROM vat_rates v WHERE v.claim_id = d.claim_id AND v.from_on <= i.dated ORDER BY v.from_on DESC LIMIT 1),
		(SELECT c.vat_bp FROM claims c WHERE c.id = d.claim_id))`

	invoicesOf = `invoices i JOIN awards a ON a.id = i.award_id JOIN distributions d ON d.id = a.distribution_id`
)

// recounts is everything that is counted again.
var recounts = []recount{
	{"prepayment: due from Mollie", false, `SELECT 'prepayment:' || p.id AS subject, CASE p.status WHEN 'paid' THEN p.amount_cents ELSE 0 END AS want,
		` + bookedAs + `'prepayment:' || p.id AND e.account = '1100') AS got FROM prepayments p`},
	{"prepayment: owed to who paid", false, `SELECT 'prepayment:' || p.id AS subject, CASE p.status WHEN 'paid' THEN -p.amount_cents ELSE 0 END AS want,
		` + bookedAs + `'prepayment:' || p.id AND e.account = '2000' AND e.participation_id = p.participation_id) AS got FROM prepayments p`},
	{"refund: taken off the prepayment", false, `SELECT 'refund:' || r.id AS subject, CASE WHEN r.status IN ('failed', 'canceled') THEN 0 ELSE r.amount_cents END AS want,
		` + bookedAs + `'refund:' || r.id AND e.account = '2000') AS got FROM refunds r`},
	{"refund: still to be paid back", false, `SELECT 'refund:' || r.id AS subject, CASE WHEN r.status IN ('failed', 'canceled', 'refunded') THEN 0 ELSE -r.amount_cents END AS want,
		` + bookedAs + `'refund:' || r.id AND e.account = '2050') AS got FROM refunds r`},
	{"refund: paid back through Mollie", false, `SELECT 'refund:' || r.id AS subject, CASE r.status WHEN 'refunded' THEN -r.amount_cents ELSE 0 END AS want,
		` + bookedAs + `'refund:' || r.id AND e.account = '1100') AS got FROM refunds r`},

	{"mollie settlement: costs", false, `SELECT 'mollie_settlement:' || s.id AS subject, s.costs_cents - coalesce(d.amount_cents, 0) AS want,
		` + bookedAs + `'mollie_settlement:' || s.id AND e.account = '4100') AS got FROM mollie_settlements s LEFT JOIN mollie_differences d ON d.settlement_id = s.id`},
	{"mollie settlement: parts", false, `SELECT 'mollie_settlement:' || s.id AS subject, s.amount_cents - s.rounding_cents - s.difference_cents + s.costs_cents AS want,
		(SELECT sum(amount_cents) FROM mollie_settlement_items i WHERE i.settlement_id = s.id)::bigint AS got FROM mollie_settlements s`},

	{"distribution: sum of the awards", false, `SELECT 'distribution:' || d.id AS subject, d.pot_cents AS want,
		(SELECT sum(fee_cents + payout_cents - prepaid_cents) FROM awards WHERE distribution_id = d.id)::bigint AS got FROM distributions d WHERE d.status <> 'dropped'`},
	{"distribution: number of awards", true, `SELECT 'distribution:' || d.id AS subject, d.count AS want,
		(SELECT count(DISTINCT participation_id) FROM awards WHERE distribution_id = d.id) AS got FROM distributions d WHERE d.status <> 'dropped'`},
	{"distribution: taken from the pot", false, `SELECT 'distribution:' || d.id AS subject, CASE d.status WHEN 'approved' THEN d.pot_cents ELSE 0 END AS want,
		` + bookedAs + `'distribution:' || d.id AND e.account = '2100') AS got FROM distributions d`},
	{"distribution: prepayments used", false, `SELECT 'participation:' || x.id AS subject, sum(x.want)::bigint AS want, sum(x.got)::bigint AS got FROM (
		SELECT a.participation_id AS id, a.prepaid_cents AS want, 0 AS got FROM ` + approvedAwards + `
		UNION ALL SELECT participation_id, 0, used_cents FROM prepayments) x GROUP BY x.id`},

	{"run: number of payouts", true, `SELECT 'payout_run:' || r.id AS subject, r.item_count AS want, (SELECT count(*) FROM payouts WHERE run_id = r.id) AS got FROM payout_runs r`},
	{"run: total", false, `SELECT 'payout_run:' || r.id AS subject, r.total_cents AS want, (SELECT sum(amount_cents) FROM payouts WHERE run_id = r.id)::bigint AS got FROM payout_runs r`},
	{"run: put on its way", false, `SELECT 'payout_run:' || r.id AS subject, CASE WHEN r.status IN ('released', 'booked', 'closed') THEN -r.total_cents ELSE 0 END AS want,
		(SELECT coalesce(sum(e.amount_cents), 0)::bigint FROM journals j JOIN entries e ON e.journal_id = j.id WHERE j.key = 'run:' || r.id || ':released' AND e.account = '2200') AS got FROM payout_runs r`},
	{"file: total", false, `SELECT 'payout_file:' || f.run_id || ':' || f.part AS subject, f.total_cents AS want,
		(SELECT sum(amount_cents) FROM payouts p WHERE p.run_id = f.run_id AND p.part = f.part)::bigint AS got FROM payout_files f`},
	{"file: number of payouts", true, `SELECT 'payout_file:' || f.run_id || ':' || f.part AS subject, f.count AS want,
		(SELECT count(*) FROM payouts p WHERE p.run_id = f.run_id AND p.part = f.part) AS got FROM payout_files f`},

	{"statement: closing balance", false, `SELECT 'statement:' || s.id AS subject, s.closing_cents AS want, s.opening_cents + sum(l.amount_cents)::bigint AS got
		FROM statements s JOIN statement_lines l ON l.statement_id = s.id GROUP BY s.id HAVING count(*) = s.line_count`},
	{"line: matched for its amount", false, `SELECT 'statement_line:' || l.id AS subject, CASE WHEN l.matched_at IS NULL THEN 0 ELSE l.amount_cents END AS want,
		(SELECT sum(amount_cents) FROM line_matches WHERE line_id = l.id)::bigint AS got FROM statement_lines l`},
	{"line: booked on the bank account", false, `SELECT 'journal:' || m.journal_id AS subject, sum(m.amount_cents)::bigint AS want,
		(SELECT sum(amount_cents) FROM entries e WHERE e.journal_id = m.journal_id AND e.account = '1000')::bigint AS got FROM line_matches m GROUP BY m.journal_id`},

	{"participation: prepaid", false, `SELECT 'participation:' || id AS subject, sum(want)::bigint AS want, sum(got)::bigint AS got FROM (
		SELECT participation_id AS id, CASE status WHEN 'paid' THEN -amount_cents ELSE 0 END + used_cents AS want, 0::bigint AS got FROM prepayments
		UNION ALL SELECT p.participation_id, r.amount_cents, 0 FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id WHERE r.status NOT IN ('failed', 'canceled')
		UNION ALL SELECT participation_id, 0, amount_cents FROM entries WHERE account = '2000') x GROUP BY id`},
	{"participation: still to be paid out", false, `SELECT 'participation:' || id AS subject, sum(want)::bigint AS want, sum(got)::bigint AS got FROM (
		SELECT a.participation_id AS id, -a.payout_cents AS want, 0::bigint AS got FROM ` + approvedAwards + `
		UNION ALL SELECT participation_id, amount_cents, 0 FROM payouts WHERE status IN ('sent', 'booked')
		UNION ALL SELECT participation_id, 0, amount_cents FROM entries WHERE account = '2110') x GROUP BY id`},
	{"participation: fee not yet earned", false, `SELECT 'participation:' || id AS subject, sum(want)::bigint AS want, sum(got)::bigint AS got FROM (
		SELECT a.participation_id AS id, -a.fee_cents AS want, 0::bigint AS got FROM ` + approvedAwards + `
		UNION ALL SELECT participation_id, fee_cents, 0 FROM ` + earnedFees + ` f
		UNION ALL SELECT participation_id, 0, amount_cents FROM entries WHERE account = '2120') x GROUP BY id`},

	{"invoice: fee of a payout", false, `SELECT 'payout:' || p.id AS subject, CASE WHEN p.status IN ('booked', 'returned') THEN a.fee_cents ELSE 0 END AS want,
		(SELECT sum(fee_cents) FROM invoices WHERE payout_id = p.id AND kind = 'invoice')::bigint AS got FROM payouts p JOIN awards a ON a.id = p.award_id`},
	{"invoice: fee with nothing to pay out", false, `SELECT 'award:' || a.id AS subject, CASE WHEN a.payout_cents = 0 AND EXISTS (SELECT FROM journals z WHERE z.key = 'distribution:' || d.id || ':zero') THEN a.fee_cents ELSE 0 END AS want,
		(SELECT sum(fee_cents) FROM invoices WHERE award_id = a.id AND payout_id IS NULL)::bigint AS got FROM ` + approvedAwards},
	{"invoice: VAT", false, `SELECT 'invoice:' || i.id AS subject, i.fee_cents - round(i.fee_cents * 10000.0 / (10000 + ` + rateThen + `))::bigint AS want, i.vat_cents AS got FROM ` + invoicesOf + ` WHERE i.kind = 'invoice'`},
	{"invoice: day", true, `SELECT 'invoice:' || i.id AS subject, j.booked_on - DATE '2000-01-01' AS want, i.dated - DATE '2000-01-01' AS got FROM invoices i JOIN journals j ON j.id = i.journal_id`},
	{"credit note: fee of a payout that came back", false, `SELECT 'payout:' || p.id AS subject, CASE p.status WHEN 'returned' THEN a.fee_cents ELSE 0 END AS want,
		(SELECT sum(fee_cents) FROM invoices WHERE payout_id = p.id AND kind = 'credit')::bigint AS got FROM payouts p JOIN awards a ON a.id = p.award_id`},
	{"credit note: VAT", false, `SELECT 'invoice:' || c.id AS subject, i.vat_cents AS want, c.vat_cents AS got FROM invoices c LEFT JOIN invoices i ON i.id = c.credits WHERE c.kind = 'credit'`},
	{"invoice: last number of a year", true, `SELECT 'year:' || year AS subject, count(DISTINCT number) AS want, max(number) AS got FROM invoices GROUP BY year`},
	{"journal: last number of a year", true, `SELECT 'year:' || n.year AS subject, count(*) FILTER (WHERE date_part('year', j.booked_on) = n.year) AS want, max(n.number) AS got
		FROM journal_numbers n LEFT JOIN journals j ON j.id = n.journal_id GROUP BY n.year`},
	{"close: number of journals", true, `SELECT 'book_close:' || c.id AS subject, c.journals AS want, (SELECT count(*) FROM journals j WHERE j.booked_on <= c.until_on
		AND j.booked_on > coalesce((SELECT max(b.until_on) FROM book_closes b WHERE b.status = 'closed' AND b.until_on < c.until_on), DATE '0001-01-01')) AS got FROM book_closes c WHERE c.status = 'closed'`},
	{"close: hash over what was booked", true, `SELECT 'book_close:' || c.id AS subject, 1 AS want, (c.sha256 = books_sha256(coalesce((SELECT max(b.until_on) FROM book_closes b
		WHERE b.status = 'closed' AND b.until_on < c.until_on), '-infinity'), c.until_on))::int AS got FROM book_closes c WHERE c.status = 'closed'`},

	{"account balance", false, `SELECT 'account:' || a.code AS subject, w.want::bigint AS want, (SELECT sum(amount_cents) FROM entries e WHERE e.account = a.code)::bigint AS got
		FROM accounts a LEFT JOIN (` + wantedBalances + `) w ON w.code = a.code`},
}

// wantedBalances is what must stand on each account, from the facts alone.
const wantedBalances = `
	SELECT '1000' AS code, sum(amount_cents) AS want FROM line_matches
	UNION ALL SELECT '1100', (SELECT coalesce(sum(amount_cents), 0) FROM prepayments WHERE status = 'paid')
		- (SELECT coalesce(sum(amount_cents), 0) FROM refunds WHERE status = 'refunded')
		- (SELECT coalesce(sum(amount_cents), 0) FROM line_matches WHERE kind = 'mollie')
		+ (SELECT coalesce(sum(rounding_cents - costs_cents), 0) FROM mollie_settlements) + (SELECT coalesce(sum(amount_cents), 0) FROM mollie_differences)
	UNION ALL SELECT '4900', -sum(rounding_cents) FROM mollie_settlements
	UNION ALL SELECT '2000', (SELECT coalesce(sum(used_cents - CASE status WHEN 'paid' THEN amount_cents ELSE 0 END), 0) FROM prepayments)
		+ (SELECT coalesce(sum(amount_cents), 0) FROM refunds WHERE status NOT IN ('failed', 'canceled'))
	UNION ALL SELECT '2050', -sum(amount_cents) FROM refunds WHERE status NOT IN ('failed', 'canceled', 'refunded')
	UNION ALL SELECT '2100', (SELECT coalesce(sum(pot_cents), 0) FROM distributions WHERE status = 'approved')
		- (SELECT coalesce(sum(amount_cents), 0) FROM line_matches WHERE kind = 'settlement')
	UNION ALL SELECT '2110', (SELECT coalesce(sum(amount_cents), 0) FROM payouts WHERE status IN ('sent', 'booked'))
		- (SELECT coalesce(sum(a.payout_cents), 0) FROM ` + approvedAwards + `)
	UNION ALL SELECT '2120', (SELECT coalesce(sum(fee_cents), 0) FROM ` + earnedFees + ` f)
		- (SELECT coalesce(sum(a.fee_cents), 0) FROM ` + approvedAwards + `)
	UNION ALL SELECT '2200', -sum(amount_cents) FROM payouts WHERE status = 'sent'
	UNION ALL SELECT '2500', -sum(vat_cents) FROM ` + earnedFees + ` f
	UNION ALL SELECT '8000', -sum(fee_cents - vat_cents) FROM ` + earnedFees + ` f
	UNION ALL SELECT '2900', -sum(amount_cents) FROM line_matches WHERE kind = 'unknown'
	UNION ALL SELECT '4100', (SELECT coalesce(sum(p.amount_cents - m.amount_cents), 0) FROM line_matches m JOIN payouts p ON p.id = m.payout_id WHERE m.kind = 'return')
		- (SELECT coalesce(sum(amount_cents), 0) FROM line_matches WHERE kind = 'costs')
		+ (SELECT coalesce(sum(costs_cents), 0) FROM mollie_settlements) - (SELECT coalesce(sum(amount_cents), 0) FROM mollie_differences)`
