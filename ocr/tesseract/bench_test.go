package tesseract_test

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailroom/ocr/tesseract"
)

// BenchmarkRecognise reads a full page and reports its CPU beside that of the
// tesseract program on the same image, turn by turn on the same machine.
func BenchmarkRecognise(b *testing.B) {
	program := need(b, "tesseract")
	p, path := page(b, strings.TrimSpace(strings.Repeat(letter+"\n", 16)))
	var e tesseract.Engine
	defer e.Close()
	if _, err := e.Recognise(p, []string{"deu"}); err != nil { // loads the models
		b.Fatal(err)
	}
	var own, theirs time.Duration
	for b.Loop() {
		before := cpu(b)
		if _, err := e.Recognise(p, []string{"deu"}); err != nil {
			b.Fatal(err)
		}
		own += cpu(b) - before
		cmd := exec.Command(program, path, "-", "-l", "deu", "--psm", "3", "--dpi", "300")
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		theirs += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	b.ReportMetric(own.Seconds()/float64(b.N), "cpu-s/page")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "cli-cpu-s/page")
	b.ReportMetric(own.Seconds()/theirs.Seconds(), "of-cli")
}

// cpu is the time this process has spent so far.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
