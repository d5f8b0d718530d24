package web

import (
	"strings"

	"github.com/go-playground/validator/v10"
)

// validate knows the rules that a form's tags may name.
var validate = newValidator()

func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	rules := map[string]validator.Func{
		// filled: more than blanks
		"filled": func(f validator.FieldLevel) bool { return strings.TrimSpace(f.Field().String()) != "" },
	}
	for name, rule := range rules {
		if err := v.RegisterValidation(name, rule); err != nil {
			panic(err) // a name that the library keeps for itself
		}
	}
	return v
}
