// Package letter makes the papers of a claim: the claim letter and its annex,
// the receipt by which each participant can prove to be in it, the signed
// mandate and the payout statement.
//
// It is pure: time, ids and randomness come in as arguments, so the same input
// gives the same bytes on every machine. Nothing here reads a clock, a disk, a
// network or a database. The one exception is Seal, because a sealed file that
// comes out the same twice would not be sealed.
package letter
