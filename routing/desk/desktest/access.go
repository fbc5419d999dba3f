package desktest

import (
	"context"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Cast is a clerk for each role, by the letter that stands for them in the
// tables of Access: w, h and r have their role for Wohngeld, W, H and R for all
// departments.
var Cast = []Player{
	{'n', nil},
	{'S', []routing.Grant{{Role: routing.ScanRoom}}},
	{'w', []routing.Grant{{Role: routing.Worker, Department: "wohngeld"}}},
	{'W', []routing.Grant{{Role: routing.Worker}}},
	{'h', []routing.Grant{{Role: routing.Head, Department: "wohngeld"}}},
	{'H', []routing.Grant{{Role: routing.Head}}},
	{'r', []routing.Grant{{Role: routing.Records, Department: "wohngeld"}}},
	{'R', []routing.Grant{{Role: routing.Records}}},
	{'U', []routing.Grant{{Role: routing.Auditor}}},
	{'A', []routing.Grant{{Role: routing.Admin}}},
	{'C', []routing.Grant{{Role: routing.Checker}}},
}

// Player is one of the cast.
type Player struct {
	Letter byte
	Grants []routing.Grant
}

// Login is the log-in of p in an office in which the cast was hired.
func (p Player) Login() string {
	if p.Letter >= 'a' {
		return "cast-" + string(p.Letter)
	}
	return "cast-all-" + string(p.Letter+'a'-'A')
}

// What says what a right is asked for, as seen by those who have a role for
// Wohngeld only.
type What string

// The things of the tables. A letter lies in an open or in a released stack.
const (
	House           What = "house"            // nothing in particular
	Any             What = "any"              // a page about all departments in which one has the right
	Own             What = "own"              // a letter of Wohngeld, or that department
	OwnOpen         What = "own open"         // the same in an open stack
	Foreign         What = "foreign"          // a letter of Soziale Hilfen, or that department
	ForeignOpen     What = "foreign open"     // the same in an open stack
	Unknown         What = "unknown"          // a letter of which nobody knows whose it is
	UnknownReleased What = "unknown released" // the same in a released stack
	OpenStack       What = "open stack"
	ReleasedStack   What = "released stack"
)

// The things that the placeholders of a route stand for in turn.
var (
	OfLetters     = []What{Own, OwnOpen, Foreign, ForeignOpen, Unknown, UnknownReleased}
	OfDepartments = []What{Own, Foreign}
	OfStacks      = []What{OpenStack, ReleasedStack}
)

// Access says who may do what, whichever door they come through: by right and
// thing, the letters of the cast. What does not stand here is denied to all. It
// is written by hand and not taken from the desk, which must agree with it.
var Access = map[desk.Right]map[What]string{
	desk.SeeStations: {House: "SrRUA", OpenStack: "SrRUA", ReleasedStack: "SrRUA"},
	desk.RunStations: {House: "S", OpenStack: "S", ReleasedStack: "S"},
	desk.SeePictures: {OpenStack: "S"},
	desk.MendStacks:  {OpenStack: "S"},
	desk.SeeFacts: {
		Own: "wWhHrRUA", OwnOpen: "SwWhHrRUA", Foreign: "WHRUA", ForeignOpen: "SWHRUA",
		Unknown: "SWHrRUA", UnknownReleased: "WHrRUA",
	},
	desk.ReadLetters: {
		Any: "wWhHrRU", Own: "wWhHrRU", OwnOpen: "SwWhHrRU", Foreign: "WHRU", ForeignOpen: "SWHRU",
		Unknown: "SWHrRU", UnknownReleased: "WHrRU",
	},
	desk.ClearLetters: {
		Any: "SwWhHrR", Own: "wWhHrR", OwnOpen: "wWhHrR", Foreign: "WHR", ForeignOpen: "WHR",
		Unknown: "SWHrR", UnknownReleased: "WHrR",
	},
	desk.AssignLetters: {
		Any: "hHrR", Own: "hHrR", OwnOpen: "hHrR", Foreign: "HR", ForeignOpen: "HR",
		Unknown: "HR", UnknownReleased: "HR",
	},
	desk.WorkLetters: {
		Any: "wWhH", Own: "wWhH", OwnOpen: "wWhH", Foreign: "WH", ForeignOpen: "WH",
		Unknown: "WH", UnknownReleased: "WH",
	},
	desk.SealLetters: {
		Own: "hHrR", OwnOpen: "ShHrR", Foreign: "HR", ForeignOpen: "SHR", Unknown: "SHrR", UnknownReleased: "HrR",
	},
	desk.SeeAccess: {
		House: "U", Own: "U", OwnOpen: "U", Foreign: "U", ForeignOpen: "U", Unknown: "U", UnknownReleased: "U",
	},
	desk.Inquire:    {House: "RU"},
	desk.KeepBlocks: {Any: "rRA"},
	desk.AskRescans: {
		Own: "wWhHrR", OwnOpen: "SwWhHrR", Foreign: "WHR", ForeignOpen: "SWHR",
		Unknown: "SWHrR", UnknownReleased: "WHrR",
	},
	desk.CorrectCuts: {
		Own: "wWhHrR", OwnOpen: "wWhHrR", Foreign: "WHR", ForeignOpen: "WHR",
		Unknown: "WHrR", UnknownReleased: "WHrR",
	},
	desk.SeeFigures: {Any: "hHrRUA"},
	desk.FileLetters: {
		Any: "wWhH", Own: "wWhH", OwnOpen: "wWhH", Foreign: "WH", ForeignOpen: "WH",
		Unknown: "WH", UnknownReleased: "WH",
	},
	desk.SeeSystems: {House: "A"},
	desk.TendStore:  {House: "UA"},
	desk.HandleLetters: {
		Any: "wWhHrR", Own: "wWhHrR", OwnOpen: "wWhHrR", Foreign: "WHR", ForeignOpen: "WHR",
		Unknown: "WHrR", UnknownReleased: "WHrR",
	},
	desk.CommentLetters: {
		Any: "wWhHrR", Own: "wWhHrR", OwnOpen: "wWhHrR", Foreign: "WHR", ForeignOpen: "WHR",
		Unknown: "WHrR", UnknownReleased: "WHrR",
	},
	desk.ExportHits:   {Any: "rRU"},
	desk.KeepAccounts: {House: "A"},
	desk.PlanAbsences: {Any: "wWhHrR"},
	desk.KeepRules:    {House: "RA"},
	desk.BringPost:    {House: "S"},
	desk.SeeOriginals: {
		House: "SHRU", Any: "ShHrRU", Own: "ShHrRU", OwnOpen: "ShHrRU", Foreign: "SHRU", ForeignOpen: "SHRU",
		Unknown: "SHrRU", UnknownReleased: "SHrRU",
	},
	desk.SeePlaceholders:  {House: "SrRU"},
	desk.KeepPlaceholders: {House: "SrR"},
	desk.SeeBacklog:       {House: "SrRU"},
	desk.PlanBacklog:      {House: "SrR"},
	desk.MoveBoxes:        {House: "SrR", Any: "SrR", OpenStack: "SrR", ReleasedStack: "SrR"},
	desk.CheckScans:       {House: "SrRC", Any: "SrRC", OpenStack: "SrRC", ReleasedStack: "SrRC"},
	desk.DrawLate:         {House: "rR", Any: "rR", OpenStack: "rR", ReleasedStack: "rR"},
	desk.ReclassLetters: {
		Any: "rR", Own: "rR", OwnOpen: "SrR", Foreign: "R", ForeignOpen: "SR", Unknown: "SrR", UnknownReleased: "rR",
	},
	desk.HoldPaper: {
		Any: "hHrR", Own: "hHrR", OwnOpen: "hHrR", Foreign: "HR", ForeignOpen: "HR", Unknown: "HrR", UnknownReleased: "HrR",
	},
	desk.EraseCopies: {
		Any: "hHrR", Own: "hHrR", OwnOpen: "hHrR", Foreign: "HR", ForeignOpen: "HR", Unknown: "HrR", UnknownReleased: "HrR",
	},
	desk.ProposeDisposal: {House: "SrR", Any: "SrR"},
	desk.ApproveDisposal: {
		Any: "hHrR", Own: "hHrR", OwnOpen: "hHrR", Foreign: "HR", ForeignOpen: "HR", Unknown: "HrR", UnknownReleased: "HrR",
	},
	desk.RecallPaper: {
		Any: "wWhH", Own: "wWhH", OwnOpen: "wWhH", Foreign: "WH", ForeignOpen: "WH", Unknown: "WH", UnknownReleased: "WH",
	},
}

// Hire gives everybody of the cast an account with Password.
func (o *Office) Hire() {
	o.t.Helper()
	admin := o.Who("admin")
	for _, p := range Cast {
		once, err := o.AddClerk(context.Background(), admin, p.Login(), "Person "+string(p.Letter), p.Grants)
		o.must(err)
		o.own(p.Login(), once)
	}
}

// Things are the letters and stacks that Access speaks of.
type Things struct {
	Letters map[What]storage.DocumentID
	Stacks  map[What]scanstation.BatchID
}

// Stage puts one of each of the things into the office.
func (o *Office) Stage() Things {
	o.t.Helper()
	sep := Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true}
	own := Sheet{Lines: Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}
	foreign := Sheet{Lines: Letter("Amt für Soziales", "Klara Hoffmann", "SO-2025-00042")}
	nobodys := Sheet{Lines: []string{"Guten Tag,", "", "hier das Formular.", "", "M. Schulte"}}
	decide := func(_ int, r []ocr.Reading) routing.Decision {
		switch {
		case evidence(r, "WG-2023-004711") != nil:
			return Sure(Case("WG-2023-004711"), r)
		case evidence(r, "SO-2025-00042") != nil:
			return Sure(Case("SO-2025-00042"), r)
		}
		return routing.Decision{Reasons: []scanstation.Reason{{Code: routing.UnknownDepartment}}}
	}
	put := func(name string, sheets ...Sheet) scanstation.BatchID {
		return o.Put(Stack{Name: name, Received: "2026-11-20", Operator: "Sabine Scholz", Sheets: sheets, Decide: decide})
	}
	released := put("fertig.tif", own, sep, foreign)
	open := put("offen.tif", own, sep, foreign, sep, nobodys)
	odd := put("seltsam.tif", nobodys)
	o.release(odd)
	return Things{
		Letters: map[What]storage.DocumentID{
			Own: storage.NewDocumentID(released, 1), Foreign: storage.NewDocumentID(released, 2),
			OwnOpen: storage.NewDocumentID(open, 1), ForeignOpen: storage.NewDocumentID(open, 2), Unknown: storage.NewDocumentID(open, 3),
			UnknownReleased: storage.NewDocumentID(odd, 1),
		},
		Stacks: map[What]scanstation.BatchID{OpenStack: open, ReleasedStack: released},
	}
}

// release marks a stack as released though a letter of it waits: the archive
// would not, but rights must hold all the same.
func (o *Office) release(id scanstation.BatchID) {
	ctx := context.Background()
	b, err := o.Archive.Batch(ctx, id)
	o.must(err)
	b.State = storage.BatchReleased
	o.must(o.Archive.Do(ctx, func(tx storage.Tx) error { return o.Archive.Ledger.SaveBatch(ctx, tx, b) }))
}
