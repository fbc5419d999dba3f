package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// TestPaperPictureCountsEveryOriginalOnce holds the picture against the
// originals themselves, read one by one.
func TestPaperPictureCountsEveryOriginalOnce(t *testing.T) {
	o := office{desktest.Open(t)}
	o.Fill()
	o.Papers(2000)
	p, err := o.PaperPicture(t.Context(), o.Who("auditor"))
	if err != nil {
		t.Fatal(err)
	}
	due := map[scanstation.Date]int{}
	present := 0
	o.eachOriginal(t, func(one storage.Original) {
		if one.State.InHouse() {
			present++
			due[one.DueOn]++
		}
	})
	sum, ages := 0, 0
	for _, d := range append([]desk.PaperDay{p.Earlier, p.Later}, p.Days...) {
		n := d.Total() - d.N[desk.PaperDestroyed]
		sum += n
		if d.Day > p.Days[0].Day && d.Day < p.Today.Plus(30) && n != due[d.Day] {
			t.Errorf("on %s %d are due; want %d", d.Day, n, due[d.Day])
		}
	}
	for _, a := range p.Ages {
		ages += a.N
	}
	if sum != present || p.Total != present || ages != present {
		t.Errorf("%d in the columns, %d in all, %d by age; there are %d", sum, p.Total, ages, present)
	}
	boxes := 0
	for _, b := range p.Boxes {
		boxes += b.N
	}
	if boxes != present || len(p.Reasons) != 1 || p.Reasons[0].Code != storage.AgainstReceipt {
		t.Errorf("%d in boxes, reasons %v", boxes, p.Reasons)
	}
	for _, d := range p.Days {
		n := 0
		for _, g := range desk.PaperGroups() {
			if g == desk.PaperDestroyed {
				continue
			}
			l, err := o.PaperOn(t.Context(), o.Who("auditor"), d.Day, g, storage.PaperLine{})
			if err != nil || len(l.Lines) != d.N[g] {
				t.Errorf("%s of %s: %d letters, %v; the column says %d", g, d.Day, len(l.Lines), err, d.N[g])
			}
			n += len(l.Lines)
		}
		if n > 0 && n != d.Total()-d.N[desk.PaperDestroyed] {
			t.Errorf("%s: %d letters, %d counted", d.Day, n, d.Total())
		}
	}
}

// TestHeadsSeeThePaperOfTheirDepartment: of others they get neither numbers nor letters.
func TestHeadsSeeThePaperOfTheirDepartment(t *testing.T) {
	o := office{desktest.Open(t)}
	o.Fill()
	own, foreign := 0, 0
	o.eachOriginal(t, func(one storage.Original) {
		if d, err := o.Archive.Document(t.Context(), one.Document); err == nil && d.Department == "wohngeld" {
			own++
		} else {
			foreign++
		}
	})
	p, err := o.PaperPicture(t.Context(), o.Who("head-wohngeld"))
	if err != nil || p.Total != own || own == 0 || foreign == 0 || p.House {
		t.Fatalf("%d originals, %v; want %d of their own, not the %d others", p.Total, err, own, foreign)
	}
	for _, d := range p.Days {
		l, err := o.PaperOn(t.Context(), o.Who("head-wohngeld"), d.Day, "", storage.PaperLine{})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range l.Lines {
			if line.Department != "wohngeld" {
				t.Errorf("the head of Wohngeld sees %s", line.Document)
			}
		}
	}
	if _, err := o.PaperPicture(t.Context(), o.Who("worker-wohngeld")); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a worker gets the picture: %v", err)
	}
}

// TestPaperIsJudgedAnew: what stands against a destruction is counted after the
// next judgement, and again once it is gone.
func TestPaperIsJudgedAnew(t *testing.T) {
	o := office{desktest.Open(t)}
	filled := o.Fill()
	for n := 1; n > 0; {
		var err error
		if n, err = o.Archive.JudgePaper(t.Context(), o.Clock.Now(), "", 3); err != nil {
			t.Fatal(err)
		}
	}
	lines := o.paperLines(t, storage.PaperFilter{Against: storage.AgainstDocument})
	if len(lines) == 0 {
		t.Fatal("nothing is against the destruction of letters that nobody has worked on")
	}
	for _, l := range lines {
		if l.Document.Batch() == filled.Parked {
			t.Errorf("%s is judged, though it never was a letter", l.Document)
		}
		for _, code := range l.Against {
			if code == storage.AgainstDay {
				t.Errorf("%s: the period is counted as a reason", l.Document)
			}
		}
	}
	o.Clock.Time = o.Clock.Time.Add(time.Hour)
	if n, err := o.Archive.JudgePaper(t.Context(), o.Clock.Now().Add(-time.Minute), "", 100); err != nil || n == 0 {
		t.Errorf("an hour later %d are judged anew, %v", n, err)
	}
}

func (o office) paperLines(t *testing.T, f storage.PaperFilter) (out []storage.PaperLine) {
	t.Helper()
	err := o.Archive.View(context.Background(), func(tx storage.Tx) (err error) {
		out, err = o.Archive.Ledger.PaperLines(context.Background(), tx, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// office is the small office with what these tests ask of it.
type office struct{ *desktest.Office }

func (o office) eachOriginal(t *testing.T, f func(storage.Original)) {
	t.Helper()
	err := o.Archive.View(context.Background(), func(tx storage.Tx) error {
		list, err := o.Archive.Ledger.Originals(context.Background(), tx, storage.OriginalFilter{Limit: 200_000})
		for _, one := range list {
			f(one)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
