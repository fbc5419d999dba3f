package main

import (
	"math/rand/v2"
	"testing"
	"time"

	"mailroom/cmd/mailbag/bag"
	"mailroom/cmd/mailbag/cases"
	"mailroom/cmd/mailbag/letter"
	"mailroom/cmd/mailbag/paper"
)

// codeCPU is what reading the codes of a plain page may cost on average. The test
// that a few letters make of it in CI says nothing, for others run beside it.
const codeCPU = 35 * time.Millisecond

// No code is read on letters that bear none, whichever way they lie, gray or
// bilevel.
func TestPlainLettersHaveNoCodes(t *testing.T) {
	press, r, y := newPrinter(t), rand.New(rand.NewPCG(9, codeSeed)), newCodeTally()
	fonts, err := paper.OpenFonts("/usr/share/fonts/truetype")
	if err != nil {
		t.Fatal(err)
	}
	writer, register := letter.NewWriter(fonts), bag.Register(codeSeed, 500)
	layouts, offices := letter.NewDeck(r, letter.Layouts(letter.Final)...), letter.NewDeck(r, cases.Departments()...)
	for n := range plainLetters {
		l, err := writer.Write(r, letter.Spec{
			Set: letter.Final, Class: letter.YourSign, Layout: layouts.Deal(), Case: register.Pick(r, offices.Deal().ID),
			Date: time.Date(2026, 5, 1+n%28, 0, 0, 0, 0, time.UTC), Pages: 1 + n%2, Stamp: n%3 > 0,
		})
		if err != nil {
			t.Fatal(err)
		}
		page := l.Pages[n%len(l.Pages)]
		if len(page.Codes()) > 0 {
			continue
		}
		c, err := press.painter.Paint(page, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range y.codesOn(t, c.Turn(90*(n/2%4)), r, 6*r.Float64()-3, n%2 == 1) {
			t.Errorf("letter %d: read %s %q at %v, which is not there", n, code.Format, code.Text, code.Box)
		}
	}
	each := y.took / time.Duration(max(y.pages, 1))
	t.Logf("%d pages, %.1f ms CPU each for codes, %.1f to prepare", y.pages, 1e3*each.Seconds(), 1e3*y.prepared.Seconds()/float64(y.pages))
	if y.pages < plainLetters/2 {
		t.Errorf("only %d of %d letters are plain", y.pages, plainLetters)
	}
	if plainLetters >= 1000 && each > codeCPU {
		t.Errorf("%s a page; want %s at most", each, codeCPU)
	}
}
