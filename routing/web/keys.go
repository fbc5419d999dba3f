package web

import (
	"html"
	"regexp"

	"mailroom/routing"
)

// keyName is a key in the help. Name is the end of its words in the catalogue;
// Key is what is pressed, empty where it is no single character of its own.
type keyName struct{ Name, Key string }

// allKeys are all keys, in the order of the help. Those with a Key can be moved.
func allKeys() []keyName {
	out := []keyName{{"tab", ""}, {"updown", ""}, {"leftright", ""}, {"enter", ""}, {"space", ""}, {"1", ""}}
	for _, k := range []string{"o", "a", "w", "r", "m", "j", "z", "f", "k", "n", "v", "e", "b", "t", "d", "l", "x", "u", "s", "c", "p", "g"} {
		out = append(out, keyName{k, k})
	}
	for _, f := range routing.Flags() {
		out = append(out, keyName{"flag-" + string(f), flagKeys[f]})
	}
	return append(out, keyName{"comma", ","}, keyName{"dot", "."}, keyName{"find", "/"}, keyName{"help", "?"})
}

// movableKeys are those that can be moved.
func movableKeys() (out []string) {
	for _, k := range allKeys() {
		if k.Key != "" {
			out = append(out, k.Key)
		}
	}
	return out
}

// keysBody is the page on which a clerk moves keys.
type keysBody struct {
	Keys []keyName
	Now  map[string]string // the key in force, by the one that is given out
}

func (s *server) keysPage(v *visit) error {
	b := keysBody{Now: map[string]string{}}
	moved, err := s.Desk.Keys(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	for _, k := range allKeys() {
		if k.Key == "" {
			continue
		}
		b.Keys, b.Now[k.Key] = append(b.Keys, k), k.Key
		if to := moved[k.Key]; to != "" {
			b.Now[k.Key] = to
		}
		if to := v.r.PostFormValue("taste-" + k.Name); to != "" {
			b.Now[k.Key] = to // as it was typed
		}
	}
	return s.show(v, v.status(), "keys", view{Title: "keys.title", Body: b})
}

func (s *server) setKeys(v *visit) error {
	wanted := map[string]string{}
	for _, k := range allKeys() {
		if k.Key != "" && v.r.PostFormValue("zurueck") == "" {
			wanted[k.Key] = v.r.PostFormValue("taste-" + k.Name)
		}
	}
	if err := s.Desk.SetKeys(v.r.Context(), v.who, movableKeys(), wanted); err != nil {
		return s.again(v, err, s.keysPage)
	}
	s.say(v, "keys.saved")
	v.redirect("/konto/tasten")
	return nil
}

// The places in a page where a key stands: as what an element listens to, at
// the end of its title, and in the help.
var keyPlaces = regexp.MustCompile(`( data-(?:key|focus)="| title="[^"]*\(|<kbd>)([^"<&])("|\)"|</kbd>)`)

// moveKeys writes the keys that a clerk moved into a page. It is done with the
// page as it stands, so that no template has to know whose keys it shows.
func moveKeys(page []byte, moved map[string]string) []byte {
	if len(moved) == 0 {
		return page
	}
	return keyPlaces.ReplaceAllFunc(page, func(place []byte) []byte {
		m := keyPlaces.FindSubmatch(place)
		to := moved[string(m[2])]
		if to == "" {
			return place
		}
		return []byte(string(m[1]) + html.EscapeString(to) + string(m[3]))
	})
}
