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
	"slices"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"mailroom/cmd/mailbag/ground"
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
	Peer      *peerReport         `json:"peer,omitempty"`  // the bare engine
	Peers     []peerReport        `json:"peers,omitempty"` // OCRmyPDF
	Truth     *verdict            `json:"truth,omitempty"`
	arrived   []arrival
}

// bench carries files down the whole line in a folder of its own and reports
// what that cost.
func bench(ctx context.Context, e env, args []string) error {
	fs := flags(e, "bench")
	config := fs.String("config", "", "configuration `file`, for languages and separators")
	asJSON := fs.Bool("json", false, "print one JSON object")
	peer := fs.Bool("peer", false, "also run the bare tesseract on the same files (TIFF, JPEG and PNG)")
	program := fs.String("ocrmypdf", "", "also run this `program`, OCRmyPDF, in two settings on the same files")
	known := fs.String("truth", "", "truth.json `file` about the mail: also report how right it was read")
	rounds := fs.Int("rounds", 1, "how often everything is run; what is reported is the median")
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
	cfg.Database, cfg.Storage.S3 = "", nil
	b := bencher{env: e, cfg: cfg, station: station, parcels: parcels, peers: peersOf(*peer, *program, station.Languages)}
	if *known != "" {
		truth, err := ground.Read(*known)
		if err != nil {
			return usageError{err}
		}
		b.truth = &truth
	}
	report, err := b.run(ctx, max(*rounds, 1))
	if err != nil {
		return err
	}
	if *asJSON {
		return printJSON(e.stdout, report)
	}
	return report.print(e.stdout)
}

// bencher measures the line and its peers on the same files.
type bencher struct {
	env
	cfg     Config
	station scanstation.Station
	parcels []parcel
	peers   []peer
	truth   *ground.Truth
}

// run measures everything in turn, as often as said, and returns for each the
// round that took the median of CPU time.
func (b bencher) run(ctx context.Context, rounds int) (report benchReport, err error) {
	var ours []benchReport
	theirs := make([][]peerReport, len(b.peers))
	for range rounds {
		r, err := b.once(ctx)
		if err != nil {
			return report, err
		}
		ours = append(ours, r)
		for i, p := range b.peers {
			r, err := p.measure(ctx, b.parcels, b.truth)
			if err != nil {
				return report, err
			}
			theirs[i] = append(theirs[i], r)
		}
	}
	report = median(ours, func(r benchReport) float64 { return r.CPU })
	for i, p := range b.peers {
		r := median(theirs[i], func(r peerReport) float64 { return r.CPU })
		r.Ratio = report.CPU / r.CPU
		if p.plain {
			report.Peer = &r
		} else {
			report.Peers = append(report.Peers, r)
		}
	}
	return report, nil
}

func median[T any](all []T, of func(T) float64) T {
	slices.SortFunc(all, func(a, b T) int { return cmp.Compare(of(a), of(b)) })
	return all[len(all)/2]
}

// once carries the files down the line in a folder of its own.
func (b bencher) once(ctx context.Context) (report benchReport, err error) {
	if b.cfg.Data, err = os.MkdirTemp("", "mailroom-bench-"); err != nil {
		return report, err
	}
	defer os.RemoveAll(b.cfg.Data)
	if report, err = measureLine(ctx, b.env, b.cfg, b.station, b.parcels); err != nil || b.truth == nil {
		return report, err
	}
	v := judge(*b.truth, report.arrived)
	report.Truth = &v
	return report, nil
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

// countKept adds up what the line kept, and remembers what arrived.
func (h *house) countKept(ctx context.Context, r *benchReport) error {
	list, err := h.archive.Batches(ctx, storage.BatchFilter{Limit: 10000})
	if err != nil {
		return err
	}
	for _, b := range list {
		a, err := h.arrivalOf(ctx, b)
		if err != nil {
			return err
		}
		r.Images += b.Images
		r.Pages += b.Pages
		for _, d := range a.letters {
			r.PDFBytes += d.Bytes
		}
		r.arrived = append(r.arrived, a)
	}
	return nil
}

func (h *house) arrivalOf(ctx context.Context, b storage.Batch) (arrival, error) {
	a := arrival{batch: lineOfBatch(b)}
	docs, err := h.archive.Letters(ctx, b, true)
	if err != nil {
		return a, err
	}
	for _, d := range docs {
		decision, err := h.decision(ctx, d.ID)
		if err != nil {
			return a, err
		}
		line, err := h.lineOfDocument(ctx, b, d, decision)
		if err != nil {
			return a, err
		}
		a.letters = append(a.letters, line)
	}
	images, err := h.archive.Images(ctx, storage.ImageFilter{Batch: b.ID})
	for _, img := range images {
		a.fates = append(a.fates, img.Fate)
	}
	return a, err
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
	for _, p := range r.peers() {
		fmt.Fprintf(w, "peer: %s: %.2f CPU-s; ours is %.2f times that\n", p.Command, p.CPU, p.Ratio)
	}
	if r.Truth == nil {
		return nil
	}
	return r.printTruth(w)
}

func (r *benchReport) peers() []peerReport {
	if r.Peer == nil {
		return r.Peers
	}
	return append([]peerReport{*r.Peer}, r.Peers...)
}

// printTruth prints how right the mail was read, a line for each class of letter.
func (r *benchReport) printTruth(w io.Writer) error {
	v := r.Truth
	fmt.Fprintf(w, "strength %d: %d of %d stacks exact, %d of the others released; %d of %d images accounted for\n", v.Strength, v.Exact, v.Stacks, v.Unnoticed, v.Accounted, v.Images)
	fmt.Fprintf(w, "blank: %d of %d found (%s), %d pages taken for blank (precision %s)\n", v.Found, v.Blanks, percent(v.Found, v.Blanks), v.Lost, percent(v.Found, v.Found+v.Lost))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "class\tletters\tcut\tnumber recall\tprecision\twrong\tno number\tdepartment\treview\tcodes\tCER\tordered\t")
	for _, class := range slices.Sorted(maps.Keys(v.Classes)) {
		v.Classes[class].print(t, class)
	}
	sum := v.sum()
	sum.print(t, "all")
	if err := t.Flush(); err != nil {
		return err
	}
	for _, p := range r.peers() {
		fmt.Fprintf(w, "%s: CER %s, ordered %s\n", p.Command, percent(p.Read.Bag, p.Read.Chars), percent(p.Read.Ordered, p.Read.Chars))
	}
	for _, f := range v.faults {
		fmt.Fprintln(w, " ", f)
	}
	return nil
}

func (t *counted) print(w io.Writer, class string) {
	fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%d\t%s\t%s\t%d\t%s\t%s\t%s\t\n", class, t.Letters, percent(t.Cut, t.Letters),
		percent(t.Routed, t.Known), percent(t.Routed, t.Routed+t.Wrong), t.Wrong, percent(t.FreshRight, t.Fresh),
		percent(t.Departments, t.Letters), t.Review, percent(t.CodesRead, t.Codes), percent(t.Bag, t.Chars), percent(t.Ordered, t.Chars))
}

func percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f %%", 100*float64(part)/float64(whole))
}
