package web

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"
)

// problem is one thing a person can mend: the input, and the key of the words.
type problem struct {
	Field string
	Key   string
	Args  []any
}

// problems are all that is wrong with a form.
type problems []problem

func (problems) Error() string { return "the form has problems" }

// wrong is a form with one problem.
func wrong(field, key string, args ...any) problems { return problems{{field, key, args}} }

// errNoSuchTime means that a date and time do not exist, such as half past two in the night that summer time begins.
var errNoSuchTime = errors.New("no such date or time")

// errDoubled means that an input was sent twice: nobody does that by hand.
var errDoubled = echo.NewHTTPError(http.StatusBadRequest, "doubled field")

// bind reads a form into a struct of strings, bools and lists of strings, by
// their form tags, and checks its shape. The error is a problems if the person can mend it.
func bind[F any](c echo.Context) (F, error) {
	var form F
	values := c.Request().PostForm // parsed by the middleware that checked the token
	v := reflect.ValueOf(&form).Elem()
	for i := range v.NumField() {
		if err := fill(v.Field(i), values[v.Type().Field(i).Tag.Get("form")]); err != nil {
			return form, err
		}
	}
	return form, checkShape(form)
}

func fill(field reflect.Value, sent []string) error {
	for i := range sent {
		sent[i] = strings.ReplaceAll(strings.ToValidUTF8(sent[i], "\uFFFD"), "\x00", "\uFFFD") // no database column takes them
	}
	if field.Kind() == reflect.Slice {
		field.Set(reflect.ValueOf(sent))
		return nil
	}
	if len(sent) > 1 {
		return errDoubled
	}
	if len(sent) == 0 {
		return nil
	}
	if field.Kind() == reflect.Bool {
		field.SetBool(sent[0] != "")
		return nil
	}
	field.SetString(sent[0])
	return nil
}

// checkShape checks the validate tags. The words are the say tag of the field
// and the name of the rule: say:"join.email" validate:"filled" is join.email.filled.
func checkShape(form any) error {
	err := validate.Struct(form)
	var broken validator.ValidationErrors
	if !errors.As(err, &broken) {
		return err
	}
	var bad problems
	for _, b := range broken {
		field, _ := reflect.TypeOf(form).FieldByName(b.StructField())
		say := field.Tag.Get("say")
		if say == "" {
			say = "errors.field"
		}
		bad = append(bad, problem{field.Tag.Get("form"), say + "." + b.Tag(), []any{"Max", b.Param()}})
	}
	return bad
}

// one reads a single value of a parsed form.
func one(values url.Values, name string) (string, error) {
	switch sent := values[name]; len(sent) {
	case 0:
		return "", nil
	case 1:
		return sent[0], nil
	}
	return "", errDoubled
}
