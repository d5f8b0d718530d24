package web

// caseRoutes are the pages of the case area.
var caseRoutes = []route{}
