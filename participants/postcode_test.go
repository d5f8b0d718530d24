package participants

import (
	"errors"
	"testing"
)

func TestCleanPostcode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   string
		want string
		err  error
	}{
		{"as printed", "1015 CJ", "1015 CJ", nil},
		{"small letters without a space", "1015cj", "1015 CJ", nil},
		{"blanks all over", " 10 15\u00a0c j ", "1015 CJ", nil},
		{"a zero in front", "0015CJ", "", ErrPostcode},
		{"letters that are not given out", "1015 SS", "", ErrPostcode},
		{"only digits", "1015", "", ErrPostcode},
		{"a Belgian one", "B-1000", "", ErrPostcode},
		{"three letters", "1015 CJA", "", ErrPostcode},
		{"full-width digits", "１015 CJ", "", ErrPostcode},
		{"nothing", "", "", ErrPostcode},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := CleanPostcode(tt.in)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("CleanPostcode(%q) = %q, %v, want %q, %v", tt.in, got, err, tt.want, tt.err)
			}
		})
	}
}

func TestCleanHouseNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name             string
		in               string
		number, addition string
		err              error
	}{
		{"a number", "12", "12", "", nil},
		{"a letter", "12a", "12", "a", nil},
		{"a hyphen", " 12 - 3 ", "12", "3", nil},
		{"an old addition", "12 bis", "12", "bis", nil},
		{"a floor", "12 3-hoog", "12", "3-hoog", nil},
		{"zero", "0", "", "", ErrHouseNumber},
		{"below zero", "-1", "", "", ErrHouseNumber},
		{"a letter first", "a12", "", "", ErrHouseNumber},
		{"a number of six digits", "123456", "", "", ErrHouseNumber},
		{"code", "12<b>", "", "", ErrHouseNumber},
		{"nothing", "", "", "", ErrHouseNumber},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			number, addition, err := CleanHouseNumber(tt.in)
			if number != tt.number || addition != tt.addition || !errors.Is(err, tt.err) {
				t.Errorf("CleanHouseNumber(%q) = %q, %q, %v, want %q, %q, %v", tt.in, number, addition, err, tt.number, tt.addition, tt.err)
			}
		})
	}
}
