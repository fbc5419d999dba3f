package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mailroom/routing/api"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
)

// forClerks is what everybody with a token may ask.
const forClerks = desk.Right("+")

// operation is one of the API with the right that it asks for, and of what. body
// is that of a request that changes nothing even where it is allowed.
type operation struct {
	id    string
	right desk.Right
	what  []desktest.What
	body  string
}

var (
	theHouse = []desktest.What{desktest.House}
	anything = []desktest.What{desktest.Any}
)

// operations is the whole API. TestRights finds what is missing here.
var operations = []operation{
	{"who-am-i", forClerks, theHouse, ""},
	{"list-inboxes", forClerks, theHouse, ""},
	{"list-inbox", desk.ReadLetters, desktest.OfDepartments, ""},
	{"list-review", desk.ClearLetters, anything, ""},
	{"list-own", desk.WorkLetters, anything, ""},
	{"search", desk.ReadLetters, anything, ""},
	{"get-letter", desk.SeeFacts, desktest.OfLetters, ""},
	{"get-text", desk.ReadLetters, desktest.OfLetters, ""},
	{"get-pdf", desk.ReadLetters, desktest.OfLetters, ""},
	{"get-note", desk.ReadLetters, desktest.OfLetters, ""},
	{"get-page", desk.ReadLetters, desktest.OfLetters, ""},
	{"get-data", desk.ReadLetters, nil, ""}, // see TestTheDataOfTheChannel
	{"resolve", desk.ClearLetters, desktest.OfLetters, `{"department":"nirgends"}`},
	{"assign", desk.AssignLetters, desktest.OfLetters, `{"worker":"\u0007"}`},
	{"unassign", desk.AssignLetters, desktest.OfLetters, ""},
	{"forward", desk.AssignLetters, desktest.OfLetters, `{"department":"nirgends"}`},
	{"refuse", desk.AssignLetters, desktest.OfLetters, `{"code":"another-refusal"}`},
	{"end", desk.AssignLetters, desktest.OfLetters, `{"state":"finance","reason":" "}`},
	{"file", desk.WorkLetters, desktest.OfLetters, `{"efile":" "}`},
	{"begin", desk.WorkLetters, desktest.OfLetters, ""},
	{"close", desk.WorkLetters, desktest.OfLetters, ""},
	{"reopen", desk.WorkLetters, desktest.OfLetters, ""},
	{"unend", desk.AssignLetters, desktest.OfLetters, ""},

	{"split-letter", desk.CorrectCuts, desktest.OfLetters, `{"page":999}`},
	{"join-letters", desk.CorrectCuts, nil, ""}, // of two letters: see TestWhoCorrectsTheCut of the desk

	{"list-searches", desk.ReadLetters, anything, ""},
	{"keep-search", desk.ReadLetters, anything, `{"name":" ","query":{"q":"Miete"}}`},
	{"drop-search", desk.ReadLetters, nil, ""}, // one's own only: see TestSearchesByProgram

	{"get-affair", desk.SeeFacts, desktest.OfLetters, ""},
	{"set-deadline", desk.HandleLetters, desktest.OfLetters, `{"name":" ","on":"2026-12-01"}`},
	{"drop-deadline", desk.HandleLetters, desktest.OfLetters, `{"name":"keine"}`},
	{"flag", desk.HandleLetters, desktest.OfLetters, `{"flag":"talk","on":false}`},
	{"set-priority", desk.HandleLetters, desktest.OfLetters, `{"priority":0}`},
	{"set-follow-up", desk.HandleLetters, desktest.OfLetters, `{"on":"2020-01-01"}`},
	{"drop-follow-up", desk.HandleLetters, desktest.OfLetters, ""},
	{"comment", desk.CommentLetters, desktest.OfLetters, `{"words":" "}`},
	{"inform", desk.HandleLetters, desktest.OfLetters, `{"login":"niemand"}`},
	{"uninform", desk.HandleLetters, desktest.OfLetters, `{"clerk":"c-none"}`},
	{"take-note", desk.ReadLetters, desktest.OfLetters, ""},
	{"list-notices", desk.CommentLetters, anything, ""},
	{"list-late", desk.AssignLetters, anything, ""},

	{"list-filings", desk.SeeFacts, desktest.OfLetters, ""},
	{"add-filing", desk.FileLetters, desktest.OfLetters, `{"department":"nirgends","case_number":"X"}`},
	{"withdraw-filing", desk.FileLetters, desktest.OfLetters, ""},
	{"hand-over", desk.FileLetters, desktest.OfLetters, ""},
	{"file-by-hand", desk.FileLetters, desktest.OfLetters, `{"efile":" "}`},
	{"list-failed", desk.ClearLetters, nil, ""}, // an empty list for those who clear nothing

	{"list-workers", desk.AssignLetters, desktest.OfDepartments, ""},
	{"list-assigned", desk.AssignLetters, desktest.OfDepartments, ""},
	{"list-sure", desk.AssignLetters, desktest.OfDepartments, ""},
	{"take-sure", desk.AssignLetters, desktest.OfDepartments, `{"letters":["20261124-ZZZZZZZZ-001"]}`},
	{"take-proposals", desk.AssignLetters, desktest.OfDepartments, `{"letters":["20261124-ZZZZZZZZ-001"]}`},
	{"assign-several", desk.AssignLetters, desktest.OfDepartments, `{"letters":["x"],"worker":"\u0007"}`},
	{"reassign", desk.AssignLetters, desktest.OfDepartments, `{"letters":["x"],"worker":"\u0007"}`},
	{"undo", desk.AssignLetters, desktest.OfDepartments, ""},

	{"mend-stack", desk.MendStacks, desktest.OfStacks, `{"plan":99,"image":0,"act":"turn"}`},
	{"unmend-stack", desk.MendStacks, desktest.OfStacks, `{"plan":99}`},
	{"count-stack", desk.MendStacks, desktest.OfStacks, `{"plan":99,"images":99,"letters":99}`},
	{"release-stack", desk.MendStacks, desktest.OfStacks, `{"plan":99}`},
	{"confirm-stack", desk.RunStations, desktest.OfStacks, ""},
	{"sign-on", desk.RunStations, theHouse, `{"received_on":"2000-01-01"}`},
	{"sign-off", desk.RunStations, theHouse, ""},

	{"list-letter-rescans", desk.SeeFacts, desktest.OfLetters, ""},
	{"ask-rescan", desk.AskRescans, desktest.OfLetters, `{"kind":"replace","complaint":"none"}`},
	{"list-rescans", desk.SeeStations, theHouse, ""},
	{"answer-rescan", desk.RunStations, theHouse, `{"words":" "}`},
	{"get-day-close", desk.SeeStations, theHouse, ""},

	{"list-boxes", desk.SeeOriginals, anything, ""},
	{"put-into-box", desk.MoveBoxes, theHouse, `{"box":"K0","codes":["x"]}`},
	{"list-recalls", desk.RecallPaper, nil, ""}, // or MoveBoxes: see TestARecall of the pages
	{"ask-recall", desk.RecallPaper, nil, ""},   // asks: see TestARecall of the pages

	{"step-recall", desk.MoveBoxes, nil, ""}, // the same

	{"list-holds", desk.SeeOriginals, anything, ""},
	{"set-hold", desk.HoldPaper, anything, `{"letter":"x","reason":" "}`},
	{"release-hold", desk.HoldPaper, nil, ""}, // of one hold: see TestPaperGoesByProgram
	{"list-disposals", desk.SeeOriginals, anything, ""},
	{"get-disposal", desk.SeeOriginals, nil, ""},
	{"propose-disposal", desk.ProposeDisposal, nil, ""},
	{"approve-disposal", desk.ApproveDisposal, nil, ""},
	{"sign-container", desk.ProposeDisposal, nil, ""},
	{"enter-certificate", desk.ProposeDisposal, theHouse, `{"disposals":["x"],"firm":"","number":"","level":"P-5","destroyed_on":"","witness":""}`},
	{"list-placeholders", desk.SeePlaceholders, theHouse, ""},
	{"list-checks", desk.CheckScans, theHouse, ""},
	{"judge-sheet", desk.CheckScans, nil, ""}, // of a letter that was drawn: see TestPaperGoesByProgram
	{"mend-check", desk.CheckScans, nil, ""},

	{"list-absences", desk.PlanAbsences, anything, ""},
	{"enter-absence", desk.PlanAbsences, anything, `{"from":"2020-01-01","to":"2020-01-01"}`},
	{"end-absence", desk.PlanAbsences, nil, ""}, // see TestAbsencesByProgram
	{"list-steads", forClerks, theHouse, ""},

	{"get-figures", desk.SeeFigures, anything, ""},
	{"list-rules", desk.KeepRules, theHouse, ""},
	{"try-rules", desk.KeepRules, theHouse, `{"days":1,"rules":[]}`},
	{"list-efile-systems", desk.SeeSystems, theHouse, ""},

	{"list-stations", desk.SeeStations, theHouse, ""},
	{"list-stacks", desk.SeeStations, theHouse, ""},
	{"get-stack", desk.SeeStations, desktest.OfStacks, ""},
	{"retry-stack", desk.RunStations, desktest.OfStacks, ""},
	{"bring-post", desk.BringPost, nil, ""}, // see TestPostOfAnotherChannel
	{"events", forClerks, nil, ""},          // see TestTheStreamTellsWhatOneMaySee
}

// description is what OpenAPI says of the operations: by id, method and path.
func (h house) description() map[string][2]string {
	h.t.Helper()
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ OperationID string }
	}
	r := h.ask("", http.MethodGet, "/openapi.json", "")
	if err := json.Unmarshal([]byte(r.body), &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		h.t.Fatalf("%v: version %q", err, doc.OpenAPI)
	}
	out := map[string][2]string{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			out[op.OperationID] = [2]string{strings.ToUpper(method), path}
		}
	}
	return out
}

// TestRights asks every operation in the name of everybody, for what is theirs
// and for what is not, and expects what desktest.Access says. A new operation is
// a new line in operations.
func TestRights(t *testing.T) {
	h := open(t)
	h.Hire()
	things := h.Stage()
	described := h.description()
	for id := range described {
		if !slices.ContainsFunc(operations, func(o operation) bool { return o.id == id }) {
			t.Errorf("%s is not in the table: nobody has said who may do that", id)
		}
	}
	for _, p := range desktest.Cast {
		token := h.token(p.Login())
		for _, o := range operations {
			way, ok := described[o.id]
			if !ok {
				t.Fatalf("%s is in the table, but there is no such operation", o.id)
			}
			for _, what := range o.what {
				name := fmt.Sprintf("%s: %s of %s", p.Login(), o.id, what)
				allowed := o.right == forClerks || strings.IndexByte(desktest.Access[o.right][what], p.Letter) >= 0
				got := h.ask(token, way[0], o.path(way[1], things, what, false), o.body)
				if allowed && !slices.Contains([]int{200, 409, 422}, got.status) || !allowed && got.status != http.StatusNotFound {
					t.Errorf("%s: %d %s; allowed %v", name, got.status, got.body, allowed)
				}
				if none := h.ask(token, way[0], o.path(way[1], things, what, true), o.body); !allowed && none.body != got.body {
					t.Errorf("%s: denied differs from missing:\n%s\n%s", name, got.body, none.body)
				}
			}
		}
	}
}

// path fills the places of a path with the thing, or with one that there is not.
func (o operation) path(path string, things desktest.Things, what desktest.What, nowhere bool) string {
	rescan := "7F3K9Q2M"
	letter, stack, department := string(things.Letters[what]), string(things.Stacks[what]), "wohngeld"
	if what == desktest.Foreign {
		department = "soziales"
	}
	if nowhere {
		letter, stack, department = "20261124-ZZZZZZZZ-001", "20261124-ZZZZZZZZ", "nirgends"
	}
	return strings.NewReplacer(api.Prefix, "", "{letter}", letter, "{stack}", stack, "{department}", department, "{page}", "1", "{filing}", "1",
		"{station}", "scan-1", "{rescan}", rescan, "{absence}", "v-none").Replace(path)
}
