// Package privacy holds what people may ask about their data: the requests with
// their terms, copies to take away, and what is kept after an erasure, why and until when.
package privacy
