package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"mailroom/cmd/mailbag/bag"
	"mailroom/cmd/mailbag/stack"
)

// BenchmarkLine carries upright A4 pages down the whole line and reports what
// a page costs in CPU-seconds, and how often what the bare engine costs on the
// same pages.
func BenchmarkLine(b *testing.B) {
	if _, err := exec.LookPath("tesseract"); err != nil {
		without(b, "tesseract (Debian package tesseract-ocr)")
	}
	for name, format := range map[string]stack.Format{"gray": stack.PNG, "colour": stack.JPEG, "bitonal": stack.PNGBit} {
		b.Run(name, func(b *testing.B) { benchmarkPages(b, format) })
	}
}

func benchmarkPages(b *testing.B, format stack.Format) {
	b.Setenv("OMP_THREAD_LIMIT", "1")
	dir := b.TempDir()
	truth, err := bag.Generate(b.Context(), bag.Config{Out: dir, Seed: 4, Letters: 6, PerStack: 1, Strength: 0, Formats: []string{string(format)}})
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range truth.Stacks {
		if len(s.Images) != 1 || s.Images[0].Rotation != 0 {
			b.Fatalf("%s is not one upright page", s.File)
		}
	}
	cfg, err := loadConfig(filepath.Join(dir, "mailroom.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	parcels, err := gather([]string{filepath.Join(dir, "mail")}, "file")
	if err != nil {
		b.Fatal(err)
	}
	var ours, theirs float64
	pages := 0
	for b.Loop() {
		cfg.Data = b.TempDir()
		r, err := measureLine(b.Context(), env{stderr: b.Output()}, cfg, cfg.Stations[0], parcels)
		if err != nil {
			b.Fatal(err)
		}
		peer, err := peersOf(true, "", cfg.Stations[0].Languages)[0].measure(b.Context(), parcels, nil)
		if err != nil {
			b.Fatal(err)
		}
		if r.Pages != len(parcels) {
			b.Fatalf("%d pages of %d were read", r.Pages, len(parcels))
		}
		ours, theirs, pages = ours+r.CPU, theirs+peer.CPU, pages+r.Pages
	}
	b.ReportMetric(ours/float64(pages), "cpu-s/page")
	b.ReportMetric(theirs/float64(pages), "peer-cpu-s/page")
	b.ReportMetric(ours/theirs, "ratio")
}
