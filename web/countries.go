package web

import (
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"samenclaim/web/ui"
)

// eea are the other countries of the European Economic Area, where the same privacy law holds.
var eea = strings.Fields("BE BG CY DE DK EE GR ES FI FR HR HU IE IS IT LI LT LU LV MT NO AT PL PT RO SE SI SK CZ")

// world are all other countries one can live in now.
var world = strings.Fields(`AF AL DZ AD AO AG AR AM AU AZ BS BH BD BB BY BZ BJ BT BO BA BW BR BN BF BI KH CM CA CV CF TD CL CN CO KM CG CD CR CI CU DJ DM DO
	EC EG SV GQ ER SZ ET FJ GA GM GE GH GD GT GN GW GY HT HN IN ID IR IQ IL JM JP JO KZ KE KI KP KR KW KG LA LB LS LR LY MG MW MY MV ML MH MR MU MX FM MD MC
	MN ME MA MZ MM NA NR NP NZ NI NE NG MK OM PK PW PA PG PY PE PH QA RU RW KN LC VC WS SM ST SA SN RS SC SL SG SB SO ZA SS LK SD SR CH SY TJ TZ TH TL TG TO
	TT TN TR TM TV UG UA AE GB US UY UZ VU VA VE VN YE ZM ZW AW CW SX BQ`)

func isEEA(code string) bool { return code != "" && slices.Contains(eea, code) }

func isCountry(code string) bool { return code == "NL" || isEEA(code) || slices.Contains(world, code) }

// countryName is the name of a country in a language.
func countryName(lang, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return display.Regions(language.Make(lang)).Name(region)
}

// countries are options to choose from, in the order of the alphabet.
func countries(lang string, codes []string) []ui.Option {
	options := make([]ui.Option, len(codes))
	for i, code := range codes {
		options[i] = ui.Option{Value: code, Label: countryName(lang, code)}
	}
	order := collate.New(language.Make(lang))
	slices.SortFunc(options, func(a, b ui.Option) int { return order.CompareString(a.Label, b.Label) })
	return options
}
