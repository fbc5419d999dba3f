package web_test

import (
	"context"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
)

// confided fills the house with post that not everybody may see, and returns the
// pages about it.
func (h house) confided() []visited {
	ctx, admin, records, auditor := context.Background(), h.Who("admin"), h.Who("records"), h.Who("auditor")
	once, err := h.AddClerk(ctx, admin, "personalrat", "Karin Wolf", nil)
	h.sound(err)
	council, err := h.Authenticate(ctx, "personalrat", once)
	h.sound(err)
	h.sound(h.ChangePassword(ctx, council, once, desktest.Password))
	waiting, nobodys := h.Private("wohngeld"), h.Confidential("wohngeld")
	sep := desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true}
	mixed := h.Put(desktest.Stack{
		Name: "gemischt.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{
			{Lines: []string{"Guten Tag"}}, sep,
			{Lines: []string{"Rita Falk", "", "", "", "Stadt Musterstadt", "Persönlich", "", "", "wegen der Abmahnung"}}, {},
		},
		Decide: func(int, []ocr.Reading) routing.Decision { return routing.Decision{Sure: true, Department: "wohngeld"} },
	})
	read := h.Brief()
	h.sound(h.AddBlock(ctx, admin, routing.Block{
		Blocked: []string{"wohngeld-2"}, Persons: []routing.Party{{Surname: "Hoffmann", Given: "Klara", Born: "17.01.1950"}},
		Numbers: []routing.CaseNumber{"WG-2024-000815"}, Substitute: "worker-wohngeld", Reason: "Nachbarin",
	}))
	h.sound(h.Ask(ctx, auditor, routing.WhatWasRead, "head-wohngeld", "Beschwerde 12/26"))
	_, err = h.Text(ctx, h.Who("head-wohngeld"), read)
	h.sound(err)
	asked, err := h.Questions(ctx, records)
	h.sound(err)
	h.sound(h.Reply(ctx, records, asked[0].ID, true))
	h.sound(h.Ask(ctx, auditor, routing.WhatWasRead, "wohngeld-2", "Beschwerde 13/26"))
	letter := "/brief/" + string(read)
	return []visited{
		{"personalrat", "verschlossen", "/verschlossen"}, {"personalrat", "verschlossen-brief", "/brief/" + string(waiting)},
		{"personalrat", "datenschutz", "/konto/datenschutz"},
		{"wohngeld-2", "verschlossen-leer", "/verschlossen"},
		{"head-wohngeld", "postkorb-verschlossen", "/postkorb/wohngeld?brief=" + string(waiting)},
		{"head-wohngeld", "brief-verschlossen", "/brief/" + string(waiting)},
		{"scan", "stapel-verschlossen", "/stapel/" + string(mixed) + "?bild=2"},
		{"records", "klaerung-verschlossen", "/klaerung?brief=" + string(nobodys)}, {"records", "sperrlisten", "/verwaltung/sperrlisten"},
		{"records", "auskunft-gefragt", "/auskunft"},
		{"auditor", "auskunft", "/auskunft"}, {"auditor", "auskunft-antwort", "/auskunft/" + asked[0].ID},
		{"auditor", "pruefung", "/pruefung"}, {"auditor", "zugriffe", letter + "/zugriffe"},
		{"auditor", "pruefung-brief", letter},
	}
}

// sound stops where the house cannot be filled.
func (house) sound(err error) {
	if err != nil {
		panic(err)
	}
}
