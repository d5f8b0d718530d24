package web

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/payments"
	"samenclaim/web/staff"
	"samenclaim/web/ui"
)

// dossierTable is an empty table of a participation's page.
func dossierTable(v ui.View, caption, empty string, columns ...string) ui.TableProps {
	t := ui.TableProps{Caption: v.T(caption), HideCaption: true, Empty: v.T(empty), Stack: true}
	for _, key := range columns {
		t.Columns = append(t.Columns, ui.Column{Label: v.T("case.column." + key), Num: key == "amount" || key == "size"})
	}
	return t
}

func signatureTable(v ui.View, d claims.Dossier) ui.TableProps {
	t := dossierTable(v, "case.person.signatures", "case.none", "signed", "version", "hash")
	for _, g := range d.Signatures {
		hash := ui.Text(hex.EncodeToString(g.RecordSHA256))
		hash.Mono = true
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.Moment(g.SignedAt)), ui.Text(g.MandateVersion+" / "+g.AgreementVersion), hash))
	}
	return t
}

func consentTable(v ui.View, d claims.Dossier) ui.TableProps {
	t := dossierTable(v, "case.person.consents", "case.none", "consent", "given", "withdrawn")
	for _, g := range d.Consents {
		withdrawn := ""
		if g.WithdrawnAt != nil {
			withdrawn = v.Moment(*g.WithdrawnAt)
		}
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.T("case.consent."+g.Kind)), ui.Text(v.Moment(g.GivenAt)), ui.Text(withdrawn)))
	}
	return t
}

func evidenceTable(v ui.View, base string, d claims.Dossier) ui.TableProps {
	t := dossierTable(v, "case.person.evidence", "case.person.no_evidence", "file", "type", "size", "sent")
	for _, e := range d.Evidence {
		name := ui.Cell{Text: staffEvidenceName(v, e), Sub: strings.Join(evidenceMarks(v, e), " · ")}
		if e.RetractedAt == nil {
			name.URL = v.Href(base + e.Ref + "/bekijken")
		}
		t.Rows = append(t.Rows, ui.Cells(name, ui.Text(e.MediaType), ui.Num(v.Number((e.Bytes+1023)/1024)+" kB"), ui.Text(v.Moment(e.CreatedAt))))
	}
	return t
}

func moneyTable(v ui.View, d claims.Dossier) ui.TableProps {
	t := dossierTable(v, "case.person.money", "case.none", "what", "status", "amount", "at")
	for _, p := range d.Prepayments {
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.T("case.money.prepayment")), ui.Text(v.T("case.prepayment."+p.Status)), ui.Num(v.Euro(int64(p.AmountCents))), ui.Text(v.Moment(p.CreatedAt))))
	}
	for _, r := range d.Refunds {
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.T("case.money.refund")), ui.Text(v.T("case.refund."+r.Status)), ui.Num(v.Euro(int64(r.AmountCents))), ui.Text(v.Moment(r.CreatedAt))))
	}
	for _, o := range d.Payouts {
		at := ""
		if o.BookedAt != nil {
			at = v.Moment(*o.BookedAt)
		}
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.T("case.money.payout")), ui.Text(v.T("case.payout."+o.Status)), ui.Num(v.Euro(int64(o.AmountCents))), ui.Text(at)))
	}
	return t
}

func mailTable(v ui.View, d claims.Dossier) ui.TableProps {
	t := dossierTable(v, "case.person.mails", "case.none", "mail", "status", "at")
	for _, m := range d.Mails {
		at := m.CreatedAt
		if m.SentAt != nil {
			at = *m.SentAt
		}
		t.Rows = append(t.Rows, ui.Cells(ui.Text(v.T("case.mail."+m.Template)), ui.Text(v.T("case.mail_status."+m.Status)), ui.Text(v.Moment(at))))
	}
	return t
}

// traces is what the log says of a participation.
func (s *Server) traces(c echo.Context, v ui.View, d claims.Dossier) []ui.TimelineItem {
	items := make([]ui.TimelineItem, len(d.Events))
	for i, e := range d.Events {
		items[i] = ui.TimelineItem{Title: v.T("case.event." + e.Action), Text: s.actorName(c, e.Actor), When: e.At, State: "done"}
	}
	return items
}

// heldRows are the open holds of a participation; who may lifts them.
func (s *Server) heldRows(c echo.Context, v ui.View, d claims.Dossier, base string) (rows []ui.HeldRow) {
	for _, h := range d.Holds {
		row := ui.HeldRow{Text: v.T("mine.holds."+h.Kind, "When", v.Moment(h.PlacedAt))}
		if s.member(c).May(staff.HoldLift) && h.Kind != payments.HoldSanctions { // two people decide on that one
			row.LiftURL = v.Href(base + "/deelname/" + d.Participation.Number + "/stil/" + strconv.FormatInt(h.ID, 10))
			for _, reason := range payments.LiftReasons {
				row.Reasons = append(row.Reasons, ui.Option{Value: reason, Label: v.T("mine.holds." + reason)})
			}
		}
		rows = append(rows, row)
	}
	return rows
}
