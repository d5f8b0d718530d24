package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"samenclaim/claims/letter"
	"samenclaim/payments"
)

// verifyCmd recounts the database, or checks files offline.
type verifyCmd struct {
	Files  []string `arg:"" optional:"" name:"file" help:"A receipt (JSON, or the text of the code on paper), names that were shown (JSON), an annex (CSV) an evidence pack or an audit pack (ZIP); without one the database is recounted."`
	Letter string   `help:"The claim letter as PDF, to check a receipt against." placeholder:"FILE.pdf"`
	Seal   string   `help:"Head of the log as it was noted before: it must still be there." placeholder:"NUMBER:HASH"`
	Key    string   `help:"The foundation's public key, to check a pack against." placeholder:"FILE.pem"`
	Roots  string   `help:"Certificates of time stamp authorities that you trust." placeholder:"FILE.pem" name:"tsa-roots"`
	JSON   bool     `help:"Print for other programs." name:"json"`
}

// Run ends with exit code 1 when anything differs.
func (v *verifyCmd) Run(ctx context.Context, c console) error {
	if len(v.Files) > 0 {
		return v.offline(c)
	}
	if v.Letter != "" {
		return errors.New("--letter goes with a receipt: samenclaim verify receipt.json --letter letter.pdf")
	}
	noted, err := parseSeal(v.Seal)
	if err != nil {
		return err
	}
	o, err := openCommand(ctx)
	if err != nil {
		return err
	}
	defer o.close()
	found, err := payments.Verify(ctx, o.db)
	if err != nil {
		return err
	}
	if o.vault != nil {
		more, err := o.money.VerifyFiles(ctx)
		if err != nil {
			return err
		}
		found = append(found, more...)
	}
	log, err := recountLog(ctx, o.db, noted)
	if err != nil {
		return err
	}
	if !v.JSON {
		if err := sayHead(ctx, c, o.db); err != nil {
			return err
		}
	}
	return v.report(c, append(found, log...), o.vault != nil)
}

// difference is one line of the report.
type difference struct {
	Rule    string `json:"rule"`
	Subject string `json:"subject"`
	Want    string `json:"want"`
	Got     string `json:"got"`
}

func (v *verifyCmd) report(c console, found []payments.Difference, files bool) error {
	rows := make([]difference, len(found))
	for i, d := range found {
		rows[i] = difference(d)
	}
	if v.JSON {
		if err := c.json(map[string]any{"differences": rows, "files_opened": files}); err != nil {
			return err
		}
	} else {
		for _, d := range rows {
			c.say("%s: %s: recounted %s, stored %s", d.Rule, d.Subject, d.Want, d.Got)
		}
		if !files {
			c.say("Payout files were not opened: MASTER_KEY_FILE is not set.")
		}
		c.say("%d differences", len(rows))
	}
	if len(rows) > 0 {
		return errSaid
	}
	return nil
}

// offline needs no database and no network: anybody can do it.
func (v *verifyCmd) offline(c console) error {
	if v.JSON {
		return errors.New("--json goes with the recount of the database; a check of files is told in sentences")
	}
	var pdf []byte
	if v.Letter != "" {
		var err error
		if pdf, err = os.ReadFile(v.Letter); err != nil {
			return fmt.Errorf("read the letter: %w", err)
		}
	}
	trust, err := v.trust()
	if err != nil {
		return err
	}
	wrong := false
	for _, name := range v.Files {
		if known, right, err := checkAuditPack(c, name, trust.Key); known || err != nil {
			if err != nil {
				return err
			}
			wrong = wrong || !right
			continue
		}
		content, err := readLimited(name)
		if err != nil {
			return err
		}
		if err := checkFile(c, name, content, pdf, trust); err != nil {
			wrong = true
			c.say("%s: NOT right. %s", name, letter.Say(err, letter.English))
			if nl := letter.Say(err, letter.Dutch); nl != letter.Say(err, letter.English) {
				c.say("%s: klopt NIET. %s", name, nl)
			}
		}
	}
	if wrong {
		return errSaid
	}
	return nil
}

// checkFile tells by how it begins which kind of file it is.
func checkFile(c console, name string, content, pdf []byte, trust letter.PackTrust) error {
	if letter.IsZIP(content) {
		f, err := letter.VerifyPack(content, trust)
		if err != nil {
			return err
		}
		sayFound(c, name, f)
		return nil
	}
	if !letter.IsAnnex(content) {
		f, err := letter.VerifyFile(content, pdf)
		if err != nil {
			return err
		}
		sayFound(c, name, f)
		return nil
	}
	head, named, err := letter.CheckAnnex(bytes.NewReader(content))
	if err != nil {
		return err
	}
	if named {
		c.say("%s: klopt: namen, e-mailadressen, postcodes en huisnummers horen bij de codes. Straat en plaats zijn niet nagegaan.", name)
		c.say("%s: right: names, e-mail addresses, postcodes and house numbers belong to the codes. Street and town were not checked.", name)
	}
	c.say("%s: klopt: bijlage %d van %s heeft %d deelnames, en wortelwaarde %x. Vergelijk die met de brief.", name, head.Ordinal, head.Foundation, head.Count, head.Root)
	c.say("%s: right: annex %d of %s holds %d participations, and root value %x. Compare it with the letter.", name, head.Ordinal, head.Foundation, head.Count, head.Root)
	return nil
}

// sayFound tells what is proven and what is left open, in both languages.
func sayFound(c console, name string, f letter.Finding) {
	for _, lang := range []letter.Lang{letter.Dutch, letter.English} {
		for _, w := range f.Proven {
			c.say("%s: %s %s", name, map[letter.Lang]string{letter.Dutch: "bewezen:", letter.English: "proven:"}[lang], w.In(lang))
		}
		for _, w := range f.Open {
			c.say("%s: %s %s", name, map[letter.Lang]string{letter.Dutch: "niet nagegaan:", letter.English: "left open:"}[lang], w.In(lang))
		}
	}
}

// trust reads whom the reader of an evidence pack trusts.
func (v *verifyCmd) trust() (t letter.PackTrust, err error) {
	if v.Key != "" {
		if t.Key, err = publicKey(v.Key); err != nil {
			return t, err
		}
	}
	if v.Roots == "" {
		return t, nil
	}
	content, err := os.ReadFile(v.Roots)
	if err != nil {
		return t, fmt.Errorf("read --tsa-roots: %w", err)
	}
	if t.Roots = x509.NewCertPool(); !t.Roots.AppendCertsFromPEM(content) {
		return t, fmt.Errorf("%w: %s holds no certificate (PEM)", errVerifyFile, v.Roots)
	}
	return t, nil
}
