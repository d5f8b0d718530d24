package web

// moneyRoutes are the pages of the money area.
var moneyRoutes = []route{}
