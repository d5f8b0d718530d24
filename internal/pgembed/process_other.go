//go:build unix && !linux

package pgembed

import "syscall"

// ctype is the locale that knows upper and lower case of every language.
const ctype = "en_US.UTF-8"

// attributes say how the server's process is set apart from ours. Here nothing
// stops it when we are killed; the next start finds it and stops it.
func attributes(cred *syscall.Credential, _ bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: cred, Setsid: true}
}
