package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestBadInputIsRefused needs no database: what is wrong is seen before one is asked.
func TestBadInputIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	taken := write("taken", "mine")
	text := write("letter.txt", "Dear reader")
	half := write("half.xml", "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>")
	empty := write("empty.xml", "")
	receipt := write("receipt.json", "{\"format\":\"something else\"}")
	nowhere := []string{"DATABASE_URL=postgres://nobody@127.0.0.1:1/none?connect_timeout=1", "BASE_URL=http://localhost"}
	tests := []struct {
		name, words string
		env, args   []string
	}{
		{"a command that does not exist", "unexpected argument", nil, []string{"frobnicate"}},
		{"a flag that does not exist", "unknown flag", nil, []string{"verify", "--hard"}},
		{"a group without its command", "expected one of", nil, []string{"staff"}},
		{"no database and no demo", "DATABASE_URL is missing", nil, []string{"verify"}},
		{"no database to migrate", "DATABASE_URL is missing", nil, []string{"migrate"}},
		{"an address that is not one", "DATABASE_URL is an address", []string{"DATABASE_URL=::nonsense::"}, []string{"migrate"}},
		{"a database that does not answer", "the database cannot be reached", nowhere, []string{"ledger", "balance"}},
		{"a database given twice", "both set", []string{"DATABASE_URL=a", "DATABASE_URL_FILE=" + taken}, []string{"staff", "list"}},
		{"a secret file that is not there", "no such file", []string{"DATABASE_URL_FILE=/nonexistent"}, []string{"staff", "list"}},
		{"a time that is not one", "DRAIN_DELAY", []string{"DRAIN_DELAY=soon"}, []string{"serve"}},
		{"a port that is not a number", "port", []string{"PORT=eighty"}, []string{"demo"}},
		{"settings left empty are not set", "PORT is a number", []string{"FRESH=", "PORT=", "DATA_DIR="}, []string{"demo", "--port", "70000"}},
		{"a port that does not exist", "PORT is a number", nil, []string{"demo", "--port", "70000"}},
		{"a demo in a folder that cannot be", "not a directory", nil, []string{"demo", "--data", taken + "/demo"}},
		{"nothing that answers", "nothing answers", []string{"OPS_LISTEN=127.0.0.1:1"}, []string{"health"}},
		{"an ops address that is not one", "OPS_LISTEN", []string{"OPS_LISTEN=nowhere"}, []string{"health"}},
		{"a key over another file", "exists already", nil, []string{"keys", "new", "--out", taken}},
		{"a key in a folder that is not there", "no such file", nil, []string{"keys", "new", "--out", dir + "/none/key"}},
		{"content in a folder that is not there", "no such file", nil, []string{"content", "import", dir + "/none"}},
		{"content without a foundation", "foundation.json", nil, []string{"content", "import", dir}},
		{"staff without an address", "missing flags", nowhere, []string{"staff", "add", "--role", "admin"}},
		{"staff without a role", "missing flags", nowhere, []string{"staff", "add", "--email", "a@b.example"}},
		{"staff in an unknown language", "must be one of", nowhere, []string{"staff", "add", "--email", "a@b.example", "--role", "admin", "--lang", "fr"}},
		{"staff without the site's address", "BASE_URL", []string{"DATABASE_URL=postgres://localhost/x"}, []string{"staff", "add", "--email", "a@b.example", "--role", "admin"}},
		{"nobody to disable", "missing flags", nowhere, []string{"staff", "disable"}},
		{"no bank file", "expected", nil, []string{"statement", "inspect"}},
		{"a bank file that is not there", "no such file", nil, []string{"statement", "inspect", dir + "/none.xml"}},
		{"a folder as bank file", "is a folder", nil, []string{"statement", "inspect", dir}},
		{"an empty bank file", "bank", nil, []string{"statement", "inspect", empty}},
		{"a letter as bank file", "not a bank statement", nil, []string{"statement", "inspect", text}},
		{"half a bank file", "cannot be trusted", nil, []string{"statement", "inspect", half, "--json"}},
		{"a bank file to import that is not there", "no such file", nil, []string{"statement", "import", dir + "/none.xml"}},
		{"a balance until a day that is not one", "--until is a day", nil, []string{"ledger", "balance", "--until", "yesterday"}},
		{"an export in an unknown form", "must be one of", nil, []string{"ledger", "export", "--format", "pdf", "--out", dir + "/x"}},
		{"an export of a year without a year", "--year goes with", nil, []string{"ledger", "export", "--format", "xlsx", "--out", dir + "/x"}},
		{"an export of all with a year", "--year goes with", nil, []string{"ledger", "export", "--format", "csv", "--year", "2026", "--out", dir + "/x"}},
		{"VAT from no day", "--from is a day", nil, []string{"ledger", "vat", "--claim", "zoom", "--from", "soon", "--rate", "2100"}},
		{"an export to nowhere", "missing flags", nil, []string{"ledger", "export", "--format", "csv"}},
		{"a register of no claim", "missing flags", nil, []string{"register", "export", "--out", dir + "/x.csv"}},
		{"a letter without a receipt", "goes with a receipt", nil, []string{"verify", "--letter", text}},
		{"a seal that is no seal", "--seal is a number", nil, []string{"verify", "--seal", "12:abc"}},
		{"a receipt that is not there", "no such file", nil, []string{"verify", dir + "/none.json"}},
		{"json of a file check", "--json goes with", nil, []string{"verify", receipt, "--json"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			invoke(t, tt.env, tt.args...).refused(t, tt.words)
		})
	}
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		if b, _ := os.ReadFile(taken); err != nil || len(left) != 5 || string(b) != "mine" {
			t.Errorf("something was written: %v, %q", left, b)
		}
	})
}

func TestAFileThatIsNotRightIsSaidInTwoLanguages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, tt := range []struct{ name, content, words string }{
		{"receipt.json", `{"format":"something else"}`, "NOT right"},
		{"annex.csv", "position,number\n", "NOT right"},
	} {
		file := filepath.Join(dir, tt.name)
		if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := invoke(t, nil, "verify", file); got.code != 1 || got.err != "" || got.out == "" {
			t.Errorf("%s: %+v, want code 1 and a sentence", tt.name, got)
		}
	}
}
