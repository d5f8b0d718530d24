package bank

import (
	"io"
	"strings"
)

// Report is what a bank file says, as text for people and other programs; amounts are text.
type Report struct {
	Statements []ReportedStatement `json:"statements"`
}

// ReportedStatement is one statement of a report. Balances a bank did not
// give are null, and then nobody knows whether it ties.
type ReportedStatement struct {
	ID       string           `json:"id"`
	Account  string           `json:"account"`
	Currency string           `json:"currency"`
	Opening  *string          `json:"opening"`
	Closing  *string          `json:"closing"`
	Ties     *bool            `json:"ties"`
	Entries  int              `json:"entries"`
	Returns  []ReportedReturn `json:"returns"`
	Warnings []string         `json:"warnings"`
}

// ReportedReturn is one transfer that came back.
type ReportedReturn struct {
	EndToEndID string `json:"end_to_end_id"`
	Amount     string `json:"amount"`
	Reason     string `json:"reason"`
}

// Inspect reads a bank file and says what is in it. It fails when the file
// cannot be trusted; what only keeps a statement from being booked is a warning.
func Inspect(r io.Reader, o Options) (Report, error) {
	report := Report{Statements: []ReportedStatement{}}
	returns := []ReportedReturn{}
	_, err := Read(r, o, Visitor{
		Entry: func(_ *Statement, e *Entry) error {
			for _, d := range e.Parts() {
				if d.Return {
					amount := strings.TrimPrefix(d.Amount.String(), "-")
					returns = append(returns, ReportedReturn{EndToEndID: d.EndToEndID, Amount: amount, Reason: d.ReturnReason})
				}
			}
			return nil
		},
		Close: func(st *Statement) error {
			report.Statements = append(report.Statements, reported(st, returns))
			returns = []ReportedReturn{}
			return nil
		},
	})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

func reported(st *Statement, returns []ReportedReturn) ReportedStatement {
	out := ReportedStatement{
		ID: st.ID, Account: st.Account, Currency: st.Currency, Entries: st.EntryCount, Returns: returns,
		Warnings: append(append([]string{}, st.Obstacles...), st.Warnings...),
	}
	if st.Opening != nil {
		text := st.Opening.Amount.String()
		out.Opening = &text
	}
	if st.Closing != nil {
		text := st.Closing.Amount.String()
		out.Closing = &text
	}
	if st.Opening != nil && st.Closing != nil {
		out.Ties = &st.Ties
	}
	return out
}
