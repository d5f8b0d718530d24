package claims

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/table"
	"samenclaim/participants"
	"samenclaim/payments"
)

// fewest is the smallest group of people that is told apart in public.
const fewest = 10

// accountKept is how old the public account of a claim may be.
const accountKept = 15 * time.Minute

// PublicAccount is what a claim tells everybody about itself. Every figure is
// counted from the rows and the books at CountedAt; nobody writes one.
type PublicAccount struct {
	CountedAt      time.Time            `json:"counted_at"`
	Participations []Group              `json:"participations"`
	FeeOptions     []Group              `json:"fee_options"`
	Letters        []PublicLetter       `json:"letters"`
	Consultations  []PublicConsultation `json:"consultations"`
	Money          PublicMoney          `json:"money"`
	MailsSent      int64                `json:"mails_sent"`  // to people who take part
	NamesTaken     int64                `json:"names_taken"` // how often names from an annex, all or some, were handed to the lawyer
}

// Group is how many are in a group. Groups of fewer than ten are put together
// as "other", so that nobody is found in one.
type Group struct {
	Key   string `json:"key"`
	Count int64  `json:"count"`
}

// PublicLetter is a letter that was sent, with what proves which one it was.
type PublicLetter struct {
	Ordinal     int               `json:"ordinal"`
	SentAt      time.Time         `json:"sent_at"`
	DeliveredAt *time.Time        `json:"delivered_at"`
	Count       int64             `json:"count"` // 0: fewer than ten
	Root        string            `json:"root"`
	SHA256      map[string]string `json:"sha256"` // by the kind of file
	AnnexMode   letter.Mode       `json:"annex_mode"`
}

// PublicConsultation is what participants were asked about a proposed settlement, and what they said.
type PublicConsultation struct {
	Ordinal  int       `json:"ordinal"`
	TitleNL  string    `json:"title_nl"`
	TitleEN  string    `json:"title_en"`
	OpenedAt time.Time `json:"opened_at"`
	ClosesAt time.Time `json:"closes_at"`
	Closed   bool      `json:"closed"`
	Votes    []Group   `json:"votes"` // once it is closed: of all active mandates, also of who did not vote
	Root     string    `json:"root"`  // of the votes that were counted
}

// Title is the title in a language.
func (c PublicConsultation) Title(lang string) string { return inLanguage(lang, c.TitleNL, c.TitleEN) }

// PublicMoney is what the books say of the claim, in cents.
type PublicMoney struct {
	Moved    []MoneyMoved     `json:"moved"`
	Held     payments.Cents   `json:"held_cents"` // in the bank and at Mollie: all that came in less all that went out
	Accounts []AccountBalance `json:"accounts"`
}

// MoneyMoved is what came in and went out of one kind.
type MoneyMoved struct {
	Kind string         `json:"kind"`
	In   payments.Cents `json:"in_cents"`
	Out  payments.Cents `json:"out_cents"`
}

// AccountBalance is what stands on an account of the books: for a debt or income what is owed or earned, as a positive amount.
type AccountBalance struct {
	Account string         `json:"account"`
	NameNL  string         `json:"name_nl"`
	NameEN  string         `json:"name_en"`
	Cents   payments.Cents `json:"cents"`
}

// publicStates are the states that the public account tells apart, in its order.
var publicStates = []struct {
	key    string
	states []participants.Status
}{
	{"signed", []participants.Status{participants.Active}},
	{"in_letter", []participants.Status{participants.Included}},
	{"to_be_paid", []participants.Status{participants.Entitled, participants.PayeePending, participants.Payable, participants.InRun, participants.Unclaimed}},
	{"paid", []participants.Status{participants.Paid}},
	{"lost", []participants.Status{participants.ClosedLost}},
	{"estate", []participants.Status{participants.InEstate}},
	{"stopped", []participants.Status{participants.Withdrawn, participants.OptedOut, participants.Erased}},
}

// OtherGroup is what small groups are put together as.
const OtherGroup = "other"

// apart keeps groups of fewer than ten from being read, or from being reckoned
// out of a total: small groups are put together, with the next smallest until
// they are ten or more. If all of them are fewer than ten, nothing is told.
func apart(groups []Group) []Group {
	var shown []Group
	other := Group{Key: OtherGroup}
	small := 0
	for _, g := range groups {
		switch {
		case g.Count >= fewest:
			shown = append(shown, g)
		case g.Count > 0:
			other.Count += g.Count
			small++
		}
	}
	for small > 0 && other.Count < fewest && len(shown) > 0 {
		next := slices.IndexFunc(shown, func(g Group) bool {
			return g == slices.MinFunc(shown, func(a, b Group) int { return cmp.Compare(a.Count, b.Count) })
		})
		other.Count += shown[next].Count
		shown = slices.Delete(shown, next, next+1)
	}
	if other.Count >= fewest {
		shown = append(shown, other)
	}
	return shown
}

// PublicAccount returns the account of a claim as it was last counted; ErrNotFound before the first time.
func (s *Service) PublicAccount(ctx context.Context, claimID int64) (a PublicAccount, err error) {
	row, err := take(ctx, table.Of[publicAccountRow](s.db).Where("claim_id = ?", claimID))
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(row.Figures, &a); err != nil {
		return a, fmt.Errorf("public account of claim %d: %w", claimID, err)
	}
	a.CountedAt = row.CountedAt
	return a, nil
}

type publicAccountRow struct {
	ClaimID   int64
	CountedAt time.Time
	Figures   json.RawMessage
}

// TableName is the table of what was counted last.
func (publicAccountRow) TableName() string { return "public_accounts" }

// drainPublicAccounts counts what claims tell the public: of every claim that people can see.
func (s *Service) drainPublicAccounts(ctx context.Context) (more bool, err error) {
	all, err := s.Claims(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range all {
		if c.Status == Draft {
			continue
		}
		if err := s.CountPublicly(ctx, c.ID); err != nil {
			return false, err
		}
	}
	return false, nil
}

// CountPublicly counts the public account of a claim anew, all of it at one moment.
func (s *Service) CountPublicly(ctx context.Context, claimID int64) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		db := tx.WithContext(ctx)
		if err := db.Exec(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`).Error; err != nil { // the figures agree with each other
			return err
		}
		if err := patient(ctx, tx); err != nil {
			return err
		}
		a := PublicAccount{CountedAt: tx.NowFunc()}
		for _, count := range []func(context.Context, *gorm.DB, int64, *PublicAccount) error{publicPeople, publicLetters, publicConsultations, publicMoney, publicMails} {
			if err := count(ctx, tx, claimID, &a); err != nil {
				return fmt.Errorf("count claim %d for the public: %w", claimID, err)
			}
		}
		figures, err := json.Marshal(a)
		if err != nil {
			return err
		}
		return db.Exec(`INSERT INTO public_accounts (claim_id, counted_at, figures) VALUES (?, ?, ?)
			ON CONFLICT (claim_id) DO UPDATE SET counted_at = excluded.counted_at, figures = excluded.figures WHERE excluded.counted_at >= public_accounts.counted_at`,
			claimID, a.CountedAt, string(figures)).Error
	})
}

func publicPeople(ctx context.Context, tx *gorm.DB, claimID int64, a *PublicAccount) error {
	all := map[int64]*Figures{claimID: {ByStatus: map[participants.Status]int64{}, ByFee: map[FeeOption]int64{}}}
	db, ids := tx.WithContext(ctx), []int64{claimID}
	if err := countByStatusAndFee(db, all, ids); err != nil {
		return err
	}
	var states []Group
	for _, p := range publicStates {
		g := Group{Key: p.key}
		for _, st := range p.states {
			g.Count += all[claimID].ByStatus[st]
		}
		states = append(states, g)
	}
	a.Participations = apart(states)
	a.FeeOptions = apart([]Group{{string(Flat), all[claimID].ByFee[Flat]}, {string(Percentage), all[claimID].ByFee[Percentage]}})
	return nil
}

func publicLetters(ctx context.Context, tx *gorm.DB, claimID int64, a *PublicAccount) error {
	var rows []struct {
		ID, Count   int64
		Ordinal     int
		SentAt      time.Time
		DeliveredAt *time.Time
		Root        []byte
		AnnexMode   letter.Mode
		Kind        string
		Sha256      []byte `gorm:"column:sha256"`
	}
	err := tx.WithContext(ctx).Raw(`SELECT l.id, l.ordinal, l.sent_at, l.delivered_at, l.count, l.root, l.annex_mode, f.kind, f.sha256
		FROM letters l JOIN letter_files f ON f.letter_id = l.id WHERE l.claim_id = ? AND l.sent_at IS NOT NULL ORDER BY l.ordinal, f.kind`, claimID).Scan(&rows).Error
	if err != nil {
		return err
	}
	var subjects []string
	for _, r := range rows {
		if len(a.Letters) == 0 || a.Letters[len(a.Letters)-1].Ordinal != r.Ordinal {
			l := PublicLetter{Ordinal: r.Ordinal, SentAt: r.SentAt, DeliveredAt: r.DeliveredAt, Count: r.Count, Root: hex.EncodeToString(r.Root), SHA256: map[string]string{}, AnnexMode: r.AnnexMode}
			if l.Count < fewest {
				l.Count = 0
			}
			a.Letters, subjects = append(a.Letters, l), append(subjects, letterSubject(r.ID))
		}
		a.Letters[len(a.Letters)-1].SHA256[r.Kind] = hex.EncodeToString(r.Sha256)
	}
	if len(subjects) == 0 {
		return nil
	}
	return tx.WithContext(ctx).Raw(`SELECT (SELECT count(*) FROM audit_events WHERE subject IN ? AND action = 'letter.file_taken' AND detail->>'kind' IN ?)
		+ (SELECT count(*) FROM showings s JOIN letters l ON l.id = s.letter_id WHERE l.claim_id = ?)`, subjects, append([]string{FileNamed}, withNames...), claimID).Scan(&a.NamesTaken).Error
}

func publicConsultations(ctx context.Context, tx *gorm.DB, claimID int64, a *PublicAccount) error {
	all, err := consultations(tx).Where("claim_id = ? AND status IN ('open', 'closed')", claimID).Order("ordinal").Find(ctx)
	for _, c := range all {
		p := PublicConsultation{Ordinal: c.Ordinal, TitleNL: c.TitleNL, TitleEN: c.TitleEN, OpenedAt: *c.OpenedAt, ClosesAt: c.ClosesAt, Closed: c.Status == ConsultationClosed, Root: hex.EncodeToString(c.Root)}
		if p.Closed {
			silent := *c.Mandates - *c.VotesFor - *c.VotesAgainst - *c.VotesNone
			p.Votes = apart([]Group{{VoteFor, *c.VotesFor}, {VoteAgainst, *c.VotesAgainst}, {VoteNone, *c.VotesNone}, {"silent", silent}})
		}
		a.Consultations = append(a.Consultations, p)
	}
	return err
}

func publicMoney(ctx context.Context, tx *gorm.DB, claimID int64, a *PublicAccount) error {
	m, err := payments.MoneyOfClaim(ctx, tx, claimID)
	if err != nil {
		return err
	}
	a.Money.Held = m.Held
	for _, x := range m.Moved {
		a.Money.Moved = append(a.Money.Moved, MoneyMoved{x.Kind, x.InCents, x.OutCents})
	}
	for _, b := range m.Balances {
		if b.Kind == "asset" || b.NetCents() == 0 {
			continue // what is held is told as one: money comes from Mollie for all claims at once
		}
		cents := payments.Cents(b.NetCents())
		if b.Kind != "expense" {
			cents = -cents
		}
		a.Money.Accounts = append(a.Money.Accounts, AccountBalance{b.Account, b.NameNL, b.NameEN, cents})
	}
	return nil
}

func publicMails(ctx context.Context, tx *gorm.DB, claimID int64, a *PublicAccount) error {
	return tx.WithContext(ctx).Raw(`SELECT count(*) FROM outbox o WHERE o.status IN ('sent', 'bounced')
		AND o.participant_id IN (SELECT participant_id FROM participations WHERE claim_id = ?)`, claimID).Scan(&a.MailsSent).Error
}
