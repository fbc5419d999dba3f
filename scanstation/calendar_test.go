package scanstation_test

import (
	"testing"
	"testing/quick"
	"time"

	"mailroom/scanstation"
)

func calendar(t *testing.T, land string, local ...string) *scanstation.Calendar {
	t.Helper()
	c, err := scanstation.NewCalendar(land, local...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWorkingDays(t *testing.T) {
	tests := map[string]struct {
		land  string
		local []string
		day   scanstation.Date
		want  bool
	}{
		"a Wednesday":                                     {"NW", nil, "2026-11-25", true},
		"a Saturday":                                      {"NW", nil, "2026-11-28", false},
		"a Sunday":                                        {"NW", nil, "2026-11-29", false},
		"an unknown day":                                  {"NW", nil, "", false},
		"a day that does not exist":                       {"NW", nil, "2026-02-29", false},
		"Buß- und Bettag in Sachsen":                      {"SN", nil, "2026-11-18", false},
		"Buß- und Bettag elsewhere":                       {"BY", nil, "2026-11-18", true},
		"Buß- und Bettag of another year":                 {"SN", nil, "2023-11-22", false},
		"Fronleichnam in Nordrhein-Westfalen":             {"NW", nil, "2026-06-04", false},
		"Fronleichnam in Hessen, another year":            {"HE", nil, "2025-06-19", false},
		"Fronleichnam in Berlin":                          {"BE", nil, "2026-06-04", true},
		"Fronleichnam in most of Thüringen":               {"TH", nil, "2026-06-04", true},
		"Fronleichnam in the Eichsfeld":                   {"TH", []string{"fronleichnam"}, "2026-06-04", false},
		"Mariä Himmelfahrt in the Saarland":               {"SL", nil, "2025-08-15", false},
		"Mariä Himmelfahrt in Bayern, not named":          {"BY", nil, "2025-08-15", true},
		"Mariä Himmelfahrt in a Catholic municipality":    {"BY", []string{"mariae-himmelfahrt"}, "2025-08-15", false},
		"the Friedensfest in Augsburg":                    {"BY", []string{"mariae-himmelfahrt", "friedensfest"}, "2025-08-08", false},
		"Frauentag in Mecklenburg-Vorpommern since 2023":  {"MV", nil, "2023-03-08", false},
		"Frauentag in Mecklenburg-Vorpommern before":      {"MV", nil, "2022-03-08", true},
		"Weltkindertag in Thüringen":                      {"TH", nil, "2027-09-20", false},
		"Reformationstag in the north":                    {"SH", nil, "2025-10-31", false},
		"Allerheiligen in the west":                       {"NW", nil, "2027-11-01", false},
		"Heilige Drei Könige in Bayern":                   {"BY", nil, "2027-01-06", false},
		"80 years after the war in Berlin":                {"BE", nil, "2025-05-08", false},
		"a year later":                                    {"BE", nil, "2026-05-08", true},
		"Christmas Eve, on which offices close on custom": {"NW", nil, "2026-12-24", true},
		"Karfreitag 2024":                                 {"NW", nil, "2024-03-29", false},
		"Ostermontag 2038, the latest Easter":             {"NW", nil, "2038-04-26", false},
		"Ostermontag 2285, the earliest Easter":           {"NW", nil, "2285-03-23", false},
		"Pfingstmontag 2027":                              {"NW", nil, "2027-05-17", false},
		"Christi Himmelfahrt 2026":                        {"HH", nil, "2026-05-14", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := calendar(t, tt.land, tt.local...).Working(tt.day); got != tt.want {
				t.Errorf("Working(%s) in %s = %v; want %v", tt.day, tt.land, got, tt.want)
			}
		})
	}
}

func TestLandThatIsNone(t *testing.T) {
	for _, tt := range [][]string{{""}, {"XX"}, {"nw"}, {"NW", "mariae-himmelfahrt"}, {"SN", "friedensfest"}} {
		if _, err := scanstation.NewCalendar(tt[0], tt[1:]...); err == nil {
			t.Errorf("NewCalendar(%q) is taken", tt)
		}
	}
}

func TestWorkingDaysAreAdded(t *testing.T) {
	tests := map[string]struct {
		from scanstation.Date
		n    int
		want scanstation.Date
	}{
		"the next day":                           {"2026-11-24", 1, "2026-11-25"},
		"over a weekend":                         {"2026-11-27", 1, "2026-11-30"},
		"from a Sunday":                          {"2026-11-29", 1, "2026-11-30"},
		"over Christmas, New Year and a weekend": {"2026-12-23", 6, "2027-01-04"},
		"backwards over Easter":                  {"2026-04-07", -1, "2026-04-02"},
		"none":                                   {"2026-11-28", 0, "2026-11-28"},
		"from an unknown day":                    {"", 3, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := calendar(t, "NW").Add(tt.from, tt.n); got != tt.want {
				t.Errorf("Add(%s, %d) = %s; want %s", tt.from, tt.n, got, tt.want)
			}
		})
	}
}

func TestEndOfAPeriod(t *testing.T) {
	months := func(n int) scanstation.Period { return scanstation.Period{Months: n} }
	tests := map[string]struct {
		land string
		from scanstation.Date
		p    scanstation.Period
		want scanstation.Date
	}{
		"a month ends on the day with the same number":       {"NW", "2026-11-24", months(1), "2026-12-24"},
		"a month from 31 January ends with February":         {"NW", "2023-01-31", months(1), "2023-02-28"},
		"and in a leap year a day later":                     {"NW", "2024-01-31", months(1), "2024-02-29"},
		"a month from 30 January in a leap year":             {"NW", "2024-01-30", months(1), "2024-02-29"},
		"twelve months from 29 February":                     {"NW", "2024-02-29", months(12), "2025-02-28"},
		"from 28 February to 28 March, not to its end":       {"NW", "2025-02-28", months(1), "2025-03-28"},
		"three months over the new year":                     {"NW", "2026-11-30", months(3), "2027-03-01"},
		"an end on a Saturday moves to Monday":               {"NW", "2026-10-28", months(1), "2026-11-30"},
		"an end on a Sunday moves to Monday":                 {"NW", "2026-10-29", months(1), "2026-11-30"},
		"an end on Christmas moves behind Christmas":         {"NW", "2026-11-25", months(1), "2026-12-28"},
		"an end on Karfreitag moves behind Easter":           {"NW", "2026-03-03", months(1), "2026-04-07"},
		"an end on Buß- und Bettag moves in Sachsen":         {"SN", "2026-10-18", months(1), "2026-11-19"},
		"and stays in Thüringen":                             {"TH", "2026-10-18", months(1), "2026-11-18"},
		"an end on Fronleichnam moves in Bayern":             {"BY", "2026-05-04", months(1), "2026-06-05"},
		"and stays in Niedersachsen":                         {"NI", "2026-05-04", months(1), "2026-06-04"},
		"two weeks end on the same day of the week":          {"NW", "2026-11-24", scanstation.Period{Weeks: 2}, "2026-12-08"},
		"two weeks from Karfreitag's Friday before":          {"NW", "2026-03-20", scanstation.Period{Weeks: 2}, "2026-04-07"},
		"the day of the receipt is not counted among days":   {"NW", "2026-11-20", scanstation.Period{Days: 4}, "2026-11-24"},
		"a receipt on a Sunday counts from that Sunday":      {"NW", "2026-11-22", scanstation.Period{Days: 2}, "2026-11-24"},
		"six months from 31 August end with February":        {"NW", "2026-08-31", months(6), "2027-03-01"},
		"an unknown day of receipt has no end":               {"NW", "", months(1), ""},
		"the day of the receipt does not move, only the end": {"NW", "2026-11-28", months(1), "2026-12-28"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := calendar(t, tt.land).End(tt.from, tt.p); got != tt.want {
				t.Errorf("End(%s, %+v) in %s = %s; want %s", tt.from, tt.p, tt.land, got, tt.want)
			}
		})
	}
}

func TestPeriodIsValidated(t *testing.T) {
	for name, tt := range map[string]struct {
		p  scanstation.Period
		ok bool
	}{
		"months":           {scanstation.Period{Months: 3}, true},
		"nothing":          {scanstation.Period{}, false},
		"two at once":      {scanstation.Period{Months: 1, Days: 1}, false},
		"a negative one":   {scanstation.Period{Weeks: -1}, false},
		"an endless one":   {scanstation.Period{Months: 99999}, false},
		"a day less, too":  {scanstation.Period{Days: 36601}, false},
		"a hundred years":  {scanstation.Period{Months: 1200}, true},
		"fourteen days":    {scanstation.Period{Days: 14}, true},
		"weeks and months": {scanstation.Period{Weeks: 2, Months: 1}, false},
	} {
		if err := tt.p.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryPeriodEndsRightly tries chance periods in all Länder.
func TestEveryPeriodEndsRightly(t *testing.T) {
	lands := []string{"BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH"}
	all := map[string]*scanstation.Calendar{}
	for _, l := range lands {
		all[l] = calendar(t, l)
	}
	holds := func(day uint16, n uint8, land uint8) bool {
		c := all[lands[int(land)%len(lands)]]
		from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(day)%20000)
		d, months := scanstation.DateOf(from), int(n)%24+1
		end := c.End(d, scanstation.Period{Months: months})
		// Before any move the end lies in the month that was meant.
		meant := time.Date(from.Year(), from.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		earliest := scanstation.DateOf(meant.AddDate(0, 0, min(from.Day(), meant.AddDate(0, 1, -1).Day())-1))
		switch {
		case !c.Working(end) || end < earliest:
			return false
		case c.Working(earliest) && end != earliest:
			return false // it moves only if it must
		case c.Add(end, -1) >= earliest:
			return false // and no further than to the next working day
		}
		k := int(n)%40 + 1
		later := c.Add(d, k)
		return c.Working(later) && later > d && (!c.Working(d) || c.Add(later, -k) == d) && c.Add(d, k+1) > later
	}
	if err := quick.Check(holds, &quick.Config{MaxCount: 3000}); err != nil {
		t.Error(err)
	}
}
