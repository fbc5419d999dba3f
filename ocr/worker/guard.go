package worker

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"mailroom/scanstation"
)

// verdict says why a guard ended a child.
type verdict int

const (
	unharmed verdict = iota
	cancelled
	tookTooLong
	tookTooMuch
)

const (
	watchEvery = 50 * time.Millisecond
	// reserve is what RLIMIT_DATA leaves above the limit of the resident size
	// for stacks and arenas that are mapped and never touched.
	reserve = 512 << 20
)

// guarded runs f, which talks to the child, and ends the child if it breaks the
// limits or ctx ends meanwhile; f then fails by the broken pipes.
func (c *child) guarded(ctx context.Context, l limits, f func() error) (verdict, error) {
	c.allow(l)
	stop, seen := make(chan struct{}), make(chan verdict)
	go func() { seen <- c.watch(ctx, l, stop) }()
	err := f()
	close(stop)
	v := <-seen
	c.measure()
	return v, err
}

// allow sets the kernel's limits for what comes now and starts the clock.
func (c *child) allow(l limits) {
	c.until.Store(time.Now().Add(l.wall).UnixNano())
	seconds := uint64((cpuOf(c.process.Pid) + l.wall) / time.Second)
	data := uint64(l.memory + reserve)
	// Only the soft limits: a lowered hard one could not be raised again for the
	// next page. The watcher holds both as well, so an error here is no hole.
	_ = unix.Prlimit(c.process.Pid, unix.RLIMIT_CPU, &unix.Rlimit{Cur: seconds + 2, Max: unix.RLIM_INFINITY}, nil)
	_ = unix.Prlimit(c.process.Pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: data, Max: unix.RLIM_INFINITY}, nil)
}

// pause stops the clock while the parent is busy with what the child sent.
func (c *child) pause() { c.until.Store(0) }

// watch ends the child if it breaks a limit; it returns unharmed once stop is
// closed or the child is gone.
func (c *child) watch(ctx context.Context, l limits, stop <-chan struct{}) verdict {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return unharmed
		case <-c.gone:
			return unharmed
		case <-ctx.Done():
			c.kill()
			return cancelled
		case now := <-tick.C:
			if until := c.until.Load(); until != 0 && now.UnixNano() > until {
				c.kill()
				return tookTooLong
			}
			if residentOf(c.process.Pid) > l.memory {
				c.kill()
				return tookTooMuch
			}
		}
	}
}

// measure notes the highest resident size of the child so far.
func (c *child) measure() {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(c.process.Pid) + "/status")
	if err != nil {
		return
	}
	_, rest, _ := bytes.Cut(b, []byte("VmHWM:"))
	var kib int64
	if _, err := fmt.Fscan(bytes.NewReader(rest), &kib); err == nil {
		c.peak = max(c.peak, kib<<10)
	}
}

// residentOf returns the resident size of a process, 0 if it is gone.
func residentOf(pid int) int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// cpuOf returns the CPU time that a process has used.
func cpuOf(pid int) time.Duration {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// The name of the process, in brackets, may hold anything.
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * (time.Second / 100) // USER_HZ is 100 everywhere
}

// failure is that a child came to harm over its work.
type failure struct{ scanstation.Reason }

func (f *failure) Error() string { return f.Reason.String() }

// failed ends the child and says what became of it.
func (c *child) failed(v verdict, l limits, cause error) *failure {
	if isEnd(cause) { // it went by itself: let it be reaped with its own state
		select {
		case <-c.gone:
		case <-time.After(2 * time.Second):
		}
	}
	byUs := c.alive()
	c.end()
	reason := func(code, detail string) *failure { return &failure{scanstation.Reason{Code: code, Detail: detail}} }
	switch said := c.said.cause(); {
	case v == tookTooLong:
		return reason(scanstation.TimedOut, fmt.Sprintf("no result after %v", l.wall))
	case v == tookTooMuch:
		return reason(scanstation.OutOfMemory, fmt.Sprintf("more than %d MB", l.memory/1e6))
	case byUs:
		return reason(scanstation.Crashed, "broken answer: "+cause.Error())
	case c.signal() == syscall.SIGXCPU || strings.Contains(said, "SIGXCPU"):
		return reason(scanstation.TimedOut, fmt.Sprintf("more than %v of CPU time", l.wall))
	case c.signal() == syscall.SIGKILL:
		return reason(scanstation.OutOfMemory, "killed by the system")
	case outOfMemory(said):
		return reason(scanstation.OutOfMemory, said)
	default:
		return reason(scanstation.Crashed, strings.TrimSuffix(c.state.String()+": "+said, ": "))
	}
}

func (c *child) signal() syscall.Signal {
	if c.state == nil {
		return 0
	}
	if w, ok := c.state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return w.Signal()
	}
	return 0
}

func outOfMemory(said string) bool {
	for _, sign := range []string{"out of memory", "cannot allocate memory", "failed to allocate", "bad_alloc"} {
		if strings.Contains(said, sign) {
			return true
		}
	}
	return false
}

// head keeps the beginning of what a child writes to standard error.
type head struct {
	mu sync.Mutex
	b  []byte
}

const headBytes = 4 << 10

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.b = append(h.b, p[:min(len(p), headBytes-len(h.b))]...)
	return len(p), nil
}

// reset forgets what was written for earlier requests.
func (h *head) reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.b = h.b[:0]
}

// cause returns the line that says why a process ended, or the first one.
func (h *head) cause() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	lines := strings.Split(strings.ToValidUTF8(string(h.b), "?"), "\n")
	for _, l := range lines {
		for _, sign := range []string{"panic: ", "fatal error: ", "SIG", "terminate called", "what():", "Assertion"} {
			if strings.Contains(l, sign) {
				return strings.TrimSpace(l)
			}
		}
	}
	return strings.TrimSpace(lines[0])
}
