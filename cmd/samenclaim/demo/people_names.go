package demo

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// origin is a group of names that go together, with how many of a hundred people it names.
type origin struct {
	share int
	first string // separated by blanks, names of men and of women by turns
	last  string // separated by commas; a word in small letters before a capital is an infix
}

// origins is who lives in the Netherlands, roughly. No name in it belongs to anybody in particular.
var origins = []origin{
	{70, "Johannes Maria Cornelis Anna Hendrik Johanna Willem Elisabeth Jacobus Wilhelmina Pieter Cornelia Gerrit Hendrika Jan Petronella " +
		"Daan Emma Sem Julia Lucas Sophie Finn Tess Levi Saar Bram Zoë Thijs Lotte Jesse Eva Ruben Fleur Lars Sanne Tim Lisa Niels Iris Jeroen Marloes " +
		"Bas Femke Joost Anouk Maarten Esther Wouter Mirjam Sander Linda Ronald Monique Marcel Petra Erik Ingrid Frank Yvonne Hans Annelies Kees Trudy " +
		"Daniël Renée Michiel Chloë Joël Noëlle André Thérèse René Desirée Gijs Veerle Koen Merel Stijn Roos Jurre Pleun Teun Fenna Mees Jet Guus Noor",
		"de Jong,Jansen,de Vries,van den Berg,van Dijk,Bakker,Janssen,Visser,Smit,Meijer,de Boer,Mulder,de Groot,Bos,Vos,Peters,Hendriks," +
			"van Leeuwen,Dekker,Brouwer,de Wit,Dijkstra,Smits,de Graaf,van der Meer,Kok,Jacobs,van der Linden,de Haan,Vermeulen,van den Heuvel," +
			"van der Veen,van den Broek,de Bruijn,de Bruin,van der Heijden,Schouten,van Beek,Willems,van Vliet,van de Ven,Hoekstra,Maas,Verhoeven," +
			"Koster,van Dam,van der Wal,Prins,Blom,Huisman,Peeters,de Jonge,Kuipers,van Veen,Kramer,van den Brink,Scholten,van Wijk,Postma,Martens," +
			"Vink,de Ruiter,Timmermans,Groen,Gerritsen,Jonker,van Loon,Boer,van der Velde,Willemsen,Smeets,de Lange,de Vos,van Es,van 't Hoff,in 't Veld," +
			"op den Kamp,ter Horst,ten Brinke,van 't Zand,uit den Bogaard,IJsselstein,Hoogeveen,Koopman,Zijlstra,Hofman,Sanders,Evers,Moerman," +
			"van der Pol,Kuijpers,Verbeek,van Os,Bosma,Brands,Driessen,Roelofs,Wolters,Snijders,van Ginkel,Nijland,Van Houten,d'Ancona,de Coninck"},
	{4, "Sjoerd Froukje Jelle Sietske Wiebe Tjitske Douwe Baukje Ype Hinke Rinse Jildou Fokke Wytske Sybren Geartsje Tjeerd Aukje",
		"Hoekstra,Dijkstra,Wiersma,Terpstra,Sikkema,Rinsma,Boonstra,Zijlstra,Veenstra,Feenstra,Bootsma,Kooistra,Haanstra,Jorritsma,van der Ploeg,Tolsma"},
	{6, "Mehmet Fatma Mustafa Ayşe Ahmet Emine Ali Hatice Hüseyin Zeynep Murat Elif Emre Büşra Yusuf Gülsüm Ömer Şeyma Kaan Çağla Deniz İlknur",
		"Yılmaz,Kaya,Demir,Şahin,Çelik,Yıldız,Yıldırım,Öztürk,Aydın,Özdemir,Arslan,Doğan,Kılıç,Aslan,Çetin,Kara,Koç,Kurt,Özkan,Şimşek,Polat,Erdoğan"},
	{6, "Mohamed Fatima Ahmed Khadija Youssef Naima Hassan Samira Omar Saïda Rachid Latifa Karim Malika Bilal Hanane Soufiane Noura Ilias Yasmina Ayoub Imane",
		"el Amrani,Bouzid,Benali,el Idrissi,Ouali,Aziz,Haddou,Benhaddou,el Khattabi,Amghar,Bouazza,Tahiri,el Bakkali,Chakir,Ziani,el Yaakoubi,Lahlou,Azzouzi"},
	{4, "Orlando Joyce Ricardo Mavis Glenn Astrid Romano Sharmila Dewanand Asha Soerin Radjni Guillermo Cheryl Winston Muriël Anand Priya Clyde Ingrid",
		"Pinas,Emanuels,Wijngaarde,Blijd,Kromodimedjo,Ramdin,Jagesar,Mahabier,Bhagwandas,Tjon A Loi,Zeefuik,Sewdien,Kartosen,Ronosetiko,Biswane,Hoost,Bihari"},
	{3, "Piotr Anna Krzysztof Małgorzata Tomasz Katarzyna Paweł Agnieszka Michał Ewa Łukasz Magdalena Marcin Zofia Jakub Justyna Wojciech Grażyna",
		"Nowak,Kowalski,Wiśniewski,Wójcik,Kowalczyk,Kamiński,Lewandowski,Zieliński,Szymański,Woźniak,Dąbrowski,Kozłowski,Jankowski,Mazur,Krawczyk"},
	{2, "Wei Mei Jun Ying Hao Lan Kevin Vivian Jason Michelle Ming Ling Ho Yan",
		"Chen,Wong,Li,Cheung,Zhang,Liu,Hu,Lam,Wang,Tang,Yip,Ng,Zhou,Lin"},
	{3, "Indira Ferry Tineke Robbie Wieke Max Silvia Eddy Yolanda Leonard Ivonne Ernst Corrie Bob",
		"Sarmidi,Pattiasina,Tahapary,Latuheru,Manuhutu,de Fretes,Sahetapy,van Loggem,Leatemia,Siwabessy,Ririassa,Noya"},
	{2, "Jérôme Núria André Zsófia Søren Mária José Inês François Anaïs Jürgen Nóra Björn Xènia Tomáš Zuzana",
		"García,Müller,Dubois,Nagy,Sørensen,Fernández,Rossi,Kovačević,O'Brien,N'Diaye,Schäfer,Popović,Da Silva,Lindström,Novák,Tesfaye"},
}

// surname is an infix, if there is one, and what a telephone book sorts by.
type surname struct{ infix, last string }

// nameBook is origins cut into words, once.
type nameBook struct {
	shares []int
	first  [][]string
	last   [][]surname
}

var book = readNames()

func readNames() nameBook {
	var b nameBook
	for _, o := range origins {
		var last []surname
		for _, whole := range strings.Split(o.last, ",") {
			last = append(last, cutSurname(whole))
		}
		b.shares = append(b.shares, o.share)
		b.first = append(b.first, strings.Fields(o.first))
		b.last = append(b.last, last)
	}
	return b
}

// cutSurname takes the words in small letters off the front: "van 't Hoff" is Hoff with the infix van 't.
func cutSurname(whole string) surname {
	words := strings.Fields(whole)
	n := 0
	for n < len(words)-1 && words[n][0] >= 'a' && words[n][0] <= 'z' || n < len(words)-1 && words[n][0] == '\'' {
		n++
	}
	return surname{strings.Join(words[:n], " "), strings.Join(words[n:], " ")}
}

// name draws first names, an infix and a surname; one in twelve has parents of two origins.
func (b nameBook) name(r *rand.Rand) (first string, last surname, group int) {
	group = pick(r, b.shares)
	given := b.first[group]
	if r.IntN(12) == 0 {
		given = b.first[pick(r, b.shares)]
	}
	at := r.IntN(len(given))
	names := []string{given[at]}
	for _, more := range []int{45, 18} { // of a hundred, a second and then a third name
		if r.IntN(100) >= more {
			break
		}
		next := given[at%2+2*r.IntN(len(given)/2)]
		if !slices.Contains(names, next) {
			names = append(names, next)
		}
	}
	last = b.last[group][r.IntN(len(b.last[group]))]
	if group == 0 && r.IntN(25) == 0 {
		if own := b.last[0][r.IntN(len(b.last[0]))]; own.last != last.last {
			last.last += "-" + strings.TrimSpace(own.infix+" "+own.last) // married: the partner's name first
		}
	}
	return strings.Join(names, " "), last, group
}

// pick draws an index with the given shares.
func pick(r *rand.Rand, shares []int) int {
	total := 0
	for _, s := range shares {
		total += s
	}
	at := r.IntN(total)
	for i, s := range shares {
		if at < s {
			return i
		}
		at -= s
	}
	return len(shares) - 1
}
