package worker_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/ocr/worker"
	"mailroom/scanstation"
)

// TestMain makes this binary its own children: the first argument says which.
func TestMain(m *testing.M) {
	role := ""
	if len(os.Args) > 1 {
		role = os.Args[1]
	}
	switch role {
	case "worker":
		if err := worker.Serve(os.Stdin, os.Stdout, faulty()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "parent":
		parent()
	case "noise", "huge-head", "huge-chunk", "endless", "stranger":
		hostile(role)
	case "dies":
		fmt.Fprintln(os.Stderr, "cannot even start")
		os.Exit(3)
	default:
		os.Exit(m.Run())
	}
}

// faulty returns engines that do what the page they are given says.
func faulty() worker.Engines {
	pages := 0
	return worker.Engines{
		Read: ocr.Engines{
			Name: "faulty",
			Prepare: func(page scanstation.Page, stream []byte, _ *ocr.Said) (ocr.Prepared, error) {
				pages++
				order, _, _ := strings.Cut(string(stream), "\x00")
				text, err := act(order, pages)
				return ocr.Prepared{Width: page.Width, Height: page.Height, DPI: 300,
					Ink: ocr.Ink{Coverage: 1, Marks: 1}, Straight: []byte(text)}, err
			},
			Barcodes: func(ocr.Prepared) ([]ocr.Barcode, []ocr.Box, error) { return nil, nil, nil },
			Recognise: func(p ocr.Prepared, _ []string) ([]ocr.Word, error) {
				if string(p.Straight) == "error" {
					return nil, errors.New("language is not installed")
				}
				return []ocr.Word{{Text: string(p.Straight), Confidence: 1}}, nil
			},
		},
		Open: func(_ context.Context, f *os.File, _ scanstation.OpenSettings, keep func(scanstation.Page, io.Reader) error) error {
			b, err := io.ReadAll(f)
			if err != nil {
				return err
			}
			for i, line := range strings.Fields(string(b)) {
				if line == "broken" {
					return keep(scanstation.Page{Image: i}, io.MultiReader(strings.NewReader("half"), brokenReader{}))
				}
				text, err := act(line, i)
				if err != nil {
					return err
				}
				page := scanstation.Page{Image: i, Digest: scanstation.DigestOf([]byte(text))}
				if err := keep(page, strings.NewReader(text)); err != nil {
					return err
				}
			}
			return nil
		},
		Complete: func(_ context.Context, f *os.File) (bool, error) {
			b, err := io.ReadAll(f)
			if err == nil {
				_, err = act(strings.TrimSpace(string(b)), 0)
			}
			return bytes.HasSuffix(b, []byte("end")), err
		},
		Render: func(_ scanstation.Page, stream []byte, turn, width int) ([]byte, error) {
			text, err := act(string(stream), 0)
			return fmt.Appendf(nil, "%s %d %d", text, turn, width), err
		},
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) {
	return 0, scanstation.Refuse(scanstation.Damaged, "strip 3 breaks off")
}

// act does what an order says and returns the text of the page.
func act(order string, n int) (string, error) {
	what, value, _ := strings.Cut(order, "=")
	switch what {
	case "segfault":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		time.Sleep(time.Minute)
	case "abort":
		fmt.Fprintln(os.Stderr, "engine: Assertion `lineCount() == 1' failed.")
		_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
		time.Sleep(time.Minute)
	case "exit":
		os.Exit(7)
	case "panic":
		panic("page 7 has no size")
	case "used": // goes wrong in a child that has read before
		if n > 1 {
			os.Exit(9)
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "spin":
		for {
			n++
		}
	case "eat":
		var all [][]byte
		for {
			all = append(all, bytes.Repeat([]byte{1}, 8<<20))
			time.Sleep(2 * time.Millisecond)
		}
	case "gulp": // at once, faster than anybody watches
		b := make([]byte, 8<<30)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
	case "pid":
		return strconv.Itoa(os.Getpid()), nil
	case "env":
		return strings.Join(os.Environ(), " "), nil
	case "fds":
		return fds(), nil
	case "print":
		fmt.Println("a library that prints")
	case "dial":
		return fmt.Sprint(dial(value)), nil
	case "write":
		return fmt.Sprint(os.WriteFile(value, []byte("x"), 0o600)), nil
	case "spoil":
		if err := syscall.Ftruncate(3, 0); err != nil {
			return "cannot: " + strings.ReplaceAll(err.Error(), " ", "-"), nil
		}
		return "spoilt", nil
	case "peek":
		_, err := os.ReadFile(value)
		return fmt.Sprint(err), nil
	case "refuse":
		return "", scanstation.Refuse(scanstation.SymbolCoded, value)
	case "undecodable":
		return "", errors.New("no marker found")
	case "wait":
		d, _ := time.ParseDuration(value)
		time.Sleep(d)
	}
	return order, nil
}

func dial(address string) error {
	c, err := net.DialTimeout("tcp", address, 2*time.Second)
	if err == nil {
		c.Close()
	}
	return err
}

// fds lists the descriptors that are neither pipes nor the Go runtime's own.
func fds() string {
	var open []string
	for fd := range 64 {
		to, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
		switch {
		case err != nil, to == os.DevNull, strings.HasPrefix(to, "pipe:"),
			strings.HasPrefix(to, "anon_inode:"), strings.HasPrefix(to, "/sys/fs/cgroup/"):
		default:
			open = append(open, to)
		}
	}
	return strings.Join(open, " ")
}

// hostile is a child that an attacker has taken over.
func hostile(role string) {
	out := os.Stdout
	length := func(n uint32) { _ = binary.Write(out, binary.BigEndian, n) }
	head := func(v any) {
		b, _ := json.Marshal(v)
		length(uint32(len(b)))
		_, _ = out.Write(b)
	}
	head(map[string]any{"is": "ready"})
	length(0)
	_, _ = os.Stdin.Read(make([]byte, 1))
	switch role {
	case "noise":
		for {
			if _, err := out.Write(bytes.Repeat([]byte("noise!"), 1<<10)); err != nil {
				os.Exit(0)
			}
		}
	case "huge-head":
		length(0x7fffffff)
	case "huge-chunk":
		head(map[string]any{"is": "done"})
		length(0x7fffffff)
	case "endless":
		head(map[string]any{"is": "done"})
		for {
			length(64 << 10)
			if _, err := out.Write(make([]byte, 64<<10)); err != nil {
				os.Exit(0)
			}
		}
	case "stranger":
		head(map[string]any{"is": "page", "page": map[string]any{"image": 4711}})
		length(0)
	}
	time.Sleep(time.Hour)
}

// parent is a mailroom whose two children hang.
func parent() {
	p, err := worker.New(worker.Config{Command: []string{os.Args[0], "worker"}, Workers: 2}, slog.New(slog.DiscardHandler))
	if err != nil {
		os.Exit(1)
	}
	for range 2 {
		go func() {
			_, _ = p.Read(context.Background(), scanstation.Page{}, strings.NewReader("spin"), ocr.Settings{})
		}()
	}
	time.Sleep(time.Minute)
}
