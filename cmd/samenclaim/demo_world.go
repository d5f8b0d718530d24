package main

import (
	"samenclaim/claims/letter"
	"samenclaim/internal/files"
	"samenclaim/internal/pgembed"
	"samenclaim/internal/vault"
	"samenclaim/mailer/mailtest"
	"samenclaim/payments/mollie/mollietest"
)

// demoWorld is what the demo starts beside the program itself.
type demoWorld struct {
	folder demoFolder
	base   string
	server *pgembed.Server
	vault  *vault.Vault
	letter *letter.Certificate
	files  *files.Store
	sink   *mailtest.Sink
	sim    *mollietest.Simulator
	state  demoState
}
