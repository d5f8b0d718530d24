package staff

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

const rolesGolden = "../../docs/roles.md"

func TestWhoMayDoWhatIsDocumented(t *testing.T) {
	t.Parallel()
	got := "# Who may do what\n\nMade from `web/staff/roles.go`. What is not in this table, nobody may.\n\n" + Table()
	if *update {
		if err := os.MkdirAll(filepath.Dir(rolesGolden), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(rolesGolden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(rolesGolden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/roles.md differs (run with -update and read the diff):\n%s", diff)
	}
}

func TestNobodyMayMoreThanTheirRoles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		roles []Role
		p     Permission
		want  bool
	}{
		{"an accountant prepares a run", []Role{Accountant}, RunPrepare, true},
		{"the board does not prepare what it approves", []Role{Board}, RunPrepare, false},
		{"the board approves a distribution", []Role{Board}, DistributionApprove, true},
		{"an accountant does not", []Role{Accountant}, DistributionApprove, false},
		{"an administrator opens no dossier", []Role{Admin}, PersonRead, false},
		{"intake sees no case", []Role{Intake}, CaseRead, false},
		{"two roles add up", []Role{Intake, Admin}, StaffManage, true},
		{"no role may nothing", nil, DeskOpen, false},
		{"an unknown permission is nobody's", Roles, "everything", false},
		{"an unknown role may nothing", []Role{"king"}, DeskOpen, false},
	}
	for _, tt := range tests {
		if got := (Member{Roles: tt.roles}).May(tt.p); got != tt.want {
			t.Errorf("%s: May = %v, want %v", tt.name, got, tt.want)
		}
	}
}
