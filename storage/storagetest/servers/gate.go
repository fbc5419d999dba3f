package servers

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Gate is a way to a server that can be shut, as when a cable is pulled: what is
// under way breaks off, and nobody answers until it is open again.
type Gate struct {
	Address string // 127.0.0.1:port
	to      string
	mu      sync.Mutex
	l       net.Listener // nil: it is shut
	conns   map[net.Conn]bool
}

// NewGate returns an open way to the server at address.
func NewGate(t testing.TB, address string) *Gate {
	t.Helper()
	g := &Gate{Address: "127.0.0.1:0", to: address, conns: map[net.Conn]bool{}}
	g.Open(t)
	t.Cleanup(g.Shut)
	return g
}

// Open lets through again, at the same address as before.
func (g *Gate) Open(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", g.Address)
	if err != nil {
		t.Fatalf("open the gate: %v", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.l, g.Address = l, l.Addr().String()
	go g.serve(l)
}

// Shut ends all connections and refuses others.
func (g *Gate) Shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.l != nil {
		_ = g.l.Close()
		g.l = nil
	}
	for c := range g.conns {
		_ = c.Close()
		delete(g.conns, c)
	}
}

func (g *Gate) serve(l net.Listener) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", g.to)
		if err != nil {
			_ = in.Close()
			continue
		}
		g.mu.Lock()
		if g.l != l { // shut meanwhile
			_ = in.Close()
			_ = out.Close()
		} else {
			g.conns[in], g.conns[out] = true, true
			go g.pass(in, out)
			go g.pass(out, in)
		}
		g.mu.Unlock()
	}
}

func (g *Gate) pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_, _ = to.Close(), from.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, to)
	delete(g.conns, from)
}
