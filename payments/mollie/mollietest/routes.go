package mollietest

import (
	"net/http"
	"strings"
)

// Handler serves everything; it may be mounted under the path of BaseURL, with or without that path cut off.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	for route, handle := range map[string]func(*call, *state) answer{
		"POST /v2/payments":                              s.createPayment,
		"GET /v2/payments":                               s.listPayments,
		getPaymentRoute:                                  s.getPayment,
		"DELETE /v2/payments/{id}":                       s.cancelPayment,
		"POST /v2/payments/{id}/refunds":                 s.createRefund,
		"GET /v2/payments/{id}/refunds":                  s.listPaymentRefunds,
		"GET /v2/payments/{id}/refunds/{refund}":         s.getRefund,
		"DELETE /v2/payments/{id}/refunds/{refund}":      s.cancelRefund,
		"GET /v2/payments/{id}/chargebacks":              s.listPaymentChargebacks,
		"GET /v2/payments/{id}/chargebacks/{chargeback}": s.getChargeback,
		"GET /v2/refunds":                                s.listRefunds,
		"GET /v2/chargebacks":                            s.listChargebacks,
		"GET /v2/methods":                                s.listMethods,
		"GET /v2/methods/{id}":                           s.getMethod,
		"GET /v2/settlements":                            s.listSettlements,
		"GET /v2/settlements/{id}":                       s.getSettlement,
		"GET /v2/settlements/{id}/payments":              s.listSettlementPayments,
		"GET /v2/settlements/{id}/refunds":               s.listSettlementRefunds,
		"GET /v2/settlements/{id}/chargebacks":           s.listSettlementChargebacks,
		"GET /v2/settlements/{id}/captures":              s.listSettlementCaptures,
		"GET /v2/balances":                               s.listBalances,
		"GET /v2/balances/{id}":                          s.getBalance,
		"/v2/":                                           noSuchRoute,
	} {
		mux.Handle(route, s.api(route, handle))
	}
	for route, handle := range map[string]http.HandlerFunc{
		"GET /{$}":                              s.overview,
		"GET /style.css":                        s.style,
		"GET /checkout/{id}":                    s.showCheckout,
		"POST /checkout/{id}":                   s.checkout,
		"POST /actions/payment/{id}/chargeback": s.actChargeback,
		"POST /actions/payment/{id}/reversal":   s.actReversal,
		"POST /actions/payment/{id}/webhook":    s.actWebhook,
		"POST /actions/settle":                  s.actSettle,
		"POST /actions/refund/{id}/next":        s.actNextStep,
		"POST /actions/refund/{id}/fail":        s.actFail,
		"POST /actions/refunds/process":         s.actProcess,
	} {
		mux.Handle(route, bounded(handle))
	}
	return s.under(http.NewCrossOriginProtection().Handler(mux))
}

func noSuchRoute(*call, *state) answer { return notFound("resource") }

func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, largestRequest)
		next.ServeHTTP(w, r)
	})
}

// under cuts the path of BaseURL off, when it is still there.
func (s *Simulator) under(next http.Handler) http.Handler {
	prefix := strings.TrimSuffix(s.base.Path, "/")
	cut := http.StripPrefix(prefix, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if prefix != "" && strings.HasPrefix(r.URL.Path, s.base.Path) {
			cut.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
