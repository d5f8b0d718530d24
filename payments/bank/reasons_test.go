package bank

import "testing"

func TestReasonOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, code string
		want       Action
	}{
		{"a wrong account", "AC01", AskAccount},
		{"a closed account", "AC04", AskAccount},
		{"somebody who died gets no automatic mail", "MD07", Deceased},
		{"a possible sanction is never tried again by itself", "RR04", Compliance},
		{"our own recall", "FOCR", Hold},
		{"a code of ours that was wrong", "AG02", Hold},
		{"a code nobody knows is for a person", "ZZ99", Hold},
		{"no code at all is for a person", "", Hold},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := ReasonOf(tt.code, "nl"); got.Action != tt.want || got.Meaning == "" || got.ToDo == "" {
				t.Errorf("ReasonOf(%q) = %+v, want the action %s and words", tt.code, got, tt.want)
			}
		})
	}
	for code, r := range reasons {
		if r.nl == "" || r.en == "" || r.nl == r.en || todo[r.action][0] == "" || todo[r.action][1] == "" {
			t.Errorf("%s has not all its words", code)
		}
	}
}
