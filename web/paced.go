package web

import (
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// How long a form with files may take: a start, and a second for as much as the slowest line that we
// wait for carries. The time that the server gives to other forms is too short for a photo from a telephone.
const (
	pacedStart  = 15 * time.Second
	pacedSecond = 8 << 10 // bytes
)

// deadlines end a connection.
type deadlines interface {
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// paced is a body that may take as long as its bytes need. Who sends slower is cut off.
type paced struct {
	io.ReadCloser
	line  deadlines
	begun time.Time
	got   int64
}

// atItsPace lets the body of a request take its time.
func atItsPace(c echo.Context) io.ReadCloser {
	p := &paced{ReadCloser: c.Request().Body, line: http.NewResponseController(c.Response()), begun: time.Now()}
	p.wait()
	return p
}

// Read reads on, and waits longer for the rest.
func (p *paced) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	if n > 0 {
		p.got += int64(n)
		p.wait()
	}
	return n, err
}

func (p *paced) wait() {
	until := p.begun.Add(pacedStart + time.Duration(p.got)*time.Second/pacedSecond)
	_ = p.line.SetReadDeadline(until) // a connection that cannot do this has no deadline
	_ = p.line.SetWriteDeadline(until.Add(pacedStart))
}
