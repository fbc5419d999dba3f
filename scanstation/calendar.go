package scanstation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/de"
)

// Calendar knows the working days of an office in one Land: Monday to Friday
// without the public holidays. It is safe for concurrent use.
//
// A holiday that holds only in some municipalities of a Land counts where the
// office names it, and not otherwise: a deadline that is told a day too early
// does no harm, one that is told too late is missed.
type Calendar struct{ days *cal.BusinessCalendar }

// holidays are those of whole Länder.
var holidays = map[string][]*cal.Holiday{
	"BW": de.HolidaysBW, "BY": de.HolidaysBY, "BE": append(slices.Clone(de.HolidaysBE), liberation), "BB": de.HolidaysBB,
	"HB": de.HolidaysHB, "HH": de.HolidaysHH, "HE": de.HolidaysHE, "MV": append(slices.Clone(de.HolidaysMV), womensDayMV),
	"NI": de.HolidaysNI, "NW": de.HolidaysNW, "RP": de.HolidaysRP, "SL": de.HolidaysSL, "SN": de.HolidaysSN,
	"ST": de.HolidaysST, "SH": de.HolidaysSH, "TH": de.HolidaysTH,
}

// What the library does not know.
var (
	womensDayMV = de.Frauentag.Clone(&cal.Holiday{StartYear: 2023})
	liberation  = &cal.Holiday{Name: "Tag der Befreiung", Month: time.May, Day: 8, Func: cal.CalcDayOfMonth, StartYear: 2025, EndYear: 2025}
)

// localHolidays are those of some municipalities, by Land.
var localHolidays = map[string]map[string]*cal.Holiday{
	"BY": {
		"mariae-himmelfahrt": de.MariaHimmelfahrt,
		"friedensfest":       {Name: "Hohes Friedensfest", Month: time.August, Day: 8, Func: cal.CalcDayOfMonth}, // Augsburg
	},
	"SN": {"fronleichnam": de.Fronleichnam},
	"TH": {"fronleichnam": de.Fronleichnam},
}

// NewCalendar returns the calendar of a Land, "NW", with the holidays that hold
// in the office's municipality beside the Land's.
func NewCalendar(land string, local ...string) (*Calendar, error) {
	whole, ok := holidays[land]
	if !ok {
		return nil, fmt.Errorf("%q is none of the Länder %s", land, strings.Join(slices.Sorted(maps.Keys(holidays)), ", "))
	}
	days := cal.NewBusinessCalendar()
	days.AddHoliday(whole...)
	for _, name := range local {
		h, ok := localHolidays[land][name]
		if !ok {
			return nil, fmt.Errorf("%q is no holiday of some municipalities in %s", name, land)
		}
		days.AddHoliday(h)
	}
	return &Calendar{days}, nil
}

// Time is noon of d in UTC, so that no zone shifts the day.
func (d Date) Time() (time.Time, error) {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no day: %w", d, err)
	}
	return t.Add(12 * time.Hour), nil
}

// Plus is the day n days after d, before it if n is negative. An unknown day
// stays unknown.
func (d Date) Plus(n int) Date {
	t, err := d.Time()
	if err != nil {
		return ""
	}
	return DateOf(t.AddDate(0, 0, n))
}

// Valid says whether d is a day and not unknown.
func (d Date) Valid() bool {
	_, err := d.Time()
	return err == nil
}

// Working says whether people work on d. An unknown day is none.
func (c *Calendar) Working(d Date) bool {
	t, err := d.Time()
	return err == nil && c.days.IsWorkday(t)
}

// Holiday returns the name of the public holiday on d, empty if it is none.
func (c *Calendar) Holiday(d Date) string {
	t, err := d.Time()
	if err != nil {
		return ""
	}
	if is, _, h := c.days.IsHoliday(t); is {
		return h.Name
	}
	return ""
}

// Onward returns d if it is a working day, else the next one.
func (c *Calendar) Onward(d Date) Date {
	if c.Working(d) {
		return d
	}
	return c.Add(d, 1)
}

// Add returns the n-th working day after d, before d if n is negative; d itself
// is not counted. An unknown day stays unknown.
func (c *Calendar) Add(d Date, n int) Date {
	t, err := d.Time()
	if err != nil {
		return ""
	}
	return DateOf(c.days.WorkdaysFrom(t, n))
}

// Period is a span of calendar months, weeks or days (Frist); one of them is set.
type Period struct {
	Months int `yaml:"months" json:"months,omitempty"`
	Weeks  int `yaml:"weeks" json:"weeks,omitempty"`
	Days   int `yaml:"days" json:"days,omitempty"`
}

// Validate returns an error unless exactly one span is set, and none beyond a
// hundred years.
func (p Period) Validate() error {
	set := 0
	for _, n := range []int{p.Months, p.Weeks, p.Days} {
		if n < 0 || n > 36600 || p.Months > 1200 || p.Weeks > 5200 {
			return fmt.Errorf("%d is no length of a period", n)
		}
		if n > 0 {
			set++
		}
	}
	if set != 1 {
		return fmt.Errorf("one of months, weeks and days must be set, not %d", set)
	}
	return nil
}

// End returns the last day of a period that begins with an event on from, such
// as the receipt of a letter. The day of the event is not counted (§ 187 (1)
// BGB). Months and weeks end on the day with the same number or name; where the
// month is too short, on its last (§ 188 (2), (3)). An end on a Saturday, a
// Sunday or a holiday moves to the next working day (§ 193 BGB; § 31 (3) VwVfG,
// § 26 (3) SGB X say the same). An unknown day has no end.
func (c *Calendar) End(from Date, p Period) Date {
	t, err := from.Time()
	if err != nil {
		return ""
	}
	end := t.AddDate(0, 0, 7*p.Weeks+p.Days)
	if p.Months != 0 {
		first := time.Date(t.Year(), t.Month()+time.Month(p.Months), 1, 12, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		end = first.AddDate(0, 0, min(t.Day(), last)-1)
	}
	return c.Onward(DateOf(end))
}
