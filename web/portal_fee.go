package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/web/ui"
)

type newFeeForm struct {
	Option string `form:"option" say:"portal.fee.option" validate:"oneof=flat percentage"`
}

// myFee shows the fee option in force, and offers the other while that is allowed.
func (s *Server) myFee(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	return s.feeNowPage(c, o, http.StatusOK, newFeeForm{}, nil)
}

// chooseFee takes the choice on to the page where it is signed.
func (s *Server) chooseFee(c echo.Context) error {
	o, err := s.ownCase(c)
	if err != nil {
		return err
	}
	form, err := bind[newFeeForm](c)
	if err == nil {
		_, err = s.changeable(c, o, claims.FeeOption(form.Option))
	}
	if errors.Is(err, claims.ErrFeeLocked) {
		return s.feeNowPage(c, o, http.StatusConflict, form, nil) // the page says since when
	}
	if bad := s.mend(c, err); bad != nil {
		return s.feeNowPage(c, o, http.StatusUnprocessableEntity, form, bad)
	}
	if err != nil {
		return err
	}
	return s.to(c, o.path("/vergoeding/ondertekenen?optie="+form.Option))
}

// changeable returns the option in force if it can be changed into another one.
func (s *Server) changeable(c echo.Context, o ownCase, to claims.FeeOption) (claims.ChosenFee, error) {
	fee, err := s.claims.FeeOption(c.Request().Context(), o.part.ID)
	switch {
	case err != nil:
		return fee, err
	case fee.LockedAt != nil || !o.feeOpen():
		return fee, claims.ErrFeeLocked
	case fee.Option == to:
		return fee, claims.ErrSameOption
	}
	return fee, nil
}

func (s *Server) feeNowPage(c echo.Context, o ownCase, status int, form newFeeForm, bad ui.Problems) error {
	fee, err := s.claims.FeeOption(c.Request().Context(), o.part.ID)
	if err != nil {
		return err
	}
	pre, refunds, _, err := s.claims.MoneyOf(c.Request().Context(), o.part)
	if err != nil {
		return err
	}
	v := s.portalView(c, o, "portal.fee.title", bad...)
	p := ui.PortalFeePage{
		View: v, Bad: bad, Current: feeWords(v, o.claim, fee.Option), ChosenAt: fee.ChosenAt, LockedAs: v.T("portal.fee.locked_other"),
		Compare: feeTable(v, o.claim), Action: v.Href(o.path("/vergoeding")), Choice: form.Option,
	}
	p.Prepaid, _ = standOfPayments(pre, refunds)
	switch {
	case fee.LockedAt != nil:
		p.LockedAt = *fee.LockedAt
	case o.feeOpen():
		p.Until, p.Options = v.T("portal.fee.until"), feeCards(v, o.claim)
	}
	if fee.Option == claims.Flat && o.payOpen() {
		p.PayURL = v.Href(o.path("/betalen"))
	}
	return s.show(c, status, ui.PortalFee(p))
}
