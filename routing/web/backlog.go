package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailroom/routing/desk"
	"mailroom/scanstation"
)

const backlogPath = "/altbestand"

// backlogBody is the page of the backlog.
type backlogBody struct {
	desk.Backlog
	Chart *chart
	Table figureTable
	Tempo string // volumes a working day
	Typed string
	Into  string // the department that was chosen
	Wrong scanstation.VolumeID
	After string
}

func (s *server) backlog(v *visit) (b backlogBody, err error) {
	in := v.r.URL.Query()
	if b.Backlog, err = s.Desk.Backlog(v.r.Context(), v.who, in.Get("bereich"), in.Get("nach")); err != nil {
		return b, err
	}
	t := s.pages[v.prefs.Lang].texts
	b.After = in.Get("nach")
	b.Table = t.burnTable(b.Recent())
	b.Chart = t.burnChart(b.Backlog)
	if b.Tempo = fmt.Sprintf("%.1f", b.Pace); t.lang == "de" {
		b.Tempo = strings.Replace(b.Tempo, ".", ",", 1)
	}
	return b, nil
}

func (s *server) backlogPage(v *visit) error {
	b, err := s.backlog(v)
	if err != nil {
		return err
	}
	b.Typed, b.Into = v.r.PostFormValue("akten"), cmp.Or(v.r.PostFormValue("bereich"), b.Department)
	b.Wrong = scanstation.VolumeID(v.r.PathValue("volume"))
	return s.show(v, v.status(), "backlog", view{Title: "backlog.title", Body: b})
}

// maxVolumesFile is how large a file with a list of paper files may be.
const maxVolumesFile = 1 << 20

// listedIn is the list that was pasted, with that of the file if one was chosen.
// What is no UTF-8 was saved by an office program in the code of its system.
func listedIn(r *http.Request) (string, error) {
	if err := r.ParseForm(); err != nil {
		return "", err
	}
	if err := r.ParseMultipartForm(maxVolumesFile); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "", err
	}
	list := r.PostFormValue("akten")
	file, _, err := r.FormFile("datei")
	if err != nil {
		return list, nil // none was chosen
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxVolumesFile))
	if err == nil && !utf8.Valid(data) {
		data, err = charmap.Windows1252.NewDecoder().Bytes(data)
	}
	return list + "\n" + string(data), err
}

func (s *server) planVolumes(v *visit) error {
	list, err := listedIn(v.r)
	if err != nil {
		return err
	}
	n, err := s.Desk.PlanVolumes(v.r.Context(), v.who, v.r.PostFormValue("bereich"), list)
	if err != nil {
		return s.again(v, err, s.backlogPage)
	}
	s.say(v, "backlog.planned-now", s.pages[v.prefs.Lang].texts.number(n))
	v.redirect(backlogPath + "?bereich=" + url.QueryEscape(v.r.PostFormValue("bereich")))
	return nil
}

func (s *server) dropVolume(v *visit) error {
	if err := s.Desk.DropVolume(v.r.Context(), v.who, scanstation.VolumeID(v.r.PathValue("volume")), v.r.PostFormValue("grund")); err != nil {
		return s.again(v, err, s.backlogPage)
	}
	s.say(v, "backlog.dropped-now")
	v.redirect(backlogPath)
	return nil
}

func (s *server) volumeSheets(v *visit) error {
	in := v.r.URL.Query()
	var b bytes.Buffer
	if err := s.Desk.PrintVolumes(v.r.Context(), v.who, in.Get("bereich"), in.Get("nach"), scanstation.VolumeID(in.Get("band")), &b); err != nil {
		return err
	}
	return s.sendPrint(v, "aktenblaetter.pdf", &b)
}

// backlogFile sends every day of the backlog as a table.
func (s *server) backlogFile(v *visit) error {
	b, err := s.backlog(v)
	if err != nil {
		return err
	}
	t := s.pages[v.prefs.Lang].texts
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="altbestand-verlauf.csv"`)
	_, err = v.w.Write(t.burnTable(b.Days).csv(t))
	return err
}

// burnTable is the course of the backlog in numbers.
func (t texts) burnTable(days []desk.BacklogDay) figureTable {
	out := figureTable{Name: "altbestand", Head: []string{"figures.from.30", "backlog.planned", "backlog.done", "fact.pages", "backlog.remain"}}
	n := func(n int) cell { return cell{t.number(n), strconv.Itoa(n)} }
	for _, d := range days {
		out.Rows = append(out.Rows, []cell{{t.date(d.Day), string(d.Day)}, n(d.Planned), n(d.Done), n(d.Pages), n(d.Remain)})
	}
	return out
}

// burnChart draws what is left at the end of each day; nil if there is nothing.
func (t texts) burnChart(b desk.Backlog) *chart {
	days := b.Recent()
	if len(days) == 0 {
		return nil
	}
	most := int64(1)
	for _, d := range days {
		most = max(most, int64(d.Remain))
	}
	step := niceStep(most)
	top := (most + step - 1) / step * step
	y := func(n int) float64 { return chartBottom - (chartBottom-chartTop)*float64(n)/float64(top) }
	c := &chart{
		Title: t.say("backlog.course"), Width: chartWidth, Height: chartHeight, Left: chartLeft, Bottom: chartBottom,
		Desc: t.say("backlog.course-says", t.number(b.Total), t.number(b.Done), t.number(b.Total-b.Done)),
	}
	for n := int64(0); n <= top; n += step {
		c.Ticks = append(c.Ticks, tick{y(int(n)), t.number(int(n))})
	}
	wide := (chartRight - chartLeft) / float64(len(days))
	every := (len(days) + 9) / 10
	for i, d := range days {
		x := chartLeft + wide*float64(i)
		says := fmt.Sprintf("%s: %s", t.date(d.Day), t.number(d.Remain))
		c.Columns = append(c.Columns, column{x + wide*0.15, y(d.Remain), wide * 0.7, chartBottom - y(d.Remain), says})
		if i%every == 0 {
			c.Labels = append(c.Labels, tick{x + wide/2, t.dayMonth(string(d.Day))})
		}
	}
	return c
}

// dayMonth writes a day below a chart.
func (t texts) dayMonth(day string) string {
	if t.lang == "en" {
		return day[8:] + "/" + day[5:7]
	}
	return day[8:] + "." + day[5:7] + "."
}
