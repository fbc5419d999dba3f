package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"mailroom/ocr"
	"mailroom/ocr/barcode"
	"mailroom/ocr/tesseract"
	"mailroom/ocr/worker"
	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// work is the life of a child process: it hands the engines in and serves its
// parent until that hangs up.
func work() int {
	if err := worker.Serve(os.Stdin, os.Stdout, engines()); err != nil {
		fmt.Fprintln(os.Stderr, "mailroom worker:", err)
		return exitFailed
	}
	return exitDone
}

// engines wires the decoders and engines for a child.
func engines() worker.Engines {
	text := &tesseract.Engine{}
	return worker.Engines{
		Read: ocr.Engines{
			Prepare:   prepare,
			Barcodes:  barcode.Read,
			Recognise: text.Recognise,
			Name:      text.Version() + ", zxing-cpp",
		},
		Open:     imaging.Open,
		Complete: imaging.Complete,
		Render:   imaging.Render,
		Lift:     liftIn,
	}
}

// liftIn takes a PDF over, in a child.
func liftIn(f *os.File, order []byte) ([]byte, error) {
	var l storage.Lifting
	if err := json.Unmarshal(order, &l); err != nil {
		return nil, fmt.Errorf("read order: %w", err)
	}
	read, sheets, err := imaging.Sheets(f, scanstation.Limits{})
	if err != nil {
		return nil, err
	}
	source := pdfa.Source{Context: read}
	for _, s := range sheets {
		source.Sheets = append(source.Sheets, pdfa.SourceSheet(s))
	}
	return pdfa.Lift(source, l)
}

// lifter has a child take a PDF over.
type lifter struct{ pool *worker.Pool }

func (l lifter) Lift(ctx context.Context, f *os.File, what storage.Lifting) ([]byte, error) {
	order, err := json.Marshal(what)
	if err != nil {
		return nil, fmt.Errorf("write order: %w", err)
	}
	return l.pool.Lift(ctx, f, order)
}

// prepare puts imaging's view of a page into the words of ocr: the rooms lie
// one behind the other, so neither can know the other's.
func prepare(page scanstation.Page, stream []byte, said *ocr.Said) (ocr.Prepared, error) {
	var p imaging.Prepared
	var err error
	if said != nil {
		p, err = imaging.PrepareTurned(page, stream, said.Rotation)
	} else {
		p, err = imaging.Prepare(page, stream)
	}
	if err != nil {
		return ocr.Prepared{}, err
	}
	out := ocr.Prepared{
		Reduction: p.Reduction, Width: p.Width, Height: p.Height, DPI: p.DPI, Rotation: p.Rotation, Skew: p.Skew,
		Ink:      ocr.Ink{Coverage: p.Ink.Coverage, Marks: p.Ink.Marks},
		Quality:  ocr.Quality(p.Quality),
		Gray:     ocr.Raster{Width: p.Gray.Width, Height: p.Gray.Height, Pix: p.Gray.Pix},
		Straight: p.Straight,
	}
	for _, r := range p.Regions {
		out.Regions = append(out.Regions, ocr.Box(r))
	}
	return out, nil
}
