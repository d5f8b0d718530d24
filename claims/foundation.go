package claims

import (
	"encoding/json"
	"sync"
	"time"
)

// Foundation is who brings the claims: data, so that another foundation needs no code.
type Foundation struct {
	ID              int64
	Name            string
	LegalName       string
	RegisterNumber  string
	VATNumber       string `gorm:"column:vat_number"` // on invoices; empty: none
	Street          string
	Postcode        string
	City            string
	PostalAddress   string
	Email           string
	Phone           string
	PhoneHoursNL    string `gorm:"column:phone_hours_nl"`
	PhoneHoursEN    string `gorm:"column:phone_hours_en"`
	IBAN            string `gorm:"column:iban"`
	BIC             string `gorm:"column:bic"`
	LogoSVG         string `gorm:"column:logo_svg"`
	ThemeColor      string
	FoundedYear     int
	Website         string
	SignatoryName   string
	SignatoryRole   string
	People          json.RawMessage
	Papers          json.RawMessage
	LawyerRecipient string
	UpdatedAt       time.Time
}

// PeopleList are those who answer for the foundation.
func (f Foundation) PeopleList() []FoundationPerson { return read[FoundationPerson](f.People) }

// PaperList are the papers that the foundation answers with.
func (f Foundation) PaperList() []FoundationPaper { return read[FoundationPaper](f.Papers) }

func read[T any](raw json.RawMessage) []T {
	var list []T
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

const foundationKept = 10 * time.Second

// foundationCache keeps what stands on every page for a few seconds.
type foundationCache struct {
	mu    sync.Mutex
	value Foundation
	at    time.Time
}

// forget makes the next page read the foundation anew.
func (c *foundationCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = time.Time{}
}
