package web

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strings"

	"mailroom/routing"
)

// keyUse is a key and what it does at a place. Name is the end of its words in
// the catalogue; Key is what is pressed, empty where it is no single character
// of its own and cannot be moved.
type keyUse struct {
	Place, Name, Key string
	Flag             routing.Flag // that it sets
}

// keyPlace is a page and what keys do there.
type keyPlace struct {
	Name string
	Uses []keyUse
}

// The keys by place, in the order of the help. Longer words are keys that have
// no single character; "flags" are those of all flags.
var usedKeys = [][2]string{
	{"anywhere", "tab updown / g ?"},
	{"inbox", "enter 1 a space m j z , . w r f k flags s o"},
	{"review", "1 n a f s o"},
	{"own", "n v e"},
	{"letter", "b t m f k c flags n a s p"},
	{"stack", "leftright letters n t v d l x w , . z b o enter"},
	{"simple", "enter t v l w u s p"},
	{"close", "u"},
}

// keySigns are how keys are called in the catalogue that are no letter.
var keySigns = map[string]string{",": "comma", ".": "dot", "/": "find", "?": "help"}

// keysByPlace are all keys by what they do where.
func keysByPlace() []keyPlace {
	out := make([]keyPlace, len(usedKeys))
	for i, p := range usedKeys {
		out[i].Name = p[0]
		for _, k := range strings.Fields(p[1]) {
			switch {
			case k == "flags":
				for _, f := range routing.Flags() {
					out[i].Uses = append(out[i].Uses, keyUse{p[0], "flag", flagKeys[f], f})
				}
			case k == "1" || len(k) > 1:
				out[i].Uses = append(out[i].Uses, keyUse{Place: p[0], Name: k})
			default:
				out[i].Uses = append(out[i].Uses, keyUse{Place: p[0], Name: cmp.Or(keySigns[k], k), Key: k})
			}
		}
	}
	return out
}

// movableKeys are those that can be moved, in the order of the help.
func movableKeys() (out []string) {
	for _, p := range keysByPlace() {
		for _, u := range p.Uses {
			if u.Key != "" && !slices.Contains(out, u.Key) {
				out = append(out, u.Key)
			}
		}
	}
	return out
}

// movableKey is a key on the page on which it is moved.
type movableKey struct {
	Key  string
	Uses []keyUse
	Now  string // the key in force
}

// fieldOf is the field in which a key is moved.
func fieldOf(key string) string { return "taste-" + cmp.Or(keySigns[key], key) }

func (s *server) keysPage(v *visit) error {
	var rows []movableKey
	moved, err := s.Desk.Keys(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	for _, key := range movableKeys() {
		row := movableKey{Key: key, Now: cmp.Or(v.r.PostFormValue(fieldOf(key)), moved[key], key)} // as it was typed
		for _, p := range keysByPlace() {
			for _, u := range p.Uses {
				if u.Key == key {
					row.Uses = append(row.Uses, u)
				}
			}
		}
		rows = append(rows, row)
	}
	return s.show(v, v.status(), "keys", view{Title: "keys.title", Body: rows})
}

func (s *server) setKeys(v *visit) error {
	wanted := map[string]string{}
	for _, key := range movableKeys() {
		if v.r.PostFormValue("zurueck") == "" {
			wanted[key] = v.r.PostFormValue(fieldOf(key))
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
