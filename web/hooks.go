package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/payments"
	"samenclaim/payments/mollie"
)

// mollieHook hears that a payment changed. Anyone can call it: all it does is
// make us ask Mollie. An unknown number gets the same answer as a known one;
// only when asking failed is the answer no, so that Mollie calls again.
func (s *Server) mollieHook(c echo.Context) error {
	req, ctx := c.Request(), c.Request().Context()
	req.Body = http.MaxBytesReader(c.Response(), req.Body, 4<<10)
	if req.ParseForm() != nil || len(req.PostForm["id"]) != 1 || !mollie.ValidPaymentID(req.PostForm.Get("id")) {
		return c.NoContent(http.StatusOK)
	}
	if err := s.allow(ctx, limitHook, "all"); err != nil {
		return err
	}
	if s.spent(ctx, limitUnknown, place(c)) != nil {
		return c.NoContent(http.StatusOK) // too many wrong numbers from here: not looked up any more
	}
	err := s.claims.PrepaymentChanged(ctx, req.PostForm.Get("id"))
	if errors.Is(err, payments.ErrNotOurs) || errors.Is(err, payments.ErrNotFound) {
		if err = s.allow(ctx, limitUnknown, place(c)); errors.As(err, new(*limited)) {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusOK)
}
