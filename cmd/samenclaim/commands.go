package main

// commands is everything the program can do. What writes to the books is a dry run without --yes.
type commands struct {
	Demo    demoCmd    `cmd:"" help:"Try everything on this machine: own database, made-up people, simulated payments and mail."`
	Serve   serveCmd   `cmd:"" help:"Run the site and the work in the background, with the settings of the environment."`
	Migrate migrateCmd `cmd:"" help:"Bring the schema of the database up to date."`
	Health  healthCmd  `cmd:"" aliases:"healthcheck" help:"Ask a program that runs on this machine whether it is ready."`

	Keys struct {
		New keysNewCmd `cmd:"" help:"Make a master key for real data."`
	} `cmd:"" help:"The master key."`
	Content struct {
		Import contentImportCmd `cmd:"" help:"Read a foundation and its claims from a folder; written only with --yes."`
	} `cmd:"" help:"What the foundation says about itself and its claims."`
	Staff struct {
		Add     staffAddCmd     `cmd:"" help:"Invite somebody; the first administrator of a new installation begins here."`
		List    staffListCmd    `cmd:"" help:"List the accounts."`
		Disable staffDisableCmd `cmd:"" help:"Close an account and end its sessions."`
	} `cmd:"" help:"Accounts of staff."`
	Bounces struct {
		Import bouncesImportCmd `cmd:"" help:"Read reports about mails that could not be delivered, from a mailbox."`
	} `cmd:"" help:"Mails that came back."`
	Statement struct {
		Inspect statementInspectCmd `cmd:"" help:"Read a bank file, without a database."`
		Import  statementImportCmd  `cmd:"" help:"Show what a bank file would book; booked only with --yes."`
	} `cmd:"" help:"Bank statements."`
	Ledger struct {
		Balance ledgerBalanceCmd `cmd:"" help:"Print the trial balance, and the bank beside the books."`
		Export  ledgerExportCmd  `cmd:"" help:"Write the books to a file."`
		VAT     ledgerVATCmd     `cmd:"" name:"vat" help:"Set the rate of VAT of a claim from a day on; written only with --yes."`
	} `cmd:"" help:"The books."`
	Register struct {
		Export registerExportCmd `cmd:"" help:"Write all participations of a claim to a file."`
	} `cmd:"" help:"The participant register."`
	Verify verifyCmd `cmd:"" help:"Recount the whole database, or check a receipt or annex offline."`
}
