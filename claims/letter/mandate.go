package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrTextDiffers means a text whose SHA-256 isn't the one that was signed.
var ErrTextDiffers = errors.New("this text is not the text that was signed")

// SignedText is one legal text as the participant had it on the screen.
type SignedText struct {
	Title, Body, Version string
	SHA256               string // hexadecimal, of title, line feed and body
}

// SignedMandate is a signature with all that belongs to it.
type SignedMandate struct {
	Sender    Sender
	Claim     string
	Number    string // of the participation
	Texts     []SignedText
	Name      string
	TypedName string
	OnBehalf  []Item // who is represented, and in which capacity; empty: nobody
	Email     string
	Address   []string
	FeeOption string // in words, with the amounts shown
	Ticked    []Item // what was on the page and what the participant did with it
	SignedAt  time.Time
	Facts     []Item // the circumstances of the signature
	RecordSHA string // hexadecimal, of the sealed record of the signature
}

// Document writes the signed mandate: the exact texts, then the proof of the
// signature. It refuses texts that aren't the signed ones.
func (m SignedMandate) Document(lang Lang) (Document, error) {
	if len(m.Texts) == 0 {
		return Document{}, fmt.Errorf("%w: there is none", ErrTextDiffers)
	}
	doc := Document{
		Title: oneLine(m.Texts[0].Title), Subject: oneLine(m.Claim), Version: "mandate-1", Lang: lang, Date: m.SignedAt, Sender: m.Sender, Keywords: recordMark + m.RecordSHA,
		Blocks: []Block{{Kind: KindMeta, Items: []Item{
			{Label: Words{"Zaak", "Claim"}.In(lang), Text: oneLine(m.Claim)},
			{Label: Words{"Deelname", "Participation"}.In(lang), Text: oneLine(m.Number)},
			{Label: Words{"Getekend", "Signed"}.In(lang), Text: momentIn(m.SignedAt, lang)},
		}}},
	}
	for _, t := range m.Texts {
		sum := sha256.Sum256([]byte(t.Title + "\n" + t.Body))
		if hex.EncodeToString(sum[:]) != t.SHA256 {
			return Document{}, fmt.Errorf("%w: version %s", ErrTextDiffers, t.Version)
		}
		doc.Blocks = append(doc.Blocks, Block{Kind: KindTitle, Text: oneLine(t.Title)})
		doc.Blocks = append(doc.Blocks, ParseBlocks(t.Body)...)
	}
	doc.Blocks = append(doc.Blocks, m.proof(lang))
	if len(m.Facts) > 0 {
		facts := Block{Kind: KindFacts}
		for _, f := range m.Facts {
			facts.Items = append(facts.Items, Item{Label: oneLine(f.Label), Text: oneLine(f.Text)})
		}
		doc.Blocks = append(doc.Blocks, Block{Kind: KindHeading, Text: Words{"Wat er is vastgelegd", "What was recorded"}.In(lang)}, facts)
	}
	doc.Blocks = append(doc.Blocks, Block{Kind: KindSmall, Text: Words{
		"Dit document is gemaakt uit de verzegelde vastlegging van uw handtekening. De SHA-256 van een tekst rekent u na over de titel, een nieuwe regel en de tekst, zoals die op het scherm stonden.",
		"This document was made from the sealed record of your signature. The SHA-256 of a text is calculated over the title, a line feed and the text, as they were on the screen.",
	}.In(lang)})
	return doc, nil
}

// proof is the box with how and when it was signed.
func (m SignedMandate) proof(lang Lang) Block {
	box := Block{Kind: KindBox, Text: Words{"Bewijs van ondertekening", "Proof of signature"}.In(lang)}
	add := func(label Words, value string, code bool) {
		if value = oneLine(value); value != "" {
			box.Items = append(box.Items, Item{Label: label.In(lang), Text: value, Code: code})
		}
	}
	add(Words{"Ondertekenaar", "Signed by"}, m.Name, false)
	add(Words{"Getypte naam", "Name as typed"}, m.TypedName, false)
	for _, item := range m.OnBehalf {
		box.Items = append(box.Items, Item{Label: oneLine(item.Label), Text: oneLine(item.Text)})
	}
	add(Words{"E-mailadres", "E-mail address"}, m.Email, false)
	add(Words{"Adres", "Address"}, strings.Join(cleanLines(m.Address), ", "), false)
	add(Words{"Tijdstip", "Moment"}, momentIn(m.SignedAt, lang), false)
	add(Words{"Nummer", "Number"}, m.Number, false)
	add(Words{"Vergoeding", "Fee"}, m.FeeOption, false)
	for _, t := range m.Ticked {
		add(Words{"Aangevinkt", "Ticked"}, t.Label+": "+t.Text, false)
	}
	for _, t := range m.Texts {
		add(Words{"Tekst", "Text"}, t.Title+" ("+Words{"versie ", "version "}.In(lang)+t.Version+")", false)
		add(Words{"SHA-256", "SHA-256"}, inGroups(t.SHA256, 8), true)
	}
	if m.RecordSHA != "" {
		add(Words{"Vastlegging", "Record"}, inGroups(m.RecordSHA, 8), true)
	}
	return box
}
