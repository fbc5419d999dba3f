package web

import (
	"bytes"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// section is a part of the description of the procedure: articles of clauses.
type section struct {
	Key    string
	Groups []article
}

type article struct {
	Title string // empty: the section's own
	Facts []clause
}

type clause struct{ Label, Value string }

// procedureBody is the page of the procedure.
type procedureBody struct {
	desk.ProcedureView
	Sections []section
}

func (s *server) procedurePage(v *visit) error {
	p, err := s.Desk.Procedure(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := procedureBody{ProcedureView: p, Sections: s.pages[v.prefs.Lang].texts.procedure(p.Description)}
	return s.show(v, v.status(), "procedure", view{Title: "procedure.title", Body: b})
}

func (s *server) procedurePrint(v *visit) error {
	p, err := s.Desk.Procedure(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.Desk.PrintReport(&b, s.pages[v.prefs.Lang].texts.procedureReport(p.Description, s.Desk.Now())); err != nil {
		return err
	}
	return s.sendPrint(v, "verfahren.pdf", &b)
}

// procedureFile sends the document of a procedure that is or was in force. It
// came with the configuration and is never shown inside a page.
func (s *server) procedureFile(v *visit) error {
	r, name, err := s.Desk.OpenProcedure(v.r.Context(), v.who, scanstation.Digest(v.r.PathValue("digest")))
	if err != nil {
		return err
	}
	defer r.Close()
	h := v.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="verfahrensdokumentation`+path.Ext(plainName(name))+`"`)
	http.ServeContent(v.w, v.r, "", time.Time{}, r)
	return nil
}

// plainName leaves of a file's name what cannot break a header.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return -1
	}, name)
}

// ProcedureReport is the description of the procedure in one of the languages of
// the pages, to be printed.
func ProcedureReport(d desk.Description, lang string, at time.Time) (storage.Report, error) {
	t, err := readTexts(lang)
	if err != nil {
		return storage.Report{}, err
	}
	return t.procedureReport(d, at), nil
}

func (t texts) procedureReport(d desk.Description, at time.Time) storage.Report {
	title := t.say("procedure.title")
	return storage.Report{
		Title: fmt.Sprintf("%s %s", d.Name, d.Version), Language: t.lang, Created: at.UTC(), Producer: d.Software,
		Pages: t.printed(title, t.say("procedure.as-of", d.Office.Name, t.moment(at, at.AddDate(0, 0, 1))), t.procedure(d)),
	}
}

// procedure writes the description of the procedure.
func (t texts) procedure(d desk.Description) []section {
	return []section{t.procedureFacts(d), t.procedureStations(d), t.procedureClasses(d), t.procedureDays(d), t.procedureRoles(d)}
}

// clauses collects clauses; those without a value are left out.
type clauses struct {
	texts
	list []clause
}

func (f *clauses) add(key, value string) {
	if value != "" {
		f.list = append(f.list, clause{f.say(key), value})
	}
}

func (f *clauses) yes(key string, is bool) {
	f.add(key, f.say(map[bool]string{true: "yes", false: "no"}[is]))
}

func (t texts) procedureFacts(d desk.Description) section {
	f := clauses{texts: t}
	f.add("procedure.name", d.Name)
	f.add("procedure.variant", d.Variant)
	f.add("procedure.version", d.Version)
	f.add("procedure.date", d.Date)
	f.add("procedure.keeper", d.Keeper)
	f.add("procedure.office", strings.Join(nonEmpty(d.Office.Name, d.Office.Unit, d.Office.City), ", "))
	if d.File == "" {
		f.add("procedure.file", t.say("procedure.no-file"))
	} else {
		f.add("procedure.file", path.Base(d.File))
	}
	f.add("procedure.digest", string(d.Digest))
	f.add("procedure.settings", d.Settings)
	f.add("procedure.software", d.Software)
	return section{"procedure.in-force", []article{{"", f.list}}}
}

func nonEmpty(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (t texts) procedureStations(d desk.Description) section {
	s := section{Key: "procedure.stations"}
	name := func(id string) string {
		for _, dep := range d.Departments {
			if dep.ID == id {
				return dep.Name
			}
		}
		return id
	}
	for _, st := range d.Stations {
		f := clauses{texts: t}
		f.add("fact.kind", t.say("kind."+string(st.Kind)))
		f.add("procedure.class", t.className(d, st.Class))
		f.add("fact.department", name(st.Department))
		f.add("procedure.separators", strings.Join(st.Separators, ", "))
		f.add("procedure.languages", strings.Join(st.Languages, ", "))
		f.add("procedure.batch", t.say("procedure.batch-"+st.Batch))
		f.add("procedure.operator", st.Operator)
		f.yes("procedure.original", st.Kind.HasOriginal())
		f.add("procedure.pixels", t.pixelWords(st.Pixels))
		for _, sub := range sorted(st.SubFolders) {
			h := st.SubFolders[sub]
			var words []string
			if h.Kind != "" {
				words = append(words, t.say("kind."+string(h.Kind)))
			}
			if h.Class != "" {
				words = append(words, t.className(d, h.Class))
			}
			words = append(words, nonEmpty(name(h.Department))...)
			f.list = append(f.list, clause{t.say("procedure.folder", sub), strings.Join(words, ", ")})
		}
		s.Groups = append(s.Groups, article{st.Name, f.list})
	}
	return s
}

// pixelWords says what a station lets be done to its images.
func (t texts) pixelWords(p scanstation.Pixels) string {
	words := t.say("procedure.pixels-kept")
	if p.JPEG > 0 {
		words = t.say("procedure.pixels-jpeg", t.number(p.JPEG))
	}
	if p.OverBytes > 0 {
		words += "; " + t.say("procedure.pixels-over", t.number(int(p.OverBytes)))
	}
	return words
}

func (t texts) className(d desk.Description, id string) string {
	if c, ok := d.Classes.Find(id); ok && c.Name != "" {
		return c.Name
	}
	return id
}

func (t texts) procedureClasses(d desk.Description) section {
	s := section{Key: "procedure.classes"}
	for _, c := range d.Classes {
		f := clauses{texts: t}
		f.add("procedure.protection", t.say("procedure.protection-of",
			t.say("protection."+string(c.Integrity)), t.say("protection."+string(c.Confidentiality)), t.say("protection."+string(c.Availability))))
		f.add("procedure.check", t.percent(c.Check))
		f.yes("procedure.four-eyes", c.FourEyes)
		f.add("procedure.fate", t.say("fate-of-paper."+string(c.Fate)))
		if c.Fate == storage.FateDestroy {
			f.add("procedure.days", t.count("procedure.n-days", c.Days))
			f.add("procedure.after-filing", t.count("procedure.n-days", c.AfterFiling))
			f.add("procedure.level", "DIN 66399 "+c.Destruction)
			f.add("procedure.release", t.say("role."+c.Release))
		}
		if c.CopyDays > 0 {
			f.add("procedure.copy", t.count("procedure.n-days", c.CopyDays))
		} else {
			f.add("procedure.copy", t.say("procedure.copy-none"))
		}
		s.Groups = append(s.Groups, article{c.Name + " (" + c.ID + ")", f.list})
	}
	return s
}

func (t texts) procedureDays(d desk.Description) section {
	r := d.Retention
	f := clauses{texts: t}
	f.add("procedure.days", t.count("procedure.n-days", r.Days))
	f.add("procedure.after-filing", t.count("procedure.n-days", r.AfterFiling))
	f.add("procedure.no-relevance", t.count("procedure.n-days", r.NoRelevance))
	f.add("procedure.warn", strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Warn), " ", ", "), "[]"))
	f.add("procedure.within", t.count("procedure.n-working-days", r.DestroyWithin))
	return section{"procedure.retention", []article{{"", f.list}}}
}

func (t texts) procedureRoles(d desk.Description) section {
	s := section{Key: "procedure.roles"}
	for _, r := range d.Roles() {
		f := clauses{texts: t}
		for _, right := range r.Rights {
			var where []string
			for _, scope := range right.Where {
				where = append(where, t.say("scope."+scope.Name()))
			}
			f.list = append(f.list, clause{t.say("right." + string(right.Right)), strings.Join(where, "; ")})
		}
		s.Groups = append(s.Groups, article{t.say("role." + string(r.Role)), f.list})
	}
	return s
}
