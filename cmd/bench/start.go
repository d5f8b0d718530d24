package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// measureStart times the start, weighs the program at rest, and what a first visitor loads.
func (s *site) measureStart(ctx context.Context, _ options) error {
	var starts []float64
	for range 5 {
		if err := s.restart(ctx, nil); err != nil {
			return err
		}
		starts = append(starts, s.running.ready.Seconds())
	}
	slices.Sort(starts)
	fmt.Printf("start of serve to ready, middle of %d   %6.2f s                  (goal: 1 s or less)\n", len(starts), starts[len(starts)/2])
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Second):
	}
	fmt.Printf("memory of serve, idle                  %6.0f MiB                (goal: 60 MiB or less)\n", s.resident())
	for _, path := range []string{"/nl", s.path(""), s.path("/meedoen")} {
		bytes, requests, err := s.firstView(ctx, path)
		if err != nil {
			return err
		}
		fmt.Printf("first view of %-20s     %6.0f kB in %d requests   (goal: 100 kB, 8 requests)\n", path, float64(bytes)/1000, requests)
	}
	return nil
}

var vmRSS = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident is the memory of the running program in MiB, as the system counts it; 0 where it does not tell.
func (s *site) resident() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.running.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	m := vmRSS.FindSubmatch(text)
	if m == nil {
		return 0
	}
	kb, _ := strconv.ParseFloat(string(m[1]), 64) // digits
	return kb / 1024
}

// loads are the files that a page or a style sheet names, but for the letters that a Dutch page does not have.
var loads = regexp.MustCompile(`(?:src|href)="(/[^"]+\.(?:css|js|svg|png)[^"]*)"|url\(([a-z]+\.[0-9a-f]+\.woff2)\)`)

// firstView loads a page and all that it shows, as a browser does that has nothing yet.
func (s *site) firstView(ctx context.Context, path string) (bytes, requests int, err error) {
	queue := []string{path}
	for i := 0; i < len(queue); i++ {
		text, n, err := s.transfer(ctx, queue[i])
		if err != nil {
			return 0, 0, err
		}
		bytes, requests = bytes+n, requests+1
		for _, m := range loads.FindAllStringSubmatch(text, -1) {
			file := m[1]
			if m[2] != "" {
				file = "/static/" + m[2]
			}
			if !slices.Contains(queue, file) {
				queue = append(queue, file)
			}
		}
	}
	return bytes, requests, nil
}

// transfer loads one file, and counts its bytes and those of its headers as they cross the line.
func (s *site) transfer(ctx context.Context, path string) (text string, n int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return "", 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip") // asked for by ourselves, it is not unpacked for us
	resp, err := client.Do(req)
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("%s answers %d", path, resp.StatusCode)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", 0, err
	}
	var head strings.Builder
	if err := resp.Header.Write(&head); err != nil {
		return "", 0, err
	}
	n = head.Len() + len(body)
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(strings.NewReader(string(body)))
		if err != nil {
			return "", 0, err
		}
		if body, err = io.ReadAll(z); err != nil {
			return "", 0, err
		}
	}
	return string(body), n, nil
}
