package auditpack

import (
	"archive/zip"
	"crypto/ed25519"
	"io"
	"slices"
)

// Report is what was recomputed of a pack that is right.
type Report struct {
	Foundation, Claim                                 string
	Distribution, People, Runs, Payouts, Files, Lines int64
	Journals, Invoices                                int64
	PotCents                                          int64
	Chain                                             string // its last link: to be compared with one noted elsewhere
	Key                                               ed25519.PublicKey
}

// Is tells an audit pack from other ZIP files by the name of its last file.
func Is(r io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(r, size)
	return err == nil && len(z.File) > 2 && z.File[len(z.File)-1].Name == sealFile && z.File[0].Name == ReadmeFile && slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == PlanFile })
}

// Verify recomputes a pack. Every byte of it counts, also those around the files. What is not right comes back as a Fault.
func Verify(r io.ReaderAt, size int64, key ed25519.PublicKey) (Report, error) {
	p := pack{files: map[string][]byte{}, tables: map[string][]map[string]string{}}
	if err := p.open(r, size); err != nil {
		return Report{}, err
	}
	for _, check := range []func() error{
		func() error { return p.checkSeal(key) }, p.checkFiles, func() error { return p.checkContainer(r, size) },
		p.read, p.checkPlan, p.checkRuns, p.checkBank, p.checkBooks, p.checkInvoices,
	} {
		if err := check(); err != nil {
			return Report{}, err
		}
	}
	return Report{
		Foundation: p.list.Foundation, Claim: p.list.Claim, Distribution: p.plan.Distribution, People: p.plan.Count, Runs: int64(len(p.tables[RunsFile])), Payouts: int64(len(p.tables[PayoutsFile])),
		Files: p.bankFiles(), Lines: int64(len(p.tables[LinesFile])), Journals: p.journals(), Invoices: int64(len(p.tables[InvoicesFile])), PotCents: p.plan.PotCents,
		Chain: p.list.Files[len(p.list.Files)-1].Chain, Key: p.key,
	}, nil
}
