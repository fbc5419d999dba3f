package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// benchReport is what reading some files cost. Seconds are totals over all
// images; the rates are per image.
type benchReport struct {
	Type      string              `json:"type"`
	Files     int                 `json:"files"`
	Images    int                 `json:"images"`
	Pages     int                 `json:"pages"`
	CPU       float64             `json:"cpu_seconds"` // of this process and all its children
	Wall      float64             `json:"wall_seconds"`
	CPUPer    float64             `json:"cpu_seconds_per_image"`
	PeakChild int64               `json:"peak_child_bytes"`
	PeakSelf  int64               `json:"peak_service_bytes"`
	PDFBytes  int64               `json:"pdf_bytes"`
	BytesPer  int64               `json:"pdf_bytes_per_page"`
	Steps     map[string]ocr.Step `json:"steps"`
	Peer      *benchPeer          `json:"peer,omitempty"`
}

// benchPeer is the bare engine on the same files.
type benchPeer struct {
	Command string  `json:"command"`
	CPU     float64 `json:"cpu_seconds"`
	Wall    float64 `json:"wall_seconds"`
	Ratio   float64 `json:"cpu_ratio"` // ours over theirs
}

// bench carries files down the whole line in a folder of its own and reports
// what that cost.
func bench(ctx context.Context, e env, args []string) error {
	fs := flags(e, "bench")
	config := fs.String("config", "", "configuration `file`, for languages and separators")
	asJSON := fs.Bool("json", false, "print one JSON object")
	peer := fs.Bool("peer", false, "also run the bare tesseract on the same files (TIFF, JPEG and PNG)")
	paths, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return usage("no file or folder is named")
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return usageError{err}
	}
	station := cfg.Stations[0]
	parcels, err := gather(paths, station.Batch)
	if err != nil {
		return usageError{err}
	}
	cfg.Data, err = os.MkdirTemp("", "mailroom-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cfg.Data)
	cfg.Database, cfg.Storage.S3 = "", nil
	report, err := measureLine(ctx, e, cfg, station, parcels)
	if err != nil {
		return err
	}
	if *peer {
		if report.Peer, err = measurePeer(ctx, parcels, station.Languages); err != nil {
			return err
		}
		report.Peer.Ratio = report.CPU / report.Peer.CPU
	}
	if *asJSON {
		return printJSON(e.stdout, report)
	}
	return report.print(e.stdout)
}

// stepwatch sums up what the steps of reading cost.
type stepwatch struct {
	ocr.Reader
	storage.Assembler
	mu    sync.Mutex
	steps map[string]ocr.Step
}

func (s *stepwatch) add(step ocr.Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := s.steps[step.Name]
	s.steps[step.Name] = ocr.Step{Name: step.Name, CPU: sum.CPU + step.CPU, Wall: sum.Wall + step.Wall}
}

// Read implements ocr.Reader.
func (s *stepwatch) Read(ctx context.Context, page scanstation.Page, stream io.Reader, set ocr.Settings) (ocr.Reading, error) {
	r, err := s.Reader.Read(ctx, page, stream, set)
	for _, step := range r.Steps {
		s.add(step)
	}
	return r, err
}

// Assemble implements storage.Assembler; its CPU is taken to be its wall time,
// for it computes in one goroutine.
func (s *stepwatch) Assemble(ctx context.Context, w io.Writer, v storage.Volume) ([]storage.Extent, error) {
	start := time.Now()
	extents, err := s.Assembler.Assemble(ctx, w, v)
	took := time.Since(start).Seconds()
	s.add(ocr.Step{Name: "assemble", CPU: took, Wall: took})
	return extents, err
}

func measureLine(ctx context.Context, e env, cfg Config, station scanstation.Station, parcels []parcel) (benchReport, error) {
	r := benchReport{Type: "bench", Files: len(parcels)}
	h, err := build(ctx, cfg, slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return r, err
	}
	defer h.Close()
	watch := &stepwatch{Reader: h.pool, Assembler: h.archive.Assembler, steps: map[string]ocr.Step{}}
	h.pipeline.Reader, h.archive.Assembler = watch, watch
	before, start := cpuSeconds(), time.Now()
	t := taking{house: h, station: station, operator: "bench"}
	if err := t.all(ctx, env{e.stdin, io.Discard, e.stderr}, parcels, false); err != nil && !isReview(err) {
		return r, err
	}
	r.Wall = time.Since(start).Seconds()
	if err := h.countKept(ctx, &r); err != nil {
		return r, err
	}
	r.PeakChild = h.pool.Stats().PeakRSS
	if err := h.pool.Close(); err != nil { // only children that have ended are counted
		return r, err
	}
	r.PeakChild = max(r.PeakChild, h.pool.Stats().PeakRSS)
	r.CPU, r.PeakSelf, r.Steps = cpuSeconds()-before, peakSelf(), watch.steps
	// What is left is the opening of files, the hand-over to children, queue,
	// ledger and storing, which cannot be told apart from outside.
	rest := ocr.Step{Name: "rest", CPU: r.CPU}
	for _, s := range r.Steps {
		rest.CPU -= s.CPU
	}
	r.Steps[rest.Name] = rest
	if r.Images > 0 {
		r.CPUPer = r.CPU / float64(r.Images)
	}
	if r.Pages > 0 {
		r.BytesPer = r.PDFBytes / int64(r.Pages)
	}
	return r, nil
}

func isReview(err error) bool {
	var code codeError
	return errors.As(err, &code) && code == exitReview
}

func (h *house) countKept(ctx context.Context, r *benchReport) error {
	list, err := h.archive.Batches(ctx, storage.BatchFilter{Limit: 10000})
	if err != nil {
		return err
	}
	for _, b := range list {
		r.Images += b.Images
		r.Pages += b.Pages
		docs, err := h.archive.Letters(ctx, b, false)
		if err != nil {
			return err
		}
		for _, d := range docs {
			r.PDFBytes += d.Bytes
		}
	}
	return nil
}

// measurePeer runs tesseract, with one thread, on every file that it can open.
func measurePeer(ctx context.Context, parcels []parcel, languages []string) (*benchPeer, error) {
	p := &benchPeer{Command: "OMP_THREAD_LIMIT=1 tesseract FILE - -l " + strings.Join(languages, "+")}
	start := time.Now()
	for _, parcel := range parcels {
		for _, path := range parcel.paths {
			switch strings.ToLower(filepath.Ext(path)) {
			case ".tif", ".tiff", ".jpg", ".jpeg", ".png":
			default:
				return nil, fmt.Errorf("tesseract does not open %s", path)
			}
			cmd := exec.CommandContext(ctx, "tesseract", path, "-", "-l", strings.Join(languages, "+"))
			cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
			if out, err := cmd.Output(); err != nil {
				return nil, fmt.Errorf("tesseract %s: %w (%d bytes of text)", path, err, len(out))
			}
			p.CPU += cmd.ProcessState.UserTime().Seconds() + cmd.ProcessState.SystemTime().Seconds()
		}
	}
	p.Wall = time.Since(start).Seconds()
	return p, nil
}

// cpuSeconds is the CPU time of this process and of its children that have ended.
func cpuSeconds() float64 {
	sum := 0.0
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
		}
	}
	return sum
}

func peakSelf() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss * 1024
}

func (r benchReport) print(w io.Writer) error {
	fmt.Fprintf(w, "%d files, %d images, %d pages: %.2f CPU-s and %.2f s wall in all, %.3f CPU-s an image\n",
		r.Files, r.Images, r.Pages, r.CPU, r.Wall, r.CPUPer)
	steps := slices.SortedFunc(maps.Values(r.Steps), func(a, b ocr.Step) int { return cmp.Compare(b.CPU, a.CPU) })
	for _, s := range steps {
		fmt.Fprintf(w, "  %-10s %8.3f CPU-s %8.3f s wall, %6.1f ms CPU an image\n", s.Name, s.CPU, s.Wall, 1000*s.CPU/float64(max(r.Images, 1)))
	}
	fmt.Fprintf(w, "memory: %.0f MB at most in a child, %.0f MB in the service; PDF/A: %d bytes, %d a page\n",
		float64(r.PeakChild)/1e6, float64(r.PeakSelf)/1e6, r.PDFBytes, r.BytesPer)
	if r.Peer != nil {
		fmt.Fprintf(w, "peer: %s: %.2f CPU-s; ours is %.2f times that\n", r.Peer.Command, r.Peer.CPU, r.Peer.Ratio)
	}
	return nil
}
