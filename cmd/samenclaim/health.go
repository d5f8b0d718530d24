package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// healthCmd is what the container engine calls.
type healthCmd struct{}

var errUnhealthy = errors.New("the program is not ready")

// Run asks the port of OPS_LISTEN on this machine.
func (h *healthCmd) Run(ctx context.Context, c console) error {
	set, err := loadSettings(os.Environ())
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(set.OpsListen)
	if err != nil {
		return fmt.Errorf("%w: OPS_LISTEN is an address and a port, such as 127.0.0.1:9090", errSettings)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("%w: OPS_LISTEN: %w", errSettings, err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%w: nothing answers on %s", errUnhealthy, net.JoinHostPort(host, port))
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		return fmt.Errorf("%w: it answers %d", errUnhealthy, answer.StatusCode)
	}
	c.say("ready")
	return nil
}
