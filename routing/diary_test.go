package routing_test

import (
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

var rules = []routing.DeadlineRule{
	{Name: "Widerspruch", Words: []string{"Widerspruch", "lege ich Widerspruch ein"}, Period: scanstation.Period{Months: 3}},
	{Name: "§ 14 SGB IX", Words: []string{"Eingliederungshilfe"}, Period: scanstation.Period{Weeks: 2}},
	{Name: "Gericht", Classes: []string{"gericht"}, Period: scanstation.Period{Days: 14}, From: "letter"},
}

func diary(t *testing.T) routing.Diary {
	t.Helper()
	c, err := scanstation.NewCalendar("NW")
	if err != nil {
		t.Fatal(err)
	}
	return routing.Diary{Calendar: c, Departments: []routing.Department{
		{ID: "wohngeld", Deadlines: rules, Targets: routing.Targets{Begin: -1, Close: 20}}, {ID: "soziales"},
	}}
}

func TestDeadlinesAreFoundByWords(t *testing.T) {
	letter := func(lines ...string) storage.Document {
		return storage.Document{ID: "d-1", Department: "wohngeld", Class: "normal", ReceivedOn: "2026-11-24", LetterDate: "2026-11-20", State: storage.Inbox, Text: strings.Join(lines, "\n")}
	}
	court := letter("In Sachen")
	court.Class = "gericht"
	undated := court
	undated.LetterDate = ""
	posted := letter("Otto Krämer, Ring 1, 00417 Auenstedt", "Stadt Auenstedt", "\fOtto Krämer", "Widerspruch gegen den Bescheid", "\fWiderspruchsbelehrung, Eingliederungshilfe")
	posted.Findings.First = 2
	record := letter("Förmliche Zustellung: Widerspruch", "\fOtto Krämer")
	record.Findings.First = 2
	tests := map[string]struct {
		doc  storage.Document
		want string
	}{
		"in the subject":                        {letter("Otto Krämer", "", "Widerspruch gegen den Bescheid vom 2. November", "", "Sehr geehrte Damen und Herren,"), "Widerspruch 2027-02-24"},
		"in the subject, in capitals":           {letter("WIDERSPRUCH"), "Widerspruch 2027-02-24"},
		"only in the running text":              {letter("Nachfrage", "Sehr geehrte Damen und Herren,", "der Widerspruch meiner Schwester ist erledigt."), ""},
		"as a part of another word":             {letter("Widerspruchsfrei und vollständig"), ""},
		"a phrase in the running text":          {letter("Bescheid", "Guten Tag,", "hiermit lege ich Widerspruch ein."), "Widerspruch 2027-02-24"},
		"a phrase that runs over a line":        {letter("Bescheid", "Guten Tag,", "hiermit lege ich", "Widerspruch ein."), "Widerspruch 2027-02-24"},
		"letters that OCR confuses":             {letter("WlDERSPRUCH"), "Widerspruch 2027-02-24"},
		"a bar for a letter":                    {letter("W|DERSPRUCH"), "Widerspruch 2027-02-24"},
		"e for c":                               {letter("Widersprueh gegen den Besoheid"), "Widerspruch 2027-02-24"},
		"o for c":                               {letter("Widerspruoh"), "Widerspruch 2027-02-24"},
		"two letters run into one":              {letter("Widerspmch"), "Widerspruch 2027-02-24"},
		"in spaced letters":                     {letter("W i d e r s p r u c h"), "Widerspruch 2027-02-24"},
		"broken at the end of a line":           {letter("Hier ist mein Wider-", "spruch gegen den Bescheid"), "Widerspruch 2027-02-24"},
		"a phrase with a broken word":           {letter("Bescheid", "Guten Tag,", "hiermit lege ich Wider-", "spruch ein."), "Widerspruch 2027-02-24"},
		"a hyphen that breaks no word":          {letter("Wohngeld -", "Widerspruch"), "Widerspruch 2027-02-24"},
		"broken over the end of a page":         {letter("mein Wider-", "\fspruch"), ""},
		"a word that is like it":                {letter("Einspruch, Anspruch, Zuspruch, Widerspruchs-", "frist"), ""},
		"behind its envelope":                   {posted, "Widerspruch 2027-02-24"},
		"on the envelope alone":                 {record, "Widerspruch 2027-02-24"},
		"only on the second page":               {letter("Anlage", "\fWiderspruch"), ""},
		"two in one letter":                     {letter("Widerspruch, Antrag auf Eingliederungshilfe"), "Widerspruch 2027-02-24, § 14 SGB IX 2026-12-08"},
		"by class, from the date of the letter": {court, "Gericht 2026-12-04"},
		"by class, the letter without a date":   {undated, ""},
		"nothing to be read":                    {letter(), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range diary(t).Moved(routing.Handling{}, tt.doc).Deadlines {
				got = append(got, d.Name+" "+string(d.On))
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("%q; want %q", got, tt.want)
			}
		})
	}
}

func TestADeadlineSaysWhereItWasFound(t *testing.T) {
	behind := storage.Document{ReceivedOn: "2026-11-24", Text: "Otto Krämer\fBescheid\nGuten Tag,\nhiermit lege ich Wider-\nspruch ein.\nOtto Krämer"}
	behind.Findings.First = 2
	plain := storage.Document{ReceivedOn: "2026-11-24", Text: "Guten Tag,\nich war krank und\nlege ich Widerspruch ein.\nIhr Otto"}
	for name, tt := range map[string]struct {
		doc  storage.Document
		want routing.Deadline
	}{
		"over two lines of the second page": {behind, routing.Deadline{Words: "hiermit lege ich Wider- spruch ein.", Page: 2}},
		"in one line":                       {plain, routing.Deadline{Words: "lege ich Widerspruch ein.", Page: 1}},
		"by its class":                      {storage.Document{Class: "gericht", LetterDate: "2026-11-24"}, routing.Deadline{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := routing.Find(rules, tt.doc, diary(t).Calendar)
			if len(got) != 1 || got[0].Words != tt.want.Words || got[0].Page != tt.want.Page {
				t.Errorf("found %+v; want %q on page %d", got, tt.want.Words, tt.want.Page)
			}
		})
	}
}

func TestDeadlinesFromTheDelivery(t *testing.T) {
	rule := func(from string) routing.DeadlineRule {
		return routing.DeadlineRule{Name: "Klage", Words: []string{"zugestellt am"}, Period: scanstation.Period{Months: 1}, From: from}
	}
	day := func(days ...scanstation.Date) (out []ocr.DateFinding) {
		for _, d := range days {
			out = append(out, ocr.DateFinding{Date: d, Role: ocr.DeliveryDate})
		}
		return append(out, ocr.DateFinding{Date: "2026-11-19"}, ocr.DateFinding{Date: "2026-11-18", Role: ocr.LetterDate})
	}
	for name, tt := range map[string]struct {
		from  string
		dates []ocr.DateFinding
		want  routing.Deadline
	}{
		"its end on a Sunday moves":             {"delivered", day("2026-11-20"), routing.Deadline{On: "2026-12-21", From: "delivered", Since: "2026-11-20"}},
		"on the day of receipt":                 {"delivered", day("2026-11-23"), routing.Deadline{On: "2026-12-23", From: "delivered", Since: "2026-11-23"}},
		"no delivery was read":                  {"delivered", day(), routing.Deadline{On: "2026-12-23", From: "received", Since: "2026-11-23"}},
		"misread as after the receipt":          {"delivered", day("2028-11-20"), routing.Deadline{On: "2026-12-23", From: "received", Since: "2026-11-23"}},
		"of a decision it speaks of, too":       {"delivered", day("2026-10-05", "2026-11-20", "2026-09-01"), routing.Deadline{On: "2026-12-21", From: "delivered", Since: "2026-11-20"}},
		"the rule counts from the receipt":      {"", day("2026-11-20"), routing.Deadline{On: "2026-12-23", From: "received", Since: "2026-11-23", Delivery: "2026-11-20", Earlier: "2026-12-21"}},
		"and the delivery was on that day":      {"received", day("2026-11-23"), routing.Deadline{On: "2026-12-23", From: "received", Since: "2026-11-23"}},
		"and it was 60 days before":             {"received", day("2026-09-24"), routing.Deadline{On: "2026-12-23", From: "received", Since: "2026-11-23", Delivery: "2026-09-24", Earlier: "2026-10-26"}},
		"and it was 61 days before":             {"received", day("2026-09-23"), routing.Deadline{On: "2026-12-23", From: "received", Since: "2026-11-23"}},
		"the rule counts from the letter alone": {"letter", day("2026-11-20"), routing.Deadline{On: "2026-12-18", From: "letter", Since: "2026-11-18"}},
	} {
		t.Run(name, func(t *testing.T) {
			doc := storage.Document{ReceivedOn: "2026-11-23", LetterDate: "2026-11-18", Text: "Bescheid\nzugestellt am 20.11.2026", Findings: ocr.Findings{Dates: tt.dates}}
			tt.want.Name, tt.want.Words, tt.want.Page = "Klage", "zugestellt am 20.11.2026", 1
			if got := routing.Find([]routing.DeadlineRule{rule(tt.from)}, doc, diary(t).Calendar); len(got) != 1 || got[0] != tt.want {
				t.Errorf("found %+v\nwant  %+v", got, tt.want)
			}
		})
	}
}

func TestDeadlinesFollowTheDepartment(t *testing.T) {
	d := diary(t)
	doc := storage.Document{ID: "d-1", Department: "wohngeld", ReceivedOn: "2026-11-24", State: storage.Inbox, Text: "Widerspruch"}
	h := d.Moved(routing.Handling{}, doc)
	h.Deadlines = nil // a person takes it away
	doc.State = storage.Assigned
	if h = d.Moved(h, doc); len(h.Deadlines) != 0 {
		t.Errorf("a deadline that a person took away is back: %+v", h.Deadlines)
	}
	h.Deadlines = []routing.Deadline{{Name: "Anhörung", On: "2026-12-10", By: "c-1"}}
	doc.Department, doc.State = "soziales", storage.Inbox
	if h = d.Moved(h, doc); len(h.Deadlines) != 1 || h.Deadlines[0].Name != "Anhörung" {
		t.Errorf("in a department without rules: %+v; want what a person set", h.Deadlines)
	}
	doc.Department = "wohngeld"
	if h = d.Moved(h, doc); len(h.Deadlines) != 2 {
		t.Errorf("back again: %+v; want the rule's, too", h.Deadlines)
	}
	if next, ok := h.Next(); !ok || next.Name != "Anhörung" {
		t.Errorf("the next is %+v", next)
	}
}

func TestAlarms(t *testing.T) {
	tests := map[string]struct {
		state    storage.DocumentState
		received scanstation.Date
		deadline scanstation.Date
		turns    int
		want     routing.Alarm
		told     string
	}{
		"came today":                           {storage.Inbox, "2026-11-24", "", 0, routing.AlarmNone, ""},
		"to be assigned today":                 {storage.Inbox, "2026-11-23", "", 0, routing.AlarmDue, ""},
		"to be assigned yesterday":             {storage.Inbox, "2026-11-20", "", 0, routing.AlarmOverdue, "head"},
		"received on Sunday, until Monday":     {storage.Inbox, "2026-11-22", "", 0, routing.AlarmOverdue, "head"},
		"to be assigned five working days ago": {storage.Inbox, "2026-11-16", "", 0, routing.AlarmOverdue, "head"},
		"to be assigned six working days ago":  {storage.Inbox, "2026-11-13", "", 0, routing.AlarmLong, "head records"},
		"assigned in time, to be filed":        {storage.Assigned, "2026-11-20", "", 0, routing.AlarmNone, ""},
		"no target for the state":              {storage.Filed, "2026-10-01", "", 0, routing.AlarmNone, ""},
		"a target of the department's own":     {storage.InWork, "2026-10-01", "", 0, routing.AlarmLong, "head records"},
		"closed long ago":                      {storage.Closed, "2025-01-01", "2025-02-01", 0, routing.AlarmNone, ""},
		"a deadline far away":                  {storage.Filed, "2026-10-01", "2027-01-01", 0, routing.AlarmNone, ""},
		"a deadline within three working days": {storage.Filed, "2026-10-01", "2026-11-27", 0, routing.AlarmDue, ""},
		"a deadline that was missed":           {storage.Filed, "2026-10-01", "2026-11-23", 0, routing.AlarmOverdue, "head"},
		"three wrong turns":                    {storage.Review, "2026-11-24", "", 3, routing.AlarmWanderer, "records"},
		"three wrong turns, settled since":     {storage.Inbox, "2026-11-24", "", 3, routing.AlarmNone, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := diary(t)
			h := d.Moved(routing.Handling{}, storage.Document{ID: "d-1", Department: "wohngeld", State: tt.state, ReceivedOn: tt.received})
			h.Turns = tt.turns
			if tt.deadline != "" {
				h.Deadlines = []routing.Deadline{{Name: "Frist", On: tt.deadline}}
			}
			got := d.Alarm(h, "2026-11-24")
			var told []string
			for _, o := range d.Told(h, got) {
				told = append(told, string(o.Role))
			}
			if got != tt.want || strings.Join(told, " ") != tt.told {
				t.Errorf("%q, told to %v; want %q, %s", got, told, tt.want, tt.told)
			}
		})
	}
}

var states = []storage.DocumentState{
	storage.Archived, storage.Review, storage.Inbox, storage.Assigned, storage.Filing, storage.Filed, storage.InWork, storage.Closed,
	storage.NoRelevance, storage.Finance, storage.HandedOver, storage.Returned, storage.Duplicate, storage.Superseded, "", "unheard-of",
}

// TestNothingIsWithoutAnOwner tries every state with chance data.
func TestNothingIsWithoutAnOwner(t *testing.T) {
	d := diary(t)
	known := []string{"wohngeld", "soziales"}
	holds := func(department, worker uint8, turns uint8) bool {
		h := routing.Handling{Document: "d-1", Department: []string{"", "wohngeld", "soziales", "abgeschafft"}[department%4], Turns: int(turns % 5), ReceivedOn: "2026-11-24"}
		who := []string{"", "wohngeld-2"}[worker%2]
		for _, h.State = range states {
			o := d.Owner(h, who)
			switch {
			case o.Role == "":
				t.Logf("%+v has no owner", h)
				return false
			case o.Role == routing.Worker && (o.Worker == "" || o.Worker != who):
				return false
			case o.Role == routing.Head && !slices.Contains(known, o.Department):
				t.Logf("%+v belongs to the head of nothing", h)
				return false
			case o.Department != "" && !slices.Contains(known, o.Department):
				return false
			}
			// Whoever answers for what is late can be told of it.
			if a := d.Alarm(h, "2027-11-24"); a == routing.AlarmLong && len(d.Told(h, a)) == 0 {
				return false
			}
		}
		return true
	}
	if err := quick.Check(holds, nil); err != nil {
		t.Error(err)
	}
}

func TestOwners(t *testing.T) {
	for name, tt := range map[string]struct {
		h      routing.Handling
		worker string
		want   routing.Owner
	}{
		"in review, of nobody":              {routing.Handling{State: storage.Review}, "", routing.Owner{Role: routing.ScanRoom}},
		"in review, of a department":        {routing.Handling{State: storage.Review, Department: "wohngeld"}, "", routing.Owner{Role: routing.Head, Department: "wohngeld"}},
		"in review, refused once":           {routing.Handling{State: storage.Review, Turns: 1}, "", routing.Owner{Role: routing.Records}},
		"in review, sent astray too often":  {routing.Handling{State: storage.Review, Turns: 3}, "", routing.Owner{Role: routing.Records}},
		"in the inbox":                      {routing.Handling{State: storage.Inbox, Department: "wohngeld"}, "", routing.Owner{Role: routing.Head, Department: "wohngeld"}},
		"in the inbox of what was given up": {routing.Handling{State: storage.Inbox, Department: "gone"}, "", routing.Owner{Role: routing.Records}},
		"assigned":                          {routing.Handling{State: storage.Assigned, Department: "wohngeld"}, "anna", routing.Owner{Role: routing.Worker, Department: "wohngeld", Worker: "anna"}},
		"in work, its worker lost":          {routing.Handling{State: storage.InWork, Department: "wohngeld"}, "", routing.Owner{Role: routing.Head, Department: "wohngeld"}},
		"closed":                            {routing.Handling{State: storage.Closed, Department: "wohngeld"}, "anna", routing.Owner{Role: routing.Records, Department: "wohngeld"}},
	} {
		if got := diary(t).Owner(tt.h, tt.worker); got != tt.want {
			t.Errorf("%s: %+v; want %+v", name, got, tt.want)
		}
	}
}

func TestRulesAreValidated(t *testing.T) {
	month := scanstation.Period{Months: 1}
	for name, tt := range map[string]struct {
		r    routing.DeadlineRule
		want string
	}{
		"sound":              {routing.DeadlineRule{Name: "a", Words: []string{"Antrag"}, Period: month}, ""},
		"without a name":     {routing.DeadlineRule{Name: " ", Words: []string{"Antrag"}, Period: month}, "name"},
		"for every letter":   {routing.DeadlineRule{Name: "a", Period: month}, "words"},
		"words without any":  {routing.DeadlineRule{Name: "a", Words: []string{"§ -"}, Period: month}, "words"},
		"from its delivery":  {routing.DeadlineRule{Name: "a", Words: []string{"x"}, From: "delivered", Period: month}, ""},
		"from another day":   {routing.DeadlineRule{Name: "a", Words: []string{"x"}, From: "filed", Period: month}, "from"},
		"without a length":   {routing.DeadlineRule{Name: "a", Words: []string{"x"}}, "months"},
		"with two lengths":   {routing.DeadlineRule{Name: "a", Words: []string{"x"}, Period: scanstation.Period{Weeks: 1, Days: 1}}, "months"},
		"for a class, alone": {routing.DeadlineRule{Name: "a", Classes: []string{"gericht"}, Period: month}, ""},
	} {
		err := tt.r.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v; want it to name %q", name, err, tt.want)
		}
	}
}

func TestTheBacklogWaitsBehindTheDaysPost(t *testing.T) {
	d := diary(t)
	doc := storage.Document{ID: "d-1", Department: "wohngeld", Kind: scanstation.Paper, ReceivedOn: "2026-11-24", State: storage.Inbox, Text: "Hiermit lege ich Widerspruch ein"}
	old := doc
	old.Kind, old.ReceivedOn = scanstation.Backlog, "2026-11-01"
	post, volume := d.Moved(routing.Handling{}, doc), d.Moved(routing.Handling{}, old)
	if len(post.Deadlines) != 1 || post.TargetOn == "" {
		t.Errorf("the day's post has %+v", post)
	}
	if len(volume.Deadlines) != 0 || volume.TargetOn != "" || d.Alarm(volume, "2027-11-01") != routing.AlarmNone {
		t.Errorf("a volume of the backlog has %+v; want neither deadline nor target nor alarm", volume)
	}
	doc.Text = ""
	plain := d.Moved(routing.Handling{}, doc)
	doc.Urgency, old.Urgency = plain.Urgency(), volume.Urgency()
	if doc.Turn() >= old.Turn() {
		t.Errorf("the turn of a letter of the day, %q, is not before that of the backlog, %q", doc.Turn(), old.Turn())
	}
	volume.Priority = 1
	if old.Urgency = volume.Urgency(); old.Turn() >= doc.Turn() {
		t.Errorf("a volume that a person wants first has the turn %q behind %q", old.Turn(), doc.Turn())
	}
}
