package main

import (
	"fmt"
	"os"

	"mailroom/ocr"
	"mailroom/ocr/barcode"
	"mailroom/ocr/tesseract"
	"mailroom/ocr/worker"
	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
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
	}
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
		Width: p.Width, Height: p.Height, DPI: p.DPI, Rotation: p.Rotation, Skew: p.Skew,
		Ink:     ocr.Ink{Coverage: p.Ink.Coverage, Marks: p.Ink.Marks},
		Quality: ocr.Quality(p.Quality),
		Gray:    ocr.Raster{Width: p.Gray.Width, Height: p.Gray.Height, Pix: p.Gray.Pix},
		Bilevel: p.Bilevel,
	}
	for _, r := range p.Regions {
		out.Regions = append(out.Regions, ocr.Box(r))
	}
	return out, nil
}
