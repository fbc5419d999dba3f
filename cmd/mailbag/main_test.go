package main

import (
	"io"
	"reflect"
	"strings"
	"testing"

	"mailroom/cmd/mailbag/bag"
)

func TestFlagsBecomeAConfiguration(t *testing.T) {
	got, err := parse(strings.Fields("-o out -seed 9 -letters 4 -per-stack 2 -strength 2 -dpi 400 -layouts final -formats tiff-g4,jpeg@200 -duplex 1"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := bag.Config{Out: "out", Seed: 9, Letters: 4, PerStack: 2, Strength: 2, DPI: 400, Layouts: "final",
		Formats: []string{"tiff-g4", "jpeg@200"}, Duplex: 1}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("parse = %+v, want %+v", got, want)
	}
}

func TestSampleIsWhatTheDocumentedFlagsMake(t *testing.T) {
	got, err := parse(strings.Fields("-o d -seed 39 -letters 12 -per-stack 3 -strength 1 -duplex 0.7 -formats tiff-g4,png-bit,tiff-jpeg@200,pdf-text,tiff-g4,pdf-g4"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want, err := parse([]string{"-sample", "d"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want.Layouts = got.Layouts // left to its default there
	if !reflect.DeepEqual(got, want) {
		t.Errorf("documented flags give %+v, -sample %+v", got, want)
	}
}
