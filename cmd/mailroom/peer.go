package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailroom/cmd/mailbag/ground"
)

// peer is another program that reads pages.
type peer struct {
	program string
	args    []string // before the file
	plain   bool     // tesseract: text comes out; else a PDF is written
}

// peerReport is what a peer cost on the same files, and how it read them.
type peerReport struct {
	Command string  `json:"command"`
	CPU     float64 `json:"cpu_seconds"`
	Wall    float64 `json:"wall_seconds"`
	Ratio   float64 `json:"cpu_ratio"` // ours over theirs
	Read    reading `json:"read"`      // the pages of letters, where the truth about them is given
}

func peersOf(tesseract bool, ocrmypdf string, languages []string) (peers []peer) {
	models := strings.Join(languages, "+")
	if tesseract {
		peers = append(peers, peer{"tesseract", []string{"-l", models}, true})
	}
	if ocrmypdf != "" {
		usual := []string{"-q", "-l", models, "--jobs", "1", "--image-dpi", "300"}
		peers = append(peers, peer{program: ocrmypdf, args: usual},
			peer{program: ocrmypdf, args: append(slices.Clone(usual), "--deskew", "--clean", "--rotate-pages")})
	}
	return peers
}

// measure runs the peer, with one thread, on every file, and compares with the
// truth, if there is one, what it read on the pages of letters.
func (p peer) measure(ctx context.Context, parcels []parcel, truth *ground.Truth) (peerReport, error) {
	r := peerReport{Command: "OMP_THREAD_LIMIT=1 " + filepath.Base(p.program) + " " + strings.Join(p.args, " ")}
	start := time.Now()
	for _, parcel := range parcels {
		for _, path := range parcel.paths {
			text, cpu, err := p.read(ctx, path)
			if err != nil {
				return r, err
			}
			r.CPU += cpu
			r.Read.add(readingOf(truth, filepath.Base(path), strings.Split(text, "\f")))
		}
	}
	r.Wall = time.Since(start).Seconds()
	return r, nil
}

// read returns the text of a file with a form feed behind each page, and the
// CPU seconds that the peer took.
func (p peer) read(ctx context.Context, path string) (text string, cpu float64, err error) {
	dir, err := os.MkdirTemp("", "mailroom-peer-")
	if err != nil {
		return "", 0, err
	}
	defer os.RemoveAll(dir)
	pdf := filepath.Join(dir, "out.pdf")
	args := append(slices.Clone(p.args), path, pdf)
	if p.plain {
		if ext := strings.ToLower(filepath.Ext(path)); !slices.Contains([]string{".tif", ".tiff", ".jpg", ".jpeg", ".png"}, ext) {
			return "", 0, fmt.Errorf("tesseract does not open %s", path)
		}
		args = append([]string{path, "-"}, p.args...)
	}
	cmd := exec.CommandContext(ctx, p.program, args...)
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	out, err := cmd.Output()
	if err != nil {
		return "", 0, fmt.Errorf("%s %s: %w: %.200s", p.program, path, err, stderrOf(err))
	}
	cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if p.plain {
		return string(out), cpu, nil
	}
	out, err = exec.CommandContext(ctx, "pdftotext", pdf, "-").Output()
	return string(out), cpu, err
}

func stderrOf(err error) []byte {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.Stderr
	}
	return nil
}

// readingOf compares the pages of a file, one for each image, with what is
// typed in its letters.
func readingOf(truth *ground.Truth, file string, pages []string) (r reading) {
	if truth == nil {
		return r
	}
	for _, s := range truth.Stacks {
		if s.File != file {
			continue
		}
		for _, l := range s.Letters {
			var text []string
			for _, image := range l.Images {
				if image < len(pages) {
					text = append(text, pages[image])
				}
			}
			r.add(compare(l.Typed(), strings.Join(text, "\n")))
		}
	}
	return r
}
