package storage_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/retention"
)

// nights is an archive with its clock.
type nights struct {
	*lasting
	t     *testing.T
	clock retention.Clock
}

func openNights(t *testing.T, land string) *nights {
	calendar, err := scanstation.NewCalendar(land)
	if err != nil {
		t.Fatal(err)
	}
	n := &nights{lasting: openLasting(t, open(t)), t: t}
	n.clock = retention.Clock{Archive: n.Archive, Calendar: calendar, Rules: retention.Rules{Before: []int{10, 5, 2}, Within: 5}, Log: slog.New(slog.DiscardHandler)}
	return n
}

// night lets the night before the n-th day after the scan pass.
func (n *nights) night(day int) retention.Night {
	n.t.Helper()
	n.now = noon.AddDate(0, 0, day)
	done, err := n.clock.Night(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	return done
}

func (n *nights) paper(id storage.DocumentID) storage.Original {
	n.t.Helper()
	o, err := n.Original(n.t.Context(), id)
	if err != nil {
		n.t.Fatal(err)
	}
	return o
}

func TestPeopleAreToldOnTheDaysOfTheOffice(t *testing.T) {
	n := openNights(t, "NW")
	id := n.letter(t, batchID, "normal")
	told := map[int]int{}
	for day := 1; day <= 45; day++ {
		before := n.paper(id).Alarm
		n.night(day)
		if now := n.paper(id).Alarm; now != before {
			told[day] = now
		}
	}
	// Due on Sunday 20 December; Christmas is no working day, so the fifth one
	// after it is 28 December, and the paper is overdue on the day after, the 39th.
	want := map[int]int{20: 1, 25: 2, 28: 3, 39: storage.AlarmOverdue}
	if len(told) != len(want) {
		t.Errorf("told on %v; want %v", told, want)
	}
	for day, alarm := range want {
		if told[day] != alarm {
			t.Errorf("on day %d alarm %d; want %d of %v", day, told[day], alarm, told)
		}
	}
	events, err := n.Events(t.Context(), storage.EventFilter{Object: string(id)})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range events {
		if slices.Contains([]string{storage.EventPaperWarned, storage.EventPaperOverdue, storage.EventPaperCleared}, e.Kind) {
			kinds = append(kinds, e.Kind)
		}
	}
	if !slices.Equal(kinds, []string{storage.EventPaperWarned, storage.EventPaperWarned, storage.EventPaperWarned, storage.EventPaperOverdue}) {
		t.Errorf("events about what people were told: %v", kinds)
	}
}

func TestAMissedNightIsMadeUpFor(t *testing.T) {
	n := openNights(t, "BY")
	id := n.letter(t, batchID, "normal")
	if done := n.night(29); done.Warned != 1 || n.paper(id).Alarm != 3 {
		t.Errorf("the first night after four weeks: %+v, alarm %d", done, n.paper(id).Alarm)
	}
	if done := n.night(29); done.Warned != 0 {
		t.Errorf("the same night again warns %d times", done.Warned)
	}
	n.now = noon.AddDate(0, 0, 30)
	if err := n.clock.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := len(n.events())
	if err := n.clock.Tick(t.Context()); err != nil || len(n.events()) != before {
		t.Errorf("a second tick of the day does something: %v", err)
	}
}

func (n *nights) events() []storage.Event {
	n.t.Helper()
	events, err := n.Events(n.t.Context(), storage.EventFilter{})
	if err != nil {
		n.t.Fatal(err)
	}
	return events
}

func TestPaperFallsDueWhenItsCopyWasRead(t *testing.T) {
	n := openNights(t, "NW")
	id := n.letter(t, batchID, "normal")
	n.receipts[id] = storage.Receipts{Last: noon.AddDate(0, 0, 2)}
	for _, to := range toFile {
		if err := move(t, n.Archive, id, to); err != nil {
			t.Fatal(err)
		}
	}
	if done := n.night(26); done.Checks != 0 {
		t.Errorf("copies are re-read %d days too early", done.Checks)
	}
	if done := n.night(27); done.Checks != 1 {
		t.Errorf("%d copies are re-read three days before their paper is due; want 1", done.Checks)
	}
	if err := n.CheckCopy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if n.night(29); n.paper(id).State != storage.InBox || n.paper(id).Alarm != 0 {
		t.Errorf("a day too early the paper is %+v", n.paper(id))
	}
	if done := n.night(30); done.Due != 1 || n.paper(id).State != storage.Due {
		t.Errorf("on its day the paper is %s: %+v", n.paper(id).State, done)
	}
	n.hold(t, storage.HoldCase, "WG-1")
	n.receipts[id] = storage.Receipts{Last: noon.AddDate(0, 0, 2), Cases: []string{"WG-1"}}
	if done := n.night(31); done.Back != 1 || n.paper(id).State != storage.InBox {
		t.Errorf("with its case on hold the paper is %s: %+v", n.paper(id).State, done)
	}
}

func TestFilingLatePutsTheDayOff(t *testing.T) {
	n := openNights(t, "NW")
	id := n.letter(t, batchID, "normal")
	n.night(29)
	n.now = noon.AddDate(0, 0, 35)
	n.receipts[id] = storage.Receipts{Last: n.now}
	for _, to := range toFile {
		if err := move(t, n.Archive, id, to); err != nil {
			t.Fatal(err)
		}
	}
	if o := n.paper(id); o.DueOn != scanstation.DateOf(noon).Plus(49) || o.Alarm != 0 {
		t.Errorf("filed on day 35 the paper is due on %s with alarm %d; want 14 days later, and nobody told", o.DueOn, o.Alarm)
	}
}

func TestAHoldEndsByItself(t *testing.T) {
	n := openNights(t, "NW")
	id := n.letter(t, batchID, "normal")
	err := n.Do(t.Context(), func(tx storage.Tx) error {
		h := storage.Hold{ID: "H1", Kind: storage.HoldDocument, Reason: "Klage", By: "c-1", EndsOn: scanstation.DateOf(noon).Plus(3)}
		_, err := n.SetHold(t.Context(), tx, h, []storage.DocumentID{id})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if done := n.night(3); done.Lapsed != 0 || n.paper(id).State != storage.Held {
		t.Errorf("on its last day the hold is over: %+v", done)
	}
	if done := n.night(4); done.Lapsed != 1 || n.paper(id).State == storage.Held {
		t.Errorf("after its last day the hold is not over: %+v", done)
	}
}

func TestABrokenChainStopsEverything(t *testing.T) {
	n := openNights(t, "NW")
	n.letter(t, batchID, "normal")
	if done := n.night(1); done.Chain.Broken != "" || done.Chain.Until.Seq == 0 {
		t.Fatalf("the chain stands at %+v", done.Chain)
	}
	err := n.Do(t.Context(), func(tx storage.Tx) error {
		if _, err := tx.Exec(t.Context(), `DROP TRIGGER events_are_final`); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `UPDATE events SET actor = 'nobody' WHERE seq = 2`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	broken := false
	for day := 2; day < 5 && !broken; day++ {
		broken = n.night(day).Chain.Broken != "" // an old event is walked again within some nights
	}
	if !broken {
		t.Error("an event that was changed is not noticed")
	}
}

func TestTheClockOfSummertime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		scanned time.Time
		want    scanstation.Date
	}{
		"over the night the clock goes forward": {time.Date(2027, 3, 10, 23, 30, 0, 0, berlin), "2027-04-09"},
		"over the night the clock goes back":    {time.Date(2027, 10, 10, 0, 30, 0, 0, berlin), "2027-11-09"},
		"over a leap day":                       {time.Date(2028, 2, 10, 9, 0, 0, 0, berlin), "2028-03-11"},
	} {
		n := openNights(t, "NW")
		n.Zone, n.now = berlin, tt.scanned
		if got := n.paper(n.letter(t, batchID, "normal")).DueOn; got != tt.want {
			t.Errorf("%s: due on %s; want %s", name, got, tt.want)
		}
	}
}
