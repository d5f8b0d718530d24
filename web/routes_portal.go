package web

// portalRoutes are the pages of the portal area.
var portalRoutes = []route{}
