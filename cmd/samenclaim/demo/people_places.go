package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// town is a place with the figures its postcodes begin with, and how many of its inhabitants take part.
type town struct {
	name     string
	from, to int
	share    int
}

// towns go with their figures, so that a postcode and a place fit; the letters and streets are drawn.
var towns = []town{
	{"Amsterdam", 1011, 1109, 90}, {"Rotterdam", 3011, 3089, 66}, {"Den Haag", 2511, 2597, 56}, {"Utrecht", 3511, 3585, 40},
	{"Eindhoven", 5611, 5658, 25}, {"Groningen", 9711, 9747, 26}, {"Tilburg", 5011, 5049, 23}, {"Almere", 1311, 1363, 22},
	{"Breda", 4811, 4839, 19}, {"Nijmegen", 6511, 6546, 20}, {"Apeldoorn", 7311, 7339, 16}, {"Haarlem", 2011, 2037, 17},
	{"Arnhem", 6811, 6846, 17}, {"Enschede", 7511, 7548, 16}, {"Amersfoort", 3811, 3829, 16}, {"Zaandam", 1501, 1509, 9},
	{"'s-Hertogenbosch", 5211, 5237, 15}, {"Zwolle", 8011, 8045, 14}, {"Leiden", 2311, 2334, 14}, {"Maastricht", 6211, 6229, 12},
	{"Dordrecht", 3311, 3329, 12}, {"Zoetermeer", 2711, 2729, 12}, {"Ede", 6711, 6718, 9}, {"Emmen", 7811, 7828, 7},
	{"Delft", 2611, 2629, 11}, {"Venlo", 5911, 5928, 8}, {"Deventer", 7411, 7429, 10}, {"Leeuwarden", 8911, 8939, 12},
	{"Alkmaar", 1811, 1827, 10}, {"Helmond", 5701, 5709, 9}, {"Hilversum", 1211, 1223, 9}, {"Heerlen", 6411, 6422, 8},
	{"Lelystad", 8211, 8245, 8}, {"Oss", 5341, 5349, 6}, {"Roosendaal", 4701, 4709, 7}, {"Schiedam", 3111, 3125, 8},
	{"Vlaardingen", 3131, 3138, 7}, {"Purmerend", 1441, 1448, 8}, {"Gouda", 2801, 2809, 7}, {"Hoorn", 1621, 1628, 7},
	{"Assen", 9401, 9408, 6}, {"Bergen op Zoom", 4611, 4625, 5}, {"Capelle aan den IJssel", 2901, 2909, 6}, {"Veenendaal", 3901, 3907, 6},
	{"Hengelo", 7551, 7559, 7}, {"Katwijk", 2221, 2225, 4}, {"Nieuwegein", 3431, 3439, 6}, {"Zeist", 3701, 3709, 6},
	{"Roermond", 6041, 6045, 5}, {"Den Helder", 1781, 1789, 5}, {"Doetinchem", 7001, 7009, 5}, {"Terneuzen", 4531, 4538, 3},
	{"Middelburg", 4331, 4338, 5}, {"Vlissingen", 4381, 4388, 4}, {"Goes", 4461, 4465, 3}, {"Tiel", 4001, 4007, 4},
	{"Kampen", 8261, 8267, 4}, {"Heerenveen", 8441, 8449, 4}, {"Sneek", 8601, 8608, 4}, {"Drachten", 9201, 9207, 4},
	{"Meppel", 7941, 7944, 3}, {"Hoogeveen", 7901, 7909, 4}, {"Winschoten", 9671, 9675, 2}, {"Sittard", 6131, 6137, 4},
	{"Weert", 6001, 6006, 4}, {"Woerden", 3441, 3449, 5}, {"Barneveld", 3771, 3773, 3}, {"Den Burg", 1791, 1791, 1},
}

var streets = strings.Split("Kerkstraat,Dorpsstraat,Molenweg,Schoolstraat,Julianastraat,Wilhelminastraat,Nieuwstraat,Beatrixstraat,Hoofdstraat,Stationsstraat,"+
	"Molenstraat,Emmastraat,Marktstraat,Parallelweg,Industrieweg,Eikenlaan,Beukenlaan,Lindelaan,Kastanjelaan,Berkenlaan,Wilgenstraat,Populierenlaan,"+
	"Merelstraat,Lijsterstraat,Meeuwenlaan,Zwaluwstraat,Spreeuwenpad,Rozenstraat,Tulpstraat,Narcissenlaan,Anjerstraat,Irislaan,Violierstraat,"+
	"Vondelstraat,Rembrandtlaan,Vermeerstraat,Jan Steenlaan,Frans Halsstraat,Mauritsstraat,Oranjestraat,Prins Hendrikkade,Burgemeester Sluisweg,"+
	"Dokter Schaepmanlaan,Havenstraat,Zeedijk,Singel,Oude Gracht,Achterweg,Zandpad,Veenweg,Kanaalstraat,Polderweg,Brugstraat,Sluisweg,Tuinstraat,"+
	"Weidestraat,Korenbloemstraat,Hazelaarweg,Esdoornlaan,Kievitstraat,Reigerlaan,Ooievaarsweg,Componistenlaan,Mozartlaan,Beethovenstraat,"+
	"Marie Curiestraat,Einsteinlaan,Anna Blamanstraat,Aletta Jacobslaan,Multatulilaan,Klaprooshof,Het Anker,De Wieken,'t Zand,Binnenhof,Hofje van Noord,"+
	"Laan van Meerdervoort-Oost,Plein 1992,Eerste Kruisstraat,2e Dwarsweg", ",")

// postLetters leaves out the letters, and below the pairs, that postcodes do not have.
const postLetters = "ABCDEGHJKLMNPRSTVWXZ"

type address struct{ street, number, addition, postcode, city string }

var townShares = func() []int {
	shares := make([]int, len(towns))
	for i, t := range towns {
		shares[i] = t.share
	}
	return shares
}()

// drawAddress makes an address that looks like one; whether the street is there, nobody has looked.
func drawAddress(r *rand.Rand) address {
	t := towns[pick(r, townShares)]
	letters := "SS"
	for letters == "SA" || letters == "SD" || letters == "SS" { // never given out
		letters = string([]byte{postLetters[r.IntN(len(postLetters))], postLetters[r.IntN(len(postLetters))]})
	}
	a := address{
		street:   streets[r.IntN(len(streets))],
		number:   strconv.Itoa(1 + r.IntN(40)*(1+r.IntN(8))),
		postcode: fmt.Sprintf("%d %s", t.from+r.IntN(t.to-t.from+1), letters),
		city:     t.name,
	}
	if r.IntN(6) == 0 {
		additions := []string{"A", "B", "C", "bis", "II", "3hoog", "hs", "12", "a-2"}
		a.addition = additions[r.IntN(len(additions))]
	}
	return a
}
