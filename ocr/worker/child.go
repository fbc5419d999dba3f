package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// helloTimeout is how long a child may take to lock itself in; a machine under
// heavy load takes seconds to start a process.
const helloTimeout = 30 * time.Second

// child is one process, used by one goroutine at a time.
type child struct {
	conn    *conn
	in, out *os.File // the parent's ends of its standard input and output
	said    *head    // the first of what it wrote to standard error
	process *os.Process
	state   *os.ProcessState // once gone is closed
	gone    chan struct{}
	killed  atomic.Bool // by the parent
	until   atomic.Int64
	served  int
	peak    int64 // highest resident size seen
}

// start starts a child, hands it f as descriptor 3 unless f is nil and more into its
// environment, and waits until it has locked itself in.
func (p *Pool) start(ctx context.Context, f *os.File, more ...string) (*child, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	c := &child{said: &head{}, gone: make(chan struct{})}
	stdin, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start child: %w", err)
	}
	out, stdout, err := os.Pipe()
	if err != nil {
		stdin.Close()
		in.Close()
		return nil, fmt.Errorf("start child: %w", err)
	}
	c.in, c.out, c.conn = in, out, newConn(out, in)
	started := make(chan error, 1)
	go p.live(c, stdin, stdout, f, more, started)
	err = <-started
	stdin.Close()
	stdout.Close()
	if err != nil {
		in.Close()
		out.Close()
		return nil, fmt.Errorf("start child: %w", err)
	}
	if err := p.greet(ctx, c); err != nil {
		c.end()
		return nil, err
	}
	p.stats.add(func(s *Stats) { s.Children++ })
	return c, nil
}

// greet waits for the child's first message.
func (p *Pool) greet(ctx context.Context, c *child) error {
	var hello reply
	verdict, err := c.guarded(ctx, limits{memory: p.config.OpenMemory, wall: helloTimeout}, func() error {
		_, err := c.conn.receive(&hello, 0)
		return err
	})
	switch {
	case verdict == cancelled:
		return context.Cause(ctx)
	case err != nil:
		c.end()
		return fmt.Errorf("start child: no greeting: %w (%s; %s)", err, c.state, c.said.cause())
	case hello.Is != isReady:
		return fmt.Errorf("start child: it greets with %q", hello.Is)
	}
	p.isolation.Store(&hello.Isolation)
	return nil
}

// live starts the process of c and stays with it to its end. The thread is
// never given back: it carries no_new_privs, and the parent-death signal would
// be sent if it ended before the child.
func (p *Pool) live(c *child, stdin, stdout, f *os.File, more []string, started chan<- error) {
	defer close(c.gone)
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		started <- fmt.Errorf("set no_new_privs: %w", err)
		return
	}
	cmd, err := p.launch(c, stdin, stdout, f, more)
	if err != nil {
		started <- err
		return
	}
	c.process = cmd.Process
	started <- nil
	_ = cmd.Wait() // the state says all of it
	c.state = cmd.ProcessState
}

// launch starts the process, behind the strongest walls that the machine permits.
func (p *Pool) launch(c *child, stdin, stdout, f *os.File, more []string) (*exec.Cmd, error) {
	for level := p.walls.Load(); ; level++ {
		cmd := exec.Command(p.config.Command[0], p.config.Command[1:]...)
		cmd.Env = append(p.config.environment(), more...)
		cmd.Dir = "/"
		cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, c.said
		cmd.WaitDelay = time.Second // for a grandchild that holds standard error
		if f != nil {
			cmd.ExtraFiles = []*os.File{f}
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
		wallOff(cmd.SysProcAttr, level)
		err := cmd.Start()
		switch {
		case err == nil:
			if was := p.walls.Swap(level); was != level {
				p.log.Warn("the machine refuses the stronger walls", "level", level)
			}
			return cmd, nil
		case level == wallsNone || !refusedWalls(err):
			return nil, err
		}
	}
}

// The levels of separation from the network, strongest first.
const (
	wallsNetwork int32 = iota // a network namespace
	wallsUser                 // one in a user namespace, for those who are not root
	wallsNone
)

func wallOff(a *syscall.SysProcAttr, level int32) {
	switch level {
	case wallsNetwork:
		a.Cloneflags = syscall.CLONE_NEWNET
	case wallsUser:
		a.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	}
}

// refusedWalls says whether err can come from the namespaces.
func refusedWalls(err error) bool {
	for _, e := range []syscall.Errno{syscall.EPERM, syscall.EACCES, syscall.EINVAL, syscall.ENOSPC, syscall.EUSERS} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// kill ends the child and all that it started.
func (c *child) kill() {
	if c.killed.Swap(true) {
		return
	}
	select {
	case <-c.gone: // reaped: its number may be another's by now
	default:
		_ = syscall.Kill(-c.process.Pid, syscall.SIGKILL)
		_ = c.process.Kill()
	}
	past := time.Unix(1, 0)
	_ = c.in.SetDeadline(past)
	_ = c.out.SetDeadline(past)
}

// end kills the child, waits for it and frees its pipes.
func (c *child) end() {
	c.kill()
	<-c.gone
	c.in.Close()
	c.out.Close()
}

// leave lets the child go by itself, which it does once its input ends.
func (c *child) leave() {
	c.in.Close()
	select {
	case <-c.gone:
	case <-time.After(2 * time.Second):
	}
	c.end()
}

// alive says whether the child can still be given work.
func (c *child) alive() bool {
	select {
	case <-c.gone:
		return false
	default:
		return true
	}
}

// isEnd says whether err is that of a pipe whose other end has gone.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE)
}
