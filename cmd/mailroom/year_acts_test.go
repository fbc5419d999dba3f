package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// classOf draws the class of a stack.
func (y *year) classOf() storage.Class {
	id := "normal"
	switch n := y.r.IntN(100); {
	case n < 6:
		id = "high"
	case n < 8:
		id = "certificate"
	case n < 10:
		id = "pzu"
	case n < 14:
		id = "return"
	}
	class, _ := y.Archive.Classes.Find(id)
	return class
}

// receive takes the day's letters in, ten to a stack, and gives them to a
// worker.
func (y *year) receive() {
	ctx := context.Background()
	y.box = y.makeBox(storage.DailyBox, "scan-1")
	for range yearLetters / 10 {
		class := y.classOf()
		id, stack := y.Put(lettersOf(class.ID, y.today())), &yearStack{}
		for n := 1; n <= 10; n++ {
			p := &original{id: storage.NewDocumentID(id, n), class: class, box: y.box, scanned: y.today(), fileOn: y.fileOn(), stack: stack}
			y.must(y.Assign(ctx, y.head, p.id, "wohngeld-2", ""))
			y.papers[p.id], y.here = p, append(y.here, p)
			y.said.received++
		}
		y.drawn(id, stack)
	}
}

func lettersOf(class string, day scanstation.Date) desktest.Stack {
	s := desktest.Stack{
		Name: "post.tif", Class: class, Received: day, Operator: "Sabine Scholz",
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	}
	for n := range 10 {
		if n > 0 {
			s.Sheets = append(s.Sheets, desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true})
		}
		s.Sheets = append(s.Sheets, desktest.Sheet{Lines: []string{"Ihr Zeichen: WG-2023-004711"}})
	}
	return s
}

// drawn has the letters checked that were drawn of a stack, days later.
func (y *year) drawn(id scanstation.BatchID, stack *yearStack) {
	var draws []storage.Draw
	y.must(y.Archive.View(context.Background(), func(tx storage.Tx) (err error) {
		draws, err = y.Archive.Ledger.Draws(context.Background(), tx, storage.DrawFilter{Batch: id})
		return err
	}))
	for _, d := range draws {
		for _, c := range d.Checks {
			stack.unchecked++
			y.said.drawn++
			y.later(1+y.r.IntN(30), func() { y.check(c.Document, stack, y.r.IntN(10) == 0) })
		}
	}
}

// check looks at a drawn letter. A defect has it scanned again, and then it is
// looked at once more.
func (y *year) check(id storage.DocumentID, stack *yearStack, defect bool) {
	ctx := context.Background()
	doc, err := y.Archive.Document(ctx, id)
	y.must(err)
	j := storage.Judgement{Document: id, Version: doc.Version, Page: 1, By: "c-check", Name: "Anna Vogt"}
	if defect {
		j.Defect = storage.Unreadable
	}
	c, err := y.Archive.Judge(ctx, j)
	y.must(err)
	if want := map[bool]storage.CheckState{true: storage.CheckFailed, false: storage.CheckPassed}[defect]; c.State != want {
		y.t.Fatalf("%s: the check of %s is %s, want %s: %+v", y.today(), id, c.State, want, c)
	}
	y.must(y.Archive.Attest(ctx, id.Batch()))
	p := y.papers[id]
	if p.failed = defect; !defect {
		stack.unchecked--
		return
	}
	y.said.defects++
	asked, err := y.Archive.MendCheck(ctx, id, "c-check")
	y.must(err)
	y.later(3, func() {
		for _, r := range asked {
			y.must(y.Archive.AnswerRescan(ctx, r.ID, storage.Said{Words: "ist lesbar", By: "c-scan"}))
		}
		y.check(id, stack, false)
	})
}

// putBack puts what was set aside and has nothing against it any more into the
// box of the day, as much as there is room for.
func (y *year) putBack() {
	room := 500
	for _, p := range y.here {
		if p.aside && p.gone == "" && !p.held && !p.recalled && room > 0 {
			room--
			_, err := y.Archive.PutLetter(context.Background(), p.id, y.box, "c-scan")
			y.must(err)
			p.aside, p.box = false, y.box
		}
	}
}

// fileOn draws when a letter is filed: soon, late, or in years.
func (y *year) fileOn() scanstation.Date {
	switch n := y.r.IntN(100); {
	case n < 1:
		return y.today().Plus(3650)
	case n < 6:
		return y.today().Plus(15 + y.r.IntN(30))
	}
	return y.today().Plus(1 + y.r.IntN(5))
}

// file takes letters into their files. In every sixth week the worker is away.
func (y *year) file() {
	if day, err := y.today().Time(); err != nil || day.YearDay()/7%6 == 5 {
		return
	}
	for _, p := range y.here {
		if p.filed == "" && p.gone == "" && !p.failed && p.fileOn <= y.today() {
			if err := y.File(context.Background(), y.worker, p.id, "WG-2023-004711"); err != nil {
				y.t.Fatalf("%s: file %+v: %v", y.today(), p, err)
			}
			p.filed = y.today()
			y.said.filed++
		}
	}
}

// any draws a paper that is here and may be drawn.
func (y *year) any(may func(*original) bool) *original {
	for range 50 {
		if p := y.here[y.r.IntN(len(y.here))]; p.gone == "" && may(p) {
			return p
		}
	}
	return nil
}

// hold sets a hold on a paper, wherever it lies, which is released weeks later.
func (y *year) hold(p *original) {
	ctx := context.Background()
	if p == nil {
		return
	}
	y.said.held++
	id := storage.HoldID(fmt.Sprintf("H-%06d", y.said.held))
	y.must(y.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := y.Archive.SetHold(ctx, tx, storage.Hold{ID: id, Kind: storage.HoldDocument, Reason: "Klage", By: "c-records"}, []storage.DocumentID{p.id})
		return err
	}))
	p.held = true
	y.later(20+y.r.IntN(30), func() {
		y.must(y.Archive.Do(ctx, func(tx storage.Tx) error {
			_, err := y.Archive.ReleaseHold(ctx, tx, id, "c-records", "erledigt")
			return err
		}))
		p.held = false
	})
}

// recall asks for a paper, which is back days later.
func (y *year) recall(p *original) {
	ctx := context.Background()
	if p == nil {
		return
	}
	y.said.recalled++
	var r storage.Recall
	y.must(y.Archive.Do(ctx, func(tx storage.Tx) (err error) {
		r, err = y.Archive.AskRecall(ctx, tx, p.id, "Original wird gebraucht", "c-worker")
		return err
	}))
	p.recalled = true
	days := 0
	for _, to := range []storage.RecallState{storage.RecallFound, storage.RecallOut, storage.RecallBack} {
		days += 1 + y.r.IntN(4)
		y.later(days, func() {
			y.must(y.Archive.Do(ctx, func(tx storage.Tx) error {
				_, err := y.Archive.Recall(ctx, tx, r.ID, to, "Jens Krüger", "c-scan")
				return err
			}))
			p.recalled = to != storage.RecallBack
		})
	}
}

// lose records that a paper is lost.
func (y *year) lose(p *original) {
	ctx := context.Background()
	if p == nil {
		return
	}
	y.said.lost++
	y.must(y.Archive.Do(ctx, func(tx storage.Tx) error {
		i := storage.Incident{Kind: storage.HappenedLost, Document: p.id, On: y.today(), Words: "liegt nicht im Karton", Noted: storage.Signed{By: "c-scan"}}
		_, err := y.Archive.Happen(ctx, tx, i)
		return err
	}))
	p.gone = storage.Lost
}

// mishaps is what else happens on a day.
func (y *year) mishaps() {
	quiet := func(p *original) bool {
		return !p.held && !p.recalled && p.gone == "" && p.list == "" && p.stack.unchecked == 0
	}
	if y.r.IntN(2) == 0 {
		y.hold(y.any(quiet))
	}
	if y.r.IntN(2) == 0 {
		y.recall(y.any(quiet))
	}
	if y.r.IntN(10) == 0 {
		y.lose(y.any(quiet))
	}
}

// giveBack sends paper back that goes back, a week after it came.
func (y *year) giveBack() {
	ctx := context.Background()
	for _, p := range y.here {
		if p.class.Fate != storage.FateReturn || p.gone != "" || p.held || p.recalled || p.stack.unchecked > 0 || p.scanned.Plus(7) > y.today() {
			continue
		}
		r := storage.Return{Document: p.id, To: []string{"Otto Krämer", "Lindenweg 12", "12345 Musterstadt"}, Written: storage.Signed{By: "c-scan"}}
		_, err := y.Archive.WriteReturn(ctx, r, func(w io.Writer, r storage.Return) error {
			_, err := fmt.Fprintf(w, "%s: %s", r.Document, r.To)
			return err
		})
		y.must(err)
		sent := storage.Return{Carrier: "Post", Tracking: "RR 1", SentOn: y.today(), Sent: storage.Signed{By: "c-scan"}}
		_, err = y.Archive.SendReturn(ctx, p.id, sent)
		y.must(err)
		p.gone = storage.SentBack
		y.said.returned++
	}
}

// dispose lists every box that has something to destroy, has it approved by
// another person, and two put it into the container. In between things happen
// to some of its letters.
func (y *year) dispose() {
	ctx := context.Background()
	var boxes []scanstation.BoxID
	for _, p := range y.here {
		if len(p.against(y.today())) == 0 && p.list == "" && !slices.Contains(boxes, p.box) {
			boxes = append(boxes, p.box)
		}
	}
	for _, box := range boxes {
		var d storage.Disposal
		err := y.Archive.Do(ctx, func(tx storage.Tx) error {
			items, _, err := y.Archive.Survey(ctx, tx, box, false)
			y.agree(items)
			if err == nil {
				d, err = y.Archive.ProposeDisposal(ctx, tx, box, storage.Mark(items), storage.Signed{By: "c-scan"})
			}
			return err
		})
		y.must(err)
		l := &list{box: box, proposed: "c-scan"}
		y.lists[d.ID] = l
		y.said.lists++
		y.take(l, d.ID)
		y.disturb(l)
		if y.sign(l, d.ID) {
			y.sealed = append(y.sealed, d.ID)
		}
	}
}

// agree wants the archive to have reasons where the model has some, and only
// there.
func (y *year) agree(items []storage.Item) {
	for _, i := range items {
		if why := y.papers[i.Document].against(y.today()); (len(why) > 0) != i.Pulled {
			y.t.Fatalf("%s: against %s are %v, want %v", y.today(), i.Document, i.Reasons, why)
		}
	}
}

// take notes which letters are on a list, none of which may have anything
// against it.
func (y *year) take(l *list, id storage.DisposalID) {
	for _, i := range y.items(id) {
		if i.Pulled {
			continue
		}
		p := y.papers[i.Document]
		if why := p.against(y.today()); len(why) > 0 {
			y.t.Errorf("%s: %s is on list %s, but %v", y.today(), p.id, id, why)
		}
		p.list, l.letters = id, append(l.letters, p)
	}
}

func (y *year) items(id storage.DisposalID) (items []storage.Item) {
	y.must(y.Archive.View(context.Background(), func(tx storage.Tx) (err error) {
		items, err = y.Archive.Ledger.Items(context.Background(), tx, storage.ItemFilter{Disposal: id})
		return err
	}))
	return items
}

// disturb lets something happen to a letter of a list.
func (y *year) disturb(l *list) {
	p := l.letters[y.r.IntN(len(l.letters))]
	switch y.r.IntN(4) {
	case 0:
		y.hold(p)
	case 1:
		y.recall(p)
	}
}

// sign carries a list from its approval into the container. It says whether
// there was anything left of it.
func (y *year) sign(l *list, id storage.DisposalID) bool {
	ctx := context.Background()
	everything := func(storage.Item) bool { return true }
	for range 6 {
		d := y.list(id)
		var changed bool
		err := y.Archive.Do(ctx, func(tx storage.Tx) (err error) {
			switch {
			case d.State == storage.ListProposed:
				l.approved = "c-records"
				_, changed, err = y.Archive.ApproveDisposal(ctx, tx, id, d.Version, storage.Signed{By: l.approved}, everything)
			case d.Sealing == nil:
				l.first = "c-scan"
				_, changed, err = y.Archive.SignContainer(ctx, tx, id, d.Version, storage.Sealing{Container: "C-7", PulledTo: y.aside}, storage.Signed{By: l.first})
			default:
				l.second = "c-records"
				_, changed, err = y.Archive.SignContainer(ctx, tx, id, d.Version, storage.Sealing{Container: "C-7"}, storage.Signed{By: l.second})
			}
			return err
		})
		y.must(err)
		y.drop(l, id)
		switch d := y.list(id); {
		case d.State == storage.ListWithdrawn:
			return false
		case d.State == storage.ListSealed:
			return true
		case !changed && d.State == storage.ListApproved && d.Sealing == nil && len(l.letters) > 0:
			y.disturb(l)
		}
	}
	y.t.Errorf("list %s is never sealed: %+v", id, y.list(id))
	return false
}

// drop notes which letters fell off a list, each of which must have a reason in
// the model as well; and what stays must have none.
func (y *year) drop(l *list, id storage.DisposalID) {
	l.letters = nil
	for _, i := range y.items(id) {
		p := y.papers[i.Document]
		switch why := p.against(y.today()); {
		case i.Pulled && p.list == id:
			p.list = ""
			y.said.fell++
			if len(why) == 0 && y.list(id).State != storage.ListWithdrawn {
				y.t.Errorf("%s: %s fell off list %s for %v", y.today(), p.id, id, i.Reasons)
			}
		case !i.Pulled:
			l.letters = append(l.letters, p)
			if len(why) > 0 && y.list(id).State == storage.ListSealed {
				y.t.Errorf("%s: %s went into the container, but %v", y.today(), p.id, why)
			}
		}
		if i.Pulled && y.list(id).Sealing != nil && p.gone == "" {
			p.box, p.aside = y.aside, true
		}
	}
}

func (y *year) list(id storage.DisposalID) storage.Disposal {
	var found []storage.Disposal
	y.must(y.Archive.View(context.Background(), func(tx storage.Tx) (err error) {
		found, err = y.Archive.Ledger.Disposals(context.Background(), tx, storage.DisposalFilter{ID: id, Limit: 1})
		return err
	}))
	return found[0]
}

// certify enters the firm's certificate for all containers that wait for it.
func (y *year) certify() {
	c := storage.Certificate{
		Firm: "Aktenvernichtung Muster GmbH", Number: fmt.Sprintf("M-%d", y.said.days), Level: "P-5", DestroyedOn: y.today(), Witness: "Sabine Scholz",
		Lists: y.sealed, Entered: storage.Signed{By: "c-records"},
	}
	_, err := y.Archive.Certify(context.Background(), c, nil, func(w io.Writer, c storage.Certificate, lists []storage.Destruction) error {
		_, err := fmt.Fprintf(w, "%s %v", c.ID, c.Lists)
		return err
	})
	y.must(err)
	for _, id := range y.sealed {
		for _, p := range y.lists[id].letters {
			p.gone = storage.Destroyed
			y.said.destroyed++
		}
	}
	y.sealed = nil
	y.here = slices.DeleteFunc(y.here, func(p *original) bool { return p.gone != "" })
}

// makeBox makes and opens a box.
func (y *year) makeBox(kind storage.BoxKind, station string) scanstation.BoxID {
	ctx := context.Background()
	made, err := y.Archive.MakeBoxes(ctx, y.today(), kind, 1, "c-scan")
	y.must(err)
	_, err = y.Archive.OpenBox(ctx, made[0].ID, storage.Opening{Station: station, Location: "Regal 1"}, "c-scan")
	y.must(err)
	return made[0].ID
}
