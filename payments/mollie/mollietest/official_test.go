package mollietest_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"samenclaim/payments/mollie/mollietest"
)

// Mollie's own client for Node drives the simulator: what it accepts, is what Mollie says. It speaks https only.
func TestTheOfficialClientAcceptsIt(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node on this machine")
	}
	script, err := filepath.Abs("../../../e2e/mollie/official.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(script), "../node_modules/@mollie/api-client")); err != nil {
		t.Skip("the npm packages of e2e are not installed: make test does it")
	}
	c := newClock()
	server := httptest.NewUnstartedServer(nil)
	s, err := mollietest.New(mollietest.Options{BaseURL: "https://" + server.Listener.Addr().String() + "/mollie/", Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/mollie/", s.Handler())
	mux.HandleFunc("POST /clock/{hours}", func(_ http.ResponseWriter, r *http.Request) {
		if hours, err := strconv.Atoi(r.PathValue("hours")); err == nil {
			c.pass(time.Duration(hours) * time.Hour)
		}
	})
	mux.HandleFunc("POST /fault/{fault}", func(_ http.ResponseWriter, r *http.Request) { s.FailNext(1, mollietest.Fault(r.PathValue("fault"))) })
	server.Config.Handler = mux
	server.StartTLS()
	t.Cleanup(func() { s.Close(); server.Close() })

	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), node, script)
	run.Env = append(os.Environ(), "SIMULATOR="+server.URL+"/", "NODE_EXTRA_CA_CERTS="+ca)
	out, err := run.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the official client is content") {
		t.Errorf("the official client: %v\n%s", err, out)
	}
}
