package web

import (
	"cmp"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/claims/letter"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// letters lists the letters of a claim.
func (s *Server) letters(c echo.Context) error {
	return s.showLetters(c, http.StatusOK, nil)
}

type draftForm struct {
	Lang string `form:"lang" say:"case.letters.lang" validate:"oneof=nl en"`
}

// draftLetter begins a letter, filled in with what the claim knows.
func (s *Server) draftLetter(c echo.Context) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	form, err := bind[draftForm](c)
	var l claims.Letter
	if err == nil {
		l, err = s.claims.DraftLetter(c.Request().Context(), s.member(c).Actor(), claim.ID, form.Lang)
	}
	if bad := s.mend(c, err); bad != nil {
		return s.showLetters(c, http.StatusUnprocessableEntity, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, "/beheer/"+claim.Slug+"/brieven/"+strconv.Itoa(l.Ordinal))
}

func (s *Server) showLetters(c echo.Context, status int, bad ui.Problems) error {
	claim, err := s.claim(c)
	if err != nil {
		return err
	}
	all, err := s.claims.Letters(c.Request().Context(), claim.ID)
	if err != nil {
		return err
	}
	v := s.view(c, "nav.letters", bad...)
	page := ui.LettersPage{View: v, Bad: bad, Base: "/beheer/" + claim.Slug, MayDraft: s.member(c).May(staff.LetterDraft)}
	page.Table = dossierTable(v, "nav.letters", "case.letters.none", "annex", "status", "sent_at", "count")
	for _, l := range all {
		if l.Open() {
			page.MayDraft = false
		}
		sent, count := "", ""
		if l.SentAt != nil {
			sent, count = v.Moment(*l.SentAt), v.Number(*l.Count)
		}
		page.Table.Rows = append(page.Table.Rows, ui.Cells(ui.LinkTo(letterName(v, l), v.Href(page.Base+"/brieven/"+strconv.Itoa(l.Ordinal))),
			ui.Tagged(letterKind(l.Status), v.T("case.letter."+l.Status)), ui.Text(sent), ui.Text(count)))
	}
	return s.show(c, status, ui.Letters(page))
}

// letterProgressPage tells how far the freezing of a letter is.
const letterProgressPage = "/voortgang"

func goesOn(far *claims.LetterProgress) bool { return far != nil && far.Going() }

func letterName(v ui.View, l claims.Letter) string {
	if l.Ordinal == 1 {
		return v.T("case.letters.first")
	}
	return v.T("case.letters.later", "Ordinal", l.Ordinal)
}

func letterKind(status string) string {
	return map[string]string{"draft": "neutral", "proposed": "warn", "sent": "info", "delivered": "done"}[status]
}

// letterAt finds the letter in the address.
func (s *Server) letterAt(c echo.Context) (claims.Claim, claims.Letter, error) {
	claim, err := s.claim(c)
	if err != nil {
		return claim, claims.Letter{}, err
	}
	ordinal, err := strconv.Atoi(c.Param("ordinal"))
	if err != nil {
		return claim, claims.Letter{}, claims.ErrNotFound
	}
	l, err := s.claims.Letter(c.Request().Context(), claim.ID, ordinal)
	return claim, l, err
}

// letter shows one letter.
func (s *Server) letter(c echo.Context) error {
	return s.showLetter(c, http.StatusOK, typedLetter{}, nil)
}

// previewLetter is the letter as PDF, with everything that is not frozen yet marked as draft.
func (s *Server) previewLetter(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	pdf, err := s.claims.PreviewLetterPDF(c.Request().Context(), claim.ID, l.Ordinal)
	if err != nil {
		return err
	}
	return s.sendFile(c, claim.Slug+"-brief-"+strconv.Itoa(l.Ordinal)+".pdf", "application/pdf", pdf)
}

// letterFile sends one of the frozen files. The log keeps who took it.
func (s *Server) letterFile(c echo.Context) error {
	kind := c.Param("kind")
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	name, content, _, err := s.claims.LetterFile(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal, kind)
	if err != nil {
		return err
	}
	return s.sendFile(c, name, "application/octet-stream", content)
}

// deliveryProof sends the document that proves the delivery of a letter.
func (s *Server) deliveryProof(c echo.Context) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	media, proof, err := s.claims.DeliveryProof(c.Request().Context(), s.member(c).Actor(), claim.ID, l.Ordinal)
	if err != nil {
		return err
	}
	return s.sendFile(c, "bezorgbewijs-"+strconv.Itoa(l.Ordinal)+endings[media], media, proof)
}

// typedLetter is what was typed on the page of a letter and could not be taken.
type typedLetter struct {
	words   *letterForm
	deliver deliverForm
	signOff signOffForm
	opening openingForm
}

func (s *Server) showLetter(c echo.Context, status int, typed typedLetter, bad ui.Problems) error {
	claim, l, err := s.letterAt(c)
	if err != nil {
		return err
	}
	ctx, m := c.Request().Context(), s.member(c)
	doc, misses, err := s.claims.PreviewLetter(ctx, claim.ID, l.Ordinal)
	if err != nil {
		return err
	}
	v := s.view(c, "nav.letters", bad...)
	v.Title = letterName(v, l)
	page := ui.LetterPage{
		View: v, Bad: bad, Base: "/beheer/" + claim.Slug + "/brieven/" + strconv.Itoa(l.Ordinal), Heading: v.Title,
		Status: v.T("case.letter." + l.Status), StatusKind: letterKind(l.Status), Paper: paper(doc), PaperLang: string(doc.Lang), Facts: letterFacts(v, l, s.claims.LetterCertificate()),
		MayEdit: l.Status == claims.LetterDrafted && m.May(staff.LetterDraft), MayDeliver: l.Status == claims.LetterWasSent && m.May(staff.DeliveryRecord),
		Channel: typed.deliver.Channel, Tracking: typed.deliver.Tracking, Date: typed.deliver.Date, Time: typed.deliver.Time,
	}
	if l.Open() {
		page.Misses = missWords(misses, v.Lang)
		page.MayRenew = page.MayEdit && slices.ContainsFunc(misses, func(m letter.Miss) bool { return m.Clause == claims.StaleFacts })
	}
	page.MayPropose = page.MayEdit && len(misses) == 0 && typed.words == nil
	if l.Status == claims.LetterProposed {
		page.Proposed = v.T("case.waiting.text", "By", s.actorName(c, *l.ProposedBy), "At", v.Moment(*l.ProposedAt))
		page.Own, page.MayWithdraw = *l.ProposedBy == m.Actor(), m.May(staff.LetterDraft)
		if l.ApprovedBy != nil {
			far, err := s.claims.LetterProgress(ctx, l.ID)
			if err != nil {
				return err
			}
			if goesOn(far) {
				page.GoesOn = v.Href(page.Base + letterProgressPage)
			}
			page.Approved = v.T("case.letters.approved_by", "By", s.actorName(c, *l.ApprovedBy), "At", v.Moment(*l.ApprovedAt))
			page.Own = page.Own || *l.ApprovedBy == m.Actor()
		}
		may := !page.Own && m.May(staff.LetterApprove)
		page.MayApprove, page.MaySend = may && l.ApprovedBy == nil, may && l.ApprovedBy != nil
		if l.Fields.Mode == letter.RootOnly && l.SignedOffBy == nil {
			page.LacksSignOff, page.MayApprove = true, false
			page.MaySignOff, page.SignOffWords = *l.ProposedBy != m.Actor() && m.May(staff.LetterSignOff), typed.signOff.Words
		}
	}
	page.RootOnly = l.Fields.Mode == letter.RootOnly
	form := letterFormOf(l.Fields)
	if typed.words != nil {
		form = *typed.words
	}
	page.Fields, page.Texts = letterInputs(v, form, bad)
	page.Mode = modeInput(v, form, bad)
	if err := s.sentLetter(c, claim, l, &page); err != nil {
		return err
	}
	if page.Deposit != nil {
		page.Deposit.Reason = typed.opening.Reason
	}
	return s.show(c, status, ui.Letter(page))
}

// sentLetter adds what a letter has once it was sent: files and delivery.
func (s *Server) sentLetter(c echo.Context, claim claims.Claim, l claims.Letter, page *ui.LetterPage) error {
	if l.SentAt == nil {
		return nil
	}
	ctx, v := c.Request().Context(), page.View
	files, err := s.claims.LetterFiles(ctx, claim.ID, l.Ordinal)
	if err != nil {
		return err
	}
	page.Files = dossierTable(v, "case.letters.files", "case.none", "file", "along", "size", "hash")
	for _, f := range files {
		name := ui.LinkTo(f.Name, v.Href(page.Base+"/bestand/"+f.Kind))
		if f.Kind == claims.FileNamed {
			name = ui.Text(f.Name) // it takes two people
		}
		if f.WithNames {
			name = ui.Text(f.Name)
			if s.member(c).May(staff.LetterNamed) {
				page.NamesFiles = append(page.NamesFiles, ui.Definition{Label: f.Name, Value: v.Href(page.Base + "/metnamen/" + f.Kind)})
			}
		}
		along := "case.letters.along_no"
		if f.GoesAlong {
			along = "case.letters.along_yes"
		}
		hash := ui.Text(hex.EncodeToString(f.SHA256))
		hash.Mono = true
		page.Files.Rows = append(page.Files.Rows, ui.Cells(name, ui.Text(v.T(along)), ui.Num(v.Number((f.Bytes+1023)/1024)+" kB"), hash))
	}
	if page.Deposit, err = s.deposit(c, l, v); err != nil {
		return err
	}
	if s.member(c).May(staff.NamesShow) {
		page.NamesURL = v.Href(page.Base + "/namen")
	}
	d, err := s.claims.DeliveryOf(ctx, claim.ID, l.Ordinal)
	if err != nil || d == nil {
		return err
	}
	page.ProofURL = v.Href(page.Base + "/bezorgbewijs")
	page.Delivery = []ui.Definition{
		{Label: v.T("case.letters.channel"), Value: v.T("case.channel." + d.Channel)}, {Label: v.T("case.letters.tracking"), Value: d.Tracking},
		{Label: v.T("case.letters.delivered_at"), Value: v.Moment(d.DeliveredAt)},
		{Label: v.T("case.letters.proof_hash"), Value: hex.EncodeToString(d.ProofSHA256), Hash: true},
	}
	return nil
}

func letterFacts(v ui.View, l claims.Letter, signer *letter.Certificate) []ui.Definition {
	facts := []ui.Definition{{Label: v.T("case.letters.mode"), Value: v.T("case.letters.mode." + string(cmp.Or(l.Fields.Mode, letter.Pseudonymous)))}}
	if l.SignedOffBy != nil {
		facts = append(facts, ui.Definition{
			Label: v.T("case.letters.sign_off"),
			Value: v.T("case.letters.sign_off_by", "By", l.SignedOffName, "At", v.Moment(*l.SignedOffAt), "Words", l.SignedOffWords),
		})
	}
	signature := v.T("case.letters.signature_none")
	switch {
	case l.Fields.SignedBy != "":
		signature = v.T("case.letters.signature_by", "Name", l.Fields.SignedBy)
	case l.SentAt == nil && signer != nil:
		signature = v.T("case.letters.signature_will", "Name", signer.Name(), "Until", v.Day(signer.Until()))
	}
	facts = append(facts, ui.Definition{Label: v.T("case.letters.signature"), Value: signature})
	if l.SentAt == nil {
		return facts
	}
	return append(facts,
		ui.Definition{Label: v.T("case.column.sent_at"), Value: v.Moment(*l.SentAt)}, ui.Definition{Label: v.T("case.column.count"), Value: v.Number(*l.Count)},
		ui.Definition{Label: v.T("case.letters.root"), Value: hex.EncodeToString(l.Root), Hash: true})
}

func missWords(misses []letter.Miss, lang string) []string {
	words := make([]string, len(misses))
	for i, m := range misses {
		words[i] = m.In(letter.Lang(lang))
	}
	return words
}

func paper(doc letter.Document) []ui.PaperBlock {
	blocks := make([]ui.PaperBlock, len(doc.Blocks))
	for i, b := range doc.Blocks {
		blocks[i] = ui.PaperBlock{Kind: string(b.Kind), Text: b.Text}
		for _, item := range b.Items {
			blocks[i].Lines = append(blocks[i].Lines, ui.Definition{Label: item.Label, Value: item.Text, Hash: item.Code})
		}
	}
	return blocks
}
