package desk_test

import (
	"testing"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// TestMay holds the whole access matrix: each row says what each role may do
// with a thing, as letters: S scan room, W worker and H head of wohngeld, R
// records, U auditor, A admin.
func TestMay(t *testing.T) {
	clerks := map[byte]routing.Clerk{}
	for letter, g := range map[byte]routing.Grant{
		'S': {Role: routing.ScanRoom}, 'W': {Role: routing.Worker, Department: "wohngeld"}, 'H': {Role: routing.Head, Department: "wohngeld"},
		'R': {Role: routing.Records}, 'U': {Role: routing.Auditor}, 'A': {Role: routing.Admin},
	} {
		clerks[letter] = routing.Clerk{ID: "c-1", Grants: []routing.Grant{g}}
	}
	own := desk.Thing{Department: "wohngeld", Released: true}
	ownOpen := desk.Thing{Department: "wohngeld"}
	foreign := desk.Thing{Department: "soziales", Released: true}
	foreignOpen := desk.Thing{Department: "soziales"}
	nobodys := desk.Thing{}
	tests := map[string]struct {
		right desk.Right
		what  desk.Thing
		may   string
	}{
		"stations are the scan room's, and for those who check":  {desk.SeeStations, nobodys, "SRUA"},
		"only the scan room runs stations":                       {desk.RunStations, nobodys, "S"},
		"only the scan room sees pictures of an open stack":      {desk.SeePictures, nobodys, "S"},
		"nobody sees pictures of a released stack":               {desk.SeePictures, own, ""},
		"only the scan room mends an open stack":                 {desk.MendStacks, nobodys, "S"},
		"nobody mends a released stack":                          {desk.MendStacks, own, ""},
		"facts of an own letter after release":                   {desk.SeeFacts, own, "WHRUA"},
		"facts of a foreign letter after release":                {desk.SeeFacts, foreign, "RUA"},
		"facts of a letter of an open stack":                     {desk.SeeFacts, foreignOpen, "SRUA"},
		"own letters are read by their department after release": {desk.ReadLetters, own, "WHRU"},
		"own letters are read before release, too":               {desk.ReadLetters, ownOpen, "SWHRU"},
		"foreign letters are closed":                             {desk.ReadLetters, foreign, "RU"},
		"nobody's letters are the scan room's and records'":      {desk.ReadLetters, nobodys, "SRU"},
		"nobody's letters are cleared by scan room and records":  {desk.ClearLetters, nobodys, "SR"},
		"after release nobody's letters are records' alone":      {desk.ClearLetters, desk.Thing{Released: true}, "R"},
		"own letters are cleared by their department":            {desk.ClearLetters, ownOpen, "WHR"},
		"foreign letters are cleared by records only":            {desk.ClearLetters, foreignOpen, "R"},
		"own letters are assigned by head and records":           {desk.AssignLetters, own, "HR"},
		"foreign letters are assigned by records only":           {desk.AssignLetters, foreign, "R"},
		"nobody's letters are assigned by records only":          {desk.AssignLetters, nobodys, "R"},
		"own letters are worked on by their department":          {desk.WorkLetters, own, "WH"},
		"foreign letters are worked on by others":                {desk.WorkLetters, foreign, ""},
		"accounts are the administration's":                      {desk.KeepAccounts, nobodys, "A"},
		"absences are planned where letters are worked on":       {desk.PlanAbsences, own, "WHR"},
		"the store is the administration's and the auditor's":    {desk.TendStore, nobodys, "UA"},
		"rules are the administration's and the records'":        {desk.KeepRules, nobodys, "RA"},
		"where own paper lies":                                   {desk.SeeOriginals, own, "SHRU"},
		"where foreign paper lies":                               {desk.SeeOriginals, foreign, "SRU"},
		"own paper is held by head and records":                  {desk.HoldPaper, own, "HR"},
		"foreign paper is held by records only":                  {desk.HoldPaper, foreign, "R"},
		"own paper is called back by its department":             {desk.RecallPaper, own, "WH"},
		"destruction is proposed by those who have the paper":    {desk.ProposeDisposal, own, "SR"},
		"destruction is approved by those who answer for it":     {desk.ApproveDisposal, own, "HR"},
		"an unknown right is nobody's":                           {desk.Right("fly"), own, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, letter := range []byte("SWHRUA") {
				if desk.May(clerks[letter], tt.right, tt.what) {
					got += string(letter)
				}
			}
			if got != tt.may {
				t.Errorf("May(%s, %+v) = %q; want %q", tt.right, tt.what, got, tt.may)
			}
		})
	}
}

func TestMayNobody(t *testing.T) {
	all := []routing.Grant{{Role: routing.ScanRoom}, {Role: routing.Admin}, {Role: routing.Records}}
	for name, c := range map[string]routing.Clerk{
		"nobody is logged in":            {Grants: all},
		"the account is closed":          {ID: "c-1", Grants: all, Disabled: true},
		"the password is a one-time one": {ID: "c-1", Grants: all, MustChange: true},
		"there is no role":               {ID: "c-1"},
	} {
		for _, right := range []desk.Right{desk.SeeStations, desk.RunStations, desk.SeeFacts, desk.ReadLetters, desk.ClearLetters, desk.AssignLetters, desk.WorkLetters, desk.KeepAccounts} {
			if desk.May(c, right, desk.Thing{}) {
				t.Errorf("%s: May(%s) = true", name, right)
			}
		}
	}
}
