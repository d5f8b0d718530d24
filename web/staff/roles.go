package staff

import (
	"fmt"
	"slices"
	"strings"
)

// The roles. One person can have several.
const (
	Intake     Role = "intake"
	Register   Role = "register"
	Lawyer     Role = "lawyer"
	Board      Role = "board"
	Accountant Role = "accountant"
	Privacy    Role = "privacy"
	Admin      Role = "admin"
)

// Roles are all roles, in the order in which they are shown.
var Roles = []Role{Intake, Register, Lawyer, Board, Accountant, Privacy, Admin}

// Permission is one thing a member of staff may do.
type Permission string

// The permissions.
const (
	DeskOpen              Permission = "desk.open"
	RegisterRead          Permission = "register.read"
	RegisterExport        Permission = "register.export"
	PersonRead            Permission = "person.read"
	PersonReview          Permission = "person.review"
	EvidenceRead          Permission = "evidence.read"
	PackTake              Permission = "pack.take"
	TakeoverPropose       Permission = "takeover.propose"
	TakeoverAccept        Permission = "takeover.accept"
	CaseRead              Permission = "case.read"
	CaseMove              Permission = "case.move"
	CaseApprove           Permission = "case.approve"
	NewsPublish           Permission = "news.publish"
	NewsApprove           Permission = "news.approve"
	MailResend            Permission = "mail.resend"
	PersonReach           Permission = "person.reach"
	LetterDraft           Permission = "letter.draft"
	LetterApprove         Permission = "letter.approve"
	LetterSignOff         Permission = "letter.sign_off"
	LetterNamed           Permission = "letter.named"
	DepositApprove        Permission = "deposit.approve"
	NamesShow             Permission = "names.show"
	DeliveryRecord        Permission = "delivery.record"
	ConsultationWrite     Permission = "consultation.write"
	ConsultationOpen      Permission = "consultation.open"
	SettlementRecord      Permission = "settlement.record"
	DistributionCalculate Permission = "distribution.calculate"
	DistributionApprove   Permission = "distribution.approve"
	RunPrepare            Permission = "run.prepare"
	RunApprove            Permission = "run.approve"
	RunRelease            Permission = "run.release"
	SanctionsDecide       Permission = "sanctions.decide"
	BankRead              Permission = "bank.read"
	BankBook              Permission = "bank.book"
	BooksRead             Permission = "books.read"
	BooksClose            Permission = "books.close"
	AuditPack             Permission = "audit.pack"
	StaffManage           Permission = "staff.manage"
	LogRead               Permission = "log.read"
	HoldLift              Permission = "hold.lift"
	EmailRequest          Permission = "email.request"
	RightsAnswer          Permission = "rights.answer"
	MessageAnswer         Permission = "message.answer"
	MistakeAnswer         Permission = "mistake.answer"
	DisclosureRecord      Permission = "disclosure.record"
	FactWrite             Permission = "fact.write"
	FactPublish           Permission = "fact.publish"
	DocketRead            Permission = "docket.read"
	DocketRecord          Permission = "docket.record"
	LimitationRead        Permission = "limitation.read"
	LimitationRecord      Permission = "limitation.record"
	ProcessorKeep         Permission = "processor.keep"
	OutageRead            Permission = "outage.read"
	OutageRecord          Permission = "outage.record"
	OutageApprove         Permission = "outage.approve"
)

// Grant says which roles hold a permission, and what it is for.
type Grant struct {
	Permission Permission
	For        string
	Roles      []Role
}

// grants is every permission with the roles that hold it. What is not here, nobody may.
var grants = []Grant{
	{DeskOpen, "see the start page of the back office", Roles},
	{RegisterRead, "look people up in the register", []Role{Intake, Register, Lawyer, Privacy}},
	{RegisterExport, "take the register out as a file", []Role{Register, Privacy}},
	{PersonRead, "open the page of one participation", []Role{Intake, Register, Lawyer, Privacy}},
	{PersonReview, "take away the marks of a participation that turned out to be in order", []Role{Intake, Register}},
	{EvidenceRead, "open evidence that somebody sent", []Role{Intake, Register, Lawyer, Privacy}},
	{PackTake, "take the evidence pack of a signature out as a file", []Role{Lawyer, Privacy}},
	{TakeoverPropose, "see what is reported about participants, record a death, and propose that a representative or heir takes over", []Role{Intake, Register}},
	{TakeoverAccept, "accept a takeover or end an estate; never the one who recorded it", []Role{Register, Lawyer}},
	{CaseRead, "see how a claim stands", []Role{Register, Lawyer, Board, Accountant, Privacy, Admin}},
	{CaseMove, "propose the next step of a claim; which ones, the claim says", []Role{Lawyer, Board, Accountant}},
	{CaseApprove, "approve a step of a claim as the second person", []Role{Board}},
	{NewsPublish, "write news, propose it, and pause or stop its mails", []Role{Lawyer, Register, Board}},
	{NewsApprove, "publish news and mail it to participants; never the one who wrote or proposed it", []Role{Lawyer, Register, Board}},
	{MailResend, "see of which mails nobody knows whether they arrived, and send them once more", []Role{Register, Board}},
	{PersonReach, "see whom our mail does not reach, and note how they were reached", []Role{Intake, Register}},
	{LetterDraft, "write the claim letter and propose to send it", []Role{Lawyer}},
	{LetterApprove, "approve the claim letter as one of two members of the board; the second one sends it", []Role{Board}},
	{LetterSignOff, "agree as a second lawyer that a letter goes out with the root of its annex only; never the one who proposed it", []Role{Lawyer}},
	{LetterNamed, "ask to open the sealed annex with names, and take it once that is approved; take the annex with names that goes with a letter", []Role{Lawyer}},
	{DepositApprove, "approve as the second person that the sealed annex with names is opened", []Role{Board}},
	{NamesShow, "show to somebody outside who stands behind some numbers of an annex", []Role{Lawyer}},
	{DeliveryRecord, "record when the letter was delivered", []Role{Register, Lawyer}},
	{ConsultationWrite, "write what participants are asked about a proposed settlement", []Role{Lawyer, Board}},
	{ConsultationOpen, "ask it, by mail to everybody with an active mandate; never the one who wrote it", []Role{Board}},
	{SettlementRecord, "record the terms of a settlement", []Role{Lawyer, Board}},
	{DistributionCalculate, "calculate who gets what", []Role{Accountant}},
	{DistributionApprove, "approve the distribution as the second person", []Role{Board}},
	{RunPrepare, "prepare a payout run", []Role{Accountant}},
	{RunApprove, "approve a payout run; never the one who prepared it", []Role{Board, Accountant}},
	{RunRelease, "release a payout run; never the one who prepared it", []Role{Board, Accountant}},
	{SanctionsDecide, "import the sanctions list, and decide as one of two who a name on it is about", []Role{Lawyer, Board, Accountant}},
	{BankRead, "see bank statements and what is open", []Role{Accountant}},
	{BankBook, "book bank statements", []Role{Accountant}},
	{BooksRead, "see and export the books", []Role{Accountant, Board}},
	{BooksClose, "propose to close a month of the books, or close it as the second person", []Role{Accountant, Board}},
	{AuditPack, "take the audit pack of a distribution, with names and accounts, out as a file", []Role{Accountant, Board}},
	{StaffManage, "add and close staff accounts", []Role{Admin}},
	{HoldLift, "let money go again to somebody whose payouts were on hold", []Role{Register, Privacy}},
	{EmailRequest, "ask for another e-mail address of somebody who lost the old one; it waits a week", []Role{Register}},
	{RightsAnswer, "see what people ask about the use of their data, and answer it in time", []Role{Privacy}},
	{MessageAnswer, "read what a participant writes, and answer it", []Role{Intake, Register, Lawyer}},
	{MistakeAnswer, "answer who reports a mistake on a page, and tell the public what was corrected", []Role{Intake, Register, Lawyer, Privacy}},
	{DisclosureRecord, "record requests by others for people's data, and breaches, for the public account", []Role{Privacy}},
	{FactWrite, "write and correct the facts of a claim, with their sources", []Role{Register, Lawyer, Board}},
	{FactPublish, "publish a fact; never the one who wrote it", []Role{Lawyer, Board}},
	{DocketRead, "see the collective action before the court, its documents, and the copy for the central register", []Role{Register, Lawyer, Board}},
	{DocketRecord, "record a step of the collective action before the court, with its document", []Role{Lawyer}},
	{LimitationRead, "see until when claims are preserved, and take the list out as a file; it names nobody", []Role{Register, Lawyer, Board}},
	{LimitationRecord, "record a writ, an acknowledgement or a day of knowledge that moves dates of limitation, and take it back", []Role{Lawyer}},
	{ProcessorKeep, "keep the register of who works with people's data for the foundation", []Role{Privacy}},
	{OutageRead, "see when nobody could sign, and which deadlines moved", []Role{Register, Lawyer, Board, Privacy, Admin}},
	{OutageRecord, "record that nobody could sign for a time, and let in those whom it kept from signing", []Role{Register, Admin}},
	{OutageApprove, "approve as the second person that a recorded outage counts", []Role{Lawyer, Board}},
	{LogRead, "read the log of who did what", []Role{Privacy, Admin}},
}

// May reports whether one of the member's roles holds a permission.
func (m Member) May(p Permission) bool {
	return slices.ContainsFunc(m.Roles, func(r Role) bool { return r.May(p) })
}

// May reports whether a role holds a permission.
func (r Role) May(p Permission) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool { return g.Permission == p && slices.Contains(g.Roles, r) })
}

// Known reports whether a permission stands in the table.
func (p Permission) Known() bool {
	return slices.ContainsFunc(grants, func(g Grant) bool { return g.Permission == p })
}

// Table prints who may do what, for the documentation.
func Table() string {
	var b strings.Builder
	b.WriteString("| permission | to |")
	for _, r := range Roles {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(Roles)) + "\n")
	for _, g := range grants {
		fmt.Fprintf(&b, "| `%s` | %s |", g.Permission, g.For)
		for _, r := range Roles {
			if slices.Contains(g.Roles, r) {
				b.WriteString(" yes |")
			} else {
				b.WriteString("  |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
