package pgembed

import "syscall"

// ctype is the locale that knows upper and lower case of every language.
const ctype = "C.UTF-8"

// attributes say how the server's process is set apart from ours. The kernel
// stops it when we die, however we die, unless it is to outlive us.
func attributes(cred *syscall.Credential, detached bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Credential: cred, Setsid: true} // Ctrl-C is for us: we stop it in order
	if !detached {
		attr.Pdeathsig = syscall.SIGINT
	}
	return attr
}
