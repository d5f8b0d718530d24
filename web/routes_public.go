package web

import "samenclaim/web/staff"

// publicRoutes are the pages for everybody, the sign-up, and the staff's own accounts.
var publicRoutes = []route{
	{Method: "GET", Path: "/", Kind: public, Handler: (*Server).front},
	{Method: "GET", Path: "/:lang", Kind: public, Handler: (*Server).home},
	{Method: "GET", Path: "/:lang/beheer", Kind: desk, Permission: staff.DeskOpen, Handler: (*Server).dashboard},
	{Method: "POST", Path: "/:lang/beheer/uitloggen", Kind: desk, Permission: staff.DeskOpen, Handler: (*Server).logOutMember},
}
