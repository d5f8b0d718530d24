package web

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/web/staff"
)

// kind says who a page is for, and so what stands before it.
type kind string

const (
	public     kind = "public"      // everybody; no session, no forms
	signup     kind = "signup"      // everybody; forms bound to the browser
	portalDoor kind = "portal door" // logging in to one's own case
	portal     kind = "portal"      // one's own case
	staffDoor  kind = "staff door"  // logging in to the back office
	desk       kind = "staff"       // the back office: needs a permission
	hook       kind = "hook"        // called by machines
)

// route is one address, who may use it, and what it does.
type route struct {
	Method     string
	Path       string
	Handler    func(*Server, echo.Context) error
	Kind       kind
	Permission staff.Permission // of the back office only
	Upload     int64            // most bytes of a form that carries a file; 0: no file
	Logs       string           // why a GET writes, where looking is itself logged
}

// What forms and files may weigh.
const (
	formBytes   = 64 << 10
	uploadBytes = 11 << 20
	importBytes = 200 << 20
)

// check refuses a route that nobody decided on: what is not granted is closed.
func (r route) check() error {
	bad := ""
	switch r.Kind {
	case public:
		if r.Method != http.MethodGet {
			bad = "a public page has no forms"
		}
	case signup, portalDoor, portal, staffDoor, hook:
	case desk:
		if !r.Permission.Known() {
			bad = "the back office needs a permission from the table"
		}
	default:
		bad = "of no kind"
	}
	switch {
	case r.Kind != desk && r.Permission != "":
		bad = "a permission belongs to the back office"
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		bad = "pages are read and forms are posted"
	case r.Handler == nil:
		bad = "nothing answers"
	}
	if bad != "" {
		return fmt.Errorf("route %s %s: %s", r.Method, r.Path, bad)
	}
	return nil
}
