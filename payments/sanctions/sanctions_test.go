package sanctions

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const listXML = `<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-02T10:11:12.000+01:00" globalFileId="150000">
<sanctionEntity designationDetails="" unitedNationId="" euReferenceNumber="EU.1.1" logicalId="13">
  <subjectType code="person" classificationCode="P"/>
  <nameAlias firstName="Iwan" middleName="" lastName="Voorbeeldow" wholeName="Iwan Voorbeeldow" strong="true"/>
  <nameAlias firstName="Ivan" middleName="" lastName="Voorbeeldov" wholeName="" strong="false"/>
  <nameAlias firstName="" lastName="" wholeName="Iwan Voorbeeldow"/>
  <birthdate year="1960"/>
</sanctionEntity>
<sanctionEntity logicalId="14"><subjectType code="enterprise"/><nameAlias wholeName="Verzonnen  Handel"/></sanctionEntity>
</export>`

const listCSV = "\uFEFFfileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_SubjectType;NameAlias_LastName;NameAlias_FirstName;NameAlias_MiddleName;NameAlias_WholeName;BirthDate_Year\r\n" +
	"02/11/2026;13;EU.1.1;P;Voorbeeldow;Iwan;;Iwan Voorbeeldow;\r\n" +
	"02/11/2026;13;EU.1.1;P;Voorbeeldov;Ivan;;;\r\n" +
	"02/11/2026;13;EU.1.1;P;;;;;1960\r\n" +
	"02/11/2026;14;;E;;;;\"Verzonnen ; Handel\";\r\n"

func TestReadingTheList(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, version, company string }{
		{"XML", listXML, "2026-11-02T10:11:12.000+01:00", "Verzonnen Handel"},
		{"CSV", listCSV, "02/11/2026", "Verzonnen ; Handel"},
	} {
		got, err := Read(strings.NewReader(tt.text))
		want := List{Version: tt.version, Names: []Name{{"EU.1.1", "Iwan Voorbeeldow"}, {"EU.1.1", "Ivan Voorbeeldov"}, {"14", tt.company}}}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
		}
		if got.Entities() != 2 {
			t.Errorf("%s: %d people and organisations, want 2", tt.name, got.Entities())
		}
	}
}

func TestAListThatWouldLetEverybodyThroughIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":               "",
		"a web page":            "<html><body>Log in</body></html>",
		"no names":              `<export generationDate="2026-11-02"></export>`,
		"no version":            strings.Replace(listXML, "generationDate", "x", 1),
		"cut off":               listXML[:len(listXML)-len("</sanctionEntity>\n</export>")-8],
		"a document type":       `<!DOCTYPE a [<!ENTITY b "c">]>` + listXML[39:],
		"a name of nobody":      `<export generationDate="2026"><nameAlias wholeName="A B"/></export>`,
		"a table of other data": "a;b;c\n1;2;3\n",
		"a table with no names": listCSV[:strings.Index(listCSV, "\r\n")+2],
		"Latin-1":               strings.ReplaceAll(listXML, "Iwan", "Iw\xe4n"),
	} {
		if l, err := Read(strings.NewReader(text)); !errors.Is(err, ErrList) {
			t.Errorf("%s = %d names, %v, want %v", name, len(l.Names), err, ErrList)
		}
	}
}

func TestNamesThatAreLikeOneOnTheList(t *testing.T) {
	t.Parallel()
	x := NewIndex([]Name{
		{"1", "Iwan Petrowitsj Voorbeeldow"}, {"1", "Ivan VOORBEELDOV"}, {"2", "Verzonnenbank"}, {"3", "Ali Hassan"}, {"4", "Abu Bakr al-Verzonnen"}, {"5", "Jan de Groot"},
	}, func(s string) string { return s })
	for _, tt := range []struct {
		name  string
		payee []string
		want  []string
	}{
		{"the same name", []string{"Iwan Petrowitsj Voorbeeldow"}, []string{"1"}},
		{"another order and capitals", []string{"VOORBEELDOW, iwan"}, []string{"1"}},
		{"one letter differs in a long word", []string{"Ivan Voorbeeldof"}, []string{"1"}},
		{"two letters differ", []string{"Ivan Voorbeldof"}, nil},
		{"one letter differs in a short word", []string{"Ivor Voorbeeldov"}, nil},
		{"an initial says too little", []string{"I. Voorbeeldov"}, nil},
		{"but the full name of the participant does not", []string{"I. Voorbeeldov", "Ivan Maria Voorbeeldov"}, []string{"1"}},
		{"a last name alone", []string{"Voorbeeldov"}, nil},
		{"a name of one word is the whole name", []string{"Verzonnenbank"}, []string{"2"}},
		{"and no part of one", []string{"Verzonnenbank Jansen"}, nil},
		{"more names than on the list", []string{"Ali Mohamed Hassan"}, []string{"3"}},
		{"little words do not count", []string{"Bakr Verzonnen"}, []string{"4"}},
		{"nor do they make two of one", []string{"al de Verzonnen"}, nil},
		{"nobody", []string{"Anna Jansen"}, nil},
		{"nothing", []string{""}, nil},
	} {
		var got []string
		for _, n := range x.Like(tt.payee...) {
			got = append(got, n.Reference)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q is like %v, want %v", tt.name, tt.payee, got, tt.want)
		}
	}
}

// The index must find what comparing with every name finds.
func TestTheIndexMissesNothing(t *testing.T) {
	t.Parallel()
	plain := func(s string) string { return s }
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab]{1,7}`)
		name := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "words"), " ") })
		list := make([]Name, rapid.IntRange(1, 8).Draw(t, "n"))
		for i := range list {
			list[i] = Name{Reference: string(rune('A' + i)), Name: name.Draw(t, "on the list")}
		}
		payee := name.Draw(t, "payee")
		var want []Name
		for _, n := range list {
			if like(words(payee), words(n.Name)) {
				want = append(want, n)
			}
		}
		if diff := cmp.Diff(want, NewIndex(list, plain).Like(payee)); diff != "" {
			t.Fatalf("%q in %v (-each +index):\n%s", payee, list, diff)
		}
	})
}
