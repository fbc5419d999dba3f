package web

import (
	"mailroom/routing/desk"
	"net/http"
	"slices"
	"strings"
)

// navItem is a page in the head of all pages.
type navItem struct {
	Key, Path string
	Count     int
	Here      bool
}

// nav returns the pages that v's visitor may go to.
func (s *server) nav(v *visit, c desk.Counts) []navItem {
	var out []navItem
	add := func(key, target string, count int) {
		here := v.r.URL.Path == target || strings.HasPrefix(v.r.URL.Path, target+"/") || partOf(v.r.URL.Path) == target
		out = append(out, navItem{Key: key, Path: target, Count: count, Here: here})
	}
	if desk.May(v.who, desk.SeeStations, desk.Thing{}) {
		add("nav.stations", "/scanstelle", c.Stacks)
	}
	switch own := s.Desk.Inboxes(v.who); len(own) {
	case 0:
	case 1:
		add("nav.inbox", "/postkorb/"+own[0].ID, c.Inbox[own[0].ID])
	default:
		n := 0
		for _, k := range c.Inbox {
			n += k
		}
		add("nav.inbox", "/postkorb", n)
	}
	if s.Desk.MayWork(v.who) {
		add("nav.own", "/meine-post", c.Own)
	}
	if s.Desk.MayClear(v.who) {
		add("nav.review", "/klaerung", c.Review+c.Beside)
	}
	if s.Desk.MayCheck(v.who) {
		add("nav.quality", "/qualitaet", c.Checks)
	}
	if c.Late > 0 || s.Desk.MaySeeLate(v.who) {
		add("nav.late", "/ueberfaellig", c.Late)
	}
	if c.Notices > 0 {
		add("nav.notices", "/zur-kenntnis", c.Notices)
	}
	if c.Sealed > 0 {
		add("nav.sealed", "/verschlossen", c.Sealed)
	}
	if tabs := s.paperTabs(v); len(tabs) > 0 {
		add("nav.paper", tabs[0].Path, c.Papers)
		out[len(out)-1].Here = slices.ContainsFunc(tabs, func(t navItem) bool { return t.Here })
	}
	if desk.May(v.who, desk.SeeAccess, desk.Thing{}) {
		add("nav.audit", "/pruefung", 0)
	}
	if s.Desk.MaySearch(v.who) {
		add("nav.search", "/suche", 0)
	}
	if s.Desk.MaySeeFigures(v.who) {
		add("nav.figures", "/auswertung", 0)
	}
	if tabs := s.tabs(v); len(tabs) > 0 {
		out = append(out, navItem{Key: "nav.office", Path: tabs[0].Path, Here: strings.HasPrefix(v.r.URL.Path, "/verwaltung/")})
	}
	return out
}

// partOf returns the page of the head that a page belongs to by what it is about
// and not by its address.
func partOf(path string) string {
	switch {
	case strings.HasPrefix(path, "/stapel/"), path == "/verfahren", strings.HasPrefix(path, "/verfahren/"):
		return "/scanstelle"
	case path == "/auskunft" || strings.HasPrefix(path, "/auskunft/") || strings.HasSuffix(path, "/zugriffe"):
		return "/pruefung"
	}
	return ""
}

// beside returns the pages that stand beside the one that is shown.
func (s *server) beside(v *visit) (key string, tabs []navItem) {
	switch at := v.r.URL.Path; {
	case strings.HasPrefix(at, "/originale"):
		// What is not the visitor's looks the same as what is not there.
		if tabs = s.paperTabs(v); slices.ContainsFunc(tabs, func(t navItem) bool { return t.Here }) {
			return "originals.tabs", tabs
		}
		return "", nil
	case strings.HasPrefix(at, "/verwaltung/"):
		return "nav.office", s.tabs(v)
	case at == "/konto" || strings.HasPrefix(at, "/konto/"):
		here := false
		for _, tab := range [][2]string{{"account.title", "/konto"}, {"keys.title", "/konto/tasten"}, {"absences.title", "/konto/abwesenheit"}, {"tokens.title", "/konto/schluessel"}} {
			if tab[1] == "/konto/abwesenheit" && !s.Desk.MayPlan(v.who) {
				continue
			}
			tabs, here = append(tabs, navItem{Key: tab[0], Path: tab[1], Here: at == tab[1]}), here || at == tab[1]
		}
		if here || v.r.Method == http.MethodPost {
			return "account.title", tabs
		}
	}
	return "", nil
}

// paperTabs returns the pages about originals that v's visitor may go to.
func (s *server) paperTabs(v *visit) (out []navItem) {
	add := func(key, target string, may bool) {
		if may {
			here := v.r.URL.Path == target || strings.HasPrefix(v.r.URL.Path, target+"/")
			out = append(out, navItem{Key: key, Path: target, Here: here})
		}
	}
	if s.Desk.MaySeePaper(v.who) {
		at := v.r.URL.Path
		out = append(out, navItem{Key: "paper.overview", Path: "/originale", Here: at == "/originale" || strings.HasPrefix(at, "/originale/tag/")})
	}
	add("papers.title", "/originale/fristen", s.Desk.MaySeeOriginals(v.who) || s.Desk.MayWork(v.who))
	add("boxes.title", "/originale/karton", s.Desk.MaySeeBoxes(v.who))
	add("recalls.title", "/originale/anforderungen", s.Desk.MaySeeRecalls(v.who))
	add("holds.title", holdsPath, s.Desk.MaySeeOriginals(v.who))
	add("disposals.title", "/originale/vernichtung", s.Desk.MaySeeOriginals(v.who))
	add("copies.title", copiesPath, s.Desk.MaySeeCopies(v.who))
	add("returns.title", "/originale/rueckgabe", desk.May(v.who, desk.ProposeDisposal, desk.Thing{}))
	add("incidents.title", "/originale/vorkommnisse", s.Desk.MaySeeIncidents(v.who))
	add("things.link", "/originale/ersatzbelege", desk.May(v.who, desk.SeePlaceholders, desk.Thing{}))
	add("books.tab", "/originale/berichte", s.Desk.MaySeeBooks(v.who))
	return out
}

// tabs returns the pages of the administration that v's visitor may go to.
func (s *server) tabs(v *visit) []navItem {
	var out []navItem
	for _, tab := range []struct {
		key, path string
		right     desk.Right
	}{
		{"nav.accounts", "/verwaltung/konten", desk.KeepAccounts},
		{"nav.rules", "/verwaltung/regeln", desk.KeepRules},
		{"nav.efiles", "/verwaltung/e-akten", desk.SeeSystems},
		{"nav.care", carePath, desk.TendStore},
		{"feedbacks.title", "/verwaltung/rueckmeldungen", desk.KeepAccounts},
	} {
		if desk.May(v.who, tab.right, desk.Thing{}) {
			out = append(out, navItem{Key: tab.key, Path: tab.path, Here: v.r.URL.Path == tab.path || strings.HasPrefix(v.r.URL.Path, tab.path+"/")})
		}
	}
	if path := "/verwaltung/sperrlisten"; s.Desk.MayKeepBlocks(v.who) {
		out = append(out, navItem{Key: "nav.blocks", Path: path, Here: v.r.URL.Path == path})
	}
	if path := "/auskunft"; s.Desk.MayInquire(v.who) && !desk.May(v.who, desk.SeeAccess, desk.Thing{}) {
		out = append(out, navItem{Key: "nav.questions", Path: path, Here: v.r.URL.Path == path})
	}
	return out
}

// home sends everybody to the page that their work begins with.
func (s *server) home(v *visit) error {
	nav := s.nav(v, desk.Counts{})
	if len(nav) == 0 {
		v.redirect("/konto")
		return nil
	}
	for _, item := range nav {
		switch {
		case item.Key == "nav.stations" && !desk.May(v.who, desk.RunStations, desk.Thing{}):
			continue // whoever only looks in there has other work
		case item.Key == "nav.inbox" && desk.May(v.who, desk.SeeAccess, desk.Thing{}):
			continue // whoever audits looks in there, too
		case item.Key == "nav.late" || item.Key == "nav.figures" || item.Key == "nav.paper":
			continue // nobody's work begins there
		case item.Key == "nav.inbox" && s.Desk.MayWork(v.who) && !s.Desk.MayAssignAny(v.who):
			continue // who works on letters and gives none out begins with their own
		}
		v.redirect(item.Path)
		return nil
	}
	v.redirect(nav[0].Path)
	return nil
}
