package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is the program at work.
type process struct {
	cmd   *exec.Cmd
	done  chan struct{}
	ready time.Duration // how long it took to be ready
}

const stopLimit = time.Minute

// launch runs the program, and returns when it says on its own port that it is ready.
func launch(ctx context.Context, program string, env []string, ops, log string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	p := &process{cmd: exec.Command(program, "serve"), done: make(chan struct{})} //nolint:gosec,noctx // our own program, ended by stop
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = env, out, out
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	for !isReady(ctx, ops) {
		select {
		case <-p.done:
			text, _ := os.ReadFile(log)
			return nil, fmt.Errorf("the program ended by itself: %s", text)
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), p.stop())
		case <-time.After(2 * time.Millisecond):
		}
	}
	p.ready = time.Since(began)
	return p, nil
}

func isReady(ctx context.Context, ops string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+ops+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusNoContent
}

// stop ends the program in order.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case <-p.done:
		return nil
	case <-time.After(stopLimit):
		return errors.Join(errors.New("the program did not stop"), p.cmd.Process.Kill())
	}
}

// used is the processor time that the program has taken so far; 0 where the system does not tell.
func (p *process) used() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11]) // hundredths of a second, by itself and by the system for it
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
