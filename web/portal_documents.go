package web

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims/letter"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/web/ui"
)

// newsShown is how many messages the page shows.
const newsShown = 50

// myDocuments holds every paper of a participation.
func (s *Server) myDocuments(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	v, ctx := s.portalView(c, o, "portal.documents.title"), c.Request().Context()
	p := ui.PortalDocumentsPage{View: v, MandatePDF: v.Href(o.path("/documenten/volmacht.pdf")), MandatePage: v.Href(o.path("/documenten/volmacht")), Defendant: o.claim.DefendantName, LetterWait: v.T("portal.documents.letter_wait")}
	if !o.part.Status.Live() || o.claim.EndedAt != nil {
		p.LetterWait = v.T("portal.documents.letter_not")
	}
	signed, err1 := s.signatureRows(c, v, o)
	sent, err2 := s.letterOf(c, v, o)
	has, err3 := s.claims.HasPapers(ctx, o.part)
	news, err4 := s.claims.News(ctx, o.claim.ID, newsShown)
	var bills []payments.Invoice
	var err5 error
	if !o.canLapse() { // a fee is earned when the claim is over, and paid out
		bills, err5 = s.claims.Invoices(ctx, o.part)
	}
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	p.Pack = ui.PortalPack{Action: v.Href(o.path("/documenten/bewijspakket.zip")), KeyURL: keyPath, Fingerprint: letter.KeyFingerprint(s.vault.PublicKey())}
	p.Invoices = invoiceTable(v, o, bills)
	p.Signatures, p.Letter, p.News = signed, sent, newsItems(news, v.Lang)
	if sent != nil {
		p.ReceiptURL, p.SheetURL, p.CheckURL = v.Href(o.path("/documenten/ontvangstbewijs.json")), v.Href(o.path("/documenten/ontvangstbewijs.pdf")), v.Href(checkPath)
	}
	if has.Vote {
		p.VoteURL = v.Href(o.path(consultationPage))
	}
	if has.Statement {
		p.StatementPDF = v.Href(o.path("/documenten/specificatie.pdf"))
	}
	return s.show(c, http.StatusOK, ui.PortalDocuments(p))
}

// signatureRows are the signatures with the versions of what was read, newest first.
func (s *Server) signatureRows(c echo.Context, v ui.View, o ownCase) ([]ui.PortalSignatureRow, error) {
	ctx := c.Request().Context()
	all, err := s.claims.SignedTexts(ctx, o.part)
	rows := make([]ui.PortalSignatureRow, len(all))
	for i, m := range all {
		rows[i] = ui.PortalSignatureRow{
			When: m.SignedAt, What: v.T("portal.documents.what_again"), MandateURL: s.textURL(v, o, m.MandateTextID), MandateVersion: m.MandateVersion,
			AgreementURL: s.textURL(v, o, m.AgreementTextID), AgreementVersion: m.AgreementVersion,
		}
		if i == len(all)-1 {
			rows[i].What = v.T("portal.documents.what_first")
		}
	}
	return rows, err
}

// letterOf is what somebody may know of the letter that covers them, or nil.
func (s *Server) letterOf(c echo.Context, v ui.View, o ownCase) (*ui.PortalLetter, error) {
	l, err := s.claims.LetterOf(c.Request().Context(), o.part)
	if err != nil || l == nil {
		return nil, err
	}
	files, err := s.claims.FilesOf(c.Request().Context(), o.claim, *l)
	if err != nil {
		return nil, err
	}
	out := ui.PortalLetter{Ordinal: l.Ordinal, SentAt: *l.SentAt, Root: hex.EncodeToString(l.Root)}
	if l.Count != nil {
		out.Count = *l.Count
	}
	if l.DeliveredAt != nil {
		out.DeliveredAt = *l.DeliveredAt
	}
	if o.canLapse() {
		kept, err := s.claims.Preserved(c.Request().Context(), o.claim, o.part)
		if err != nil {
			return nil, err
		}
		out.Preserved = preservedWords(v, kept)
	}
	for _, f := range files {
		out.Files = append(out.Files, ui.Definition{Label: v.T("portal.documents.file_" + f.Kind), Value: hex.EncodeToString(f.SHA256), Hash: true})
	}
	return &out, nil
}

// mandatePDF is what was signed, on paper.
func (s *Server) mandatePDF(c echo.Context) error {
	return s.paper(c, "volmacht", "application/pdf", s.claims.SignedDocument)
}

// receiptJSON is the proof that a participation is in the annex.
func (s *Server) receiptJSON(c echo.Context) error {
	return s.paper(c, "ontvangstbewijs", "application/json", s.claims.Receipt)
}

// receiptPDF is the same proof on paper, without whose it is.
func (s *Server) receiptPDF(c echo.Context) error {
	return s.paper(c, "ontvangstbewijs", "application/pdf", func(ctx context.Context, p participants.Participation) ([]byte, error) {
		return s.claims.ReceiptSheet(ctx, p, s.cfg.BaseURL+"/"+lang(c)+checkPath, lang(c))
	})
}

// statementPDF is the account of the payout, to the cent.
func (s *Server) statementPDF(c echo.Context) error {
	return s.paper(c, "specificatie", "application/pdf", s.claims.Statement)
}

// paper sends a paper that is made of what stands in the records.
func (s *Server) paper(c echo.Context, name, mediaType string, write func(context.Context, participants.Participation) ([]byte, error)) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	content, err := write(c.Request().Context(), o.part)
	if err != nil {
		return err
	}
	return s.sendFile(c, name+"-"+o.part.Number+map[string]string{"application/pdf": ".pdf", "application/json": ".json"}[mediaType], mediaType, content)
}
