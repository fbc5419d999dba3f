package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// Engines is what a child can do. The functions are called one at a time; one
// that is not needed may be nil.
type Engines struct {
	// Read holds the engines with which a page is read. An error of Prepare that
	// is no refusal means that the page is damaged.
	Read ocr.Engines
	// Open, Complete and Render do what the methods of scanstation.Opener and
	// scanstation.Renderer promise. The context never ends: the parent ends the
	// child instead.
	Open     func(ctx context.Context, f *os.File, s scanstation.OpenSettings, keep func(scanstation.Page, io.Reader) error) error
	Complete func(ctx context.Context, f *os.File) (bool, error)
	Render   func(page scanstation.Page, stream []byte, turn, width int) ([]byte, error)
	// Lift makes another file out of f as an order says that parent and engine agree on.
	Lift func(f *os.File, order []byte) ([]byte, error)
}

// batchFile is the descriptor at which a child that opens finds the file.
const batchFile = 3

// Serve is the life of a child: it locks the process in, says so, and answers
// requests until in ends. It must be called before anything of the input is
// looked at, and only in a process that does nothing else: there is no way out
// of the confinement. Standard input and output are taken away from whatever
// the engines' libraries print.
func Serve(in io.Reader, out io.Writer, e Engines) error {
	frugal()
	in, out, err := takePipes(in, out)
	if err != nil {
		return fmt.Errorf("take pipes: %w", err)
	}
	isolation, err := confine(os.Getenv("TESSDATA_PREFIX"), os.Getenv(scratchAt))
	if err != nil {
		return fmt.Errorf("lock in: %w", err)
	}
	s := &server{conn: newConn(in, out), engines: e}
	s.engines.Read.Prepare = s.prepare(e.Read.Prepare)
	if e.Read.Measure == nil {
		s.engines.Read.Measure = measure
	}
	if err := s.conn.send(reply{Is: isReady, Isolation: isolation}, nil); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for {
		var q request
		stream, err := s.conn.receive(&q, maxStream)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("receive request: %w", err)
		}
		if err := s.answer(q, stream); err != nil {
			return fmt.Errorf("answer %s: %w", q.Do, err)
		}
	}
}

// goMemory is what the Go side of a child may keep before it tidies up: a page
// of A4 in gray twice, and its words.
const goMemory = 40 << 20

// frugal keeps a child small between pages: Go gives memory back early, and C
// works on one thread and so in one arena instead of one per thread.
func frugal() {
	runtime.LockOSThread()
	debug.SetMemoryLimit(goMemory)
}

// server answers the requests of one parent.
type server struct {
	conn    *conn
	engines Engines
}

// answer does what q asks for and sends the outcome. Its error is that of the
// connection; that of an engine is an answer.
func (s *server) answer(q request, stream io.Reader) error {
	a, content, err := s.work(q, stream)
	var refusal *scanstation.Refusal
	switch {
	case errors.As(err, &refusal):
		a, content = reply{Is: isRefused, Reason: refusal.Reason}, nil
	case err != nil:
		a, content = reply{Is: isFailed, Error: err.Error()}, nil
	default:
		a.Is = isDone
	}
	return s.conn.send(a, bytes.NewReader(content))
}

func (s *server) work(q request, stream io.Reader) (a reply, content []byte, err error) {
	e := s.engines
	switch {
	case q.Do == doRead && e.Read.Barcodes != nil && e.Read.Recognise != nil:
		b, err := io.ReadAll(stream)
		if err != nil {
			return a, nil, fmt.Errorf("receive page: %w", err)
		}
		a.Reading, err = ocr.ReadPage(e.Read, q.Page, b, q.Settings)
		return a, nil, err
	case q.Do == doRender && e.Render != nil:
		b, err := io.ReadAll(stream)
		if err != nil {
			return a, nil, fmt.Errorf("receive page: %w", err)
		}
		content, err = e.Render(q.Page, b, q.Turn, q.Width)
		return a, content, err
	case q.Do == doOpen && e.Open != nil:
		f, err := theFile()
		if err != nil {
			return a, nil, err
		}
		return a, nil, e.Open(context.Background(), f, q.Open, func(p scanstation.Page, r io.Reader) error {
			return s.conn.send(reply{Is: isPage, Page: p}, r)
		})
	case q.Do == doComplete && e.Complete != nil:
		f, err := theFile()
		if err != nil {
			return a, nil, err
		}
		a.Whole, err = e.Complete(context.Background(), f)
		return a, nil, err
	case q.Do == doLift && e.Lift != nil:
		f, err := theFile()
		if err != nil {
			return a, nil, err
		}
		content, err = e.Lift(f, q.Order)
		return a, content, err
	}
	return a, nil, fmt.Errorf("this child cannot %q", q.Do)
}

// theFile is the file that the parent handed over, at its start.
func theFile() (*os.File, error) {
	syscall.CloseOnExec(batchFile)
	f := os.NewFile(batchFile, "batch file")
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("batch file: %w", err)
	}
	return f, nil
}

// prepare makes a page that cannot be decoded a refusal.
func (s *server) prepare(f func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error)) func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) {
	if f == nil {
		return func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) {
			return ocr.Prepared{}, errors.New("this child cannot decode pages")
		}
	}
	return func(page scanstation.Page, stream []byte, said *ocr.Said) (ocr.Prepared, error) {
		p, err := f(page, stream, said)
		var refusal *scanstation.Refusal
		if err != nil && !errors.As(err, &refusal) {
			err = scanstation.Refuse(scanstation.Damaged, strings.TrimSpace(err.Error()))
		}
		return p, err
	}
}

// measure runs one step and appends its cost.
func measure(steps *[]ocr.Step, name string, f func() error) error {
	cpu, wall := ownCPU(), time.Now()
	err := f()
	*steps = append(*steps, ocr.Step{Name: name, CPU: (ownCPU() - cpu).Seconds(), Wall: time.Since(wall).Seconds()})
	return err
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
