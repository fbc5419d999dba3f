package desk

import (
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Right is something that a clerk may do (Berechtigung).
type Right string

// The rights.
const (
	SeeStations    Right = "see-stations"    // stations, stacks and their numbers
	RunStations    Right = "run-stations"    // sign on, drop files, try again
	SeePictures    Right = "see-pictures"    // the images of a stack
	MendStacks     Right = "mend-stacks"     // change how a stack was cut, and release it
	SeeFacts       Right = "see-facts"       // where a letter is, and what became of it
	ReadLetters    Right = "read-letters"    // its pages, its text, what was read from it
	ClearLetters   Right = "clear-letters"   // say whose a doubtful letter is
	AssignLetters  Right = "assign-letters"  // say who works on a letter, or that it ends here
	WorkLetters    Right = "work-letters"    // take an own letter to the e-file, work on it, close it
	HandleLetters  Right = "handle-letters"  // set its deadlines, remarks and follow-up, and say who is to know of it
	CommentLetters Right = "comment-letters" // comment on it
	AskRescans     Right = "ask-rescans"     // say that a letter must be scanned again
	CorrectCuts    Right = "correct-cuts"    // take a letter apart, or join two, after the release
	BringPost      Right = "bring-post"      // bring in post of other channels than paper
	FileLetters    Right = "file-letters"    // take an own part of a letter into its file
	SeeSystems     Right = "see-systems"     // how the ways into the e-files do
	KeepAccounts   Right = "keep-accounts"   // people and their roles
	SeeFigures     Right = "see-figures"     // sums of what happened, of no letter and nobody
	KeepRules      Right = "keep-rules"      // see the rules of distribution and try others
	ExportHits     Right = "export-hits"     // take the hits of a search out as a table
	PlanAbsences   Right = "plan-absences"   // say when one is away, and who stands in

	SealLetters      Right = "seal-letters"      // close a letter to all but its recipients
	NameRecipients   Right = "name-recipients"   // say for whom a closed letter is, without seeing it
	SeeAccess        Right = "see-access"        // who looked at a letter, and how the chain of events stands
	Inquire          Right = "inquire"           // ask who is behind an id, or answer that
	KeepBlocks       Right = "keep-blocks"       // say whose letters a clerk may not see
	SeeOriginals     Right = "see-originals"     // where the paper is and what becomes of it
	MoveBoxes        Right = "move-boxes"        // open, fill, move and close boxes
	CheckScans       Right = "check-scans"       // compare scans that were drawn with their paper
	DrawLate         Right = "draw-late"         // have letters drawn of a stack that closed without it
	ReclassLetters   Right = "reclass-letters"   // put a letter with its paper into another class
	HoldPaper        Right = "hold-paper"        // keep paper and copy of a letter from going, or let them go on
	ProposeDisposal  Right = "propose-disposal"  // say what paper is to be destroyed, and carry out what was approved
	ApproveDisposal  Right = "approve-disposal"  // approve it: never one's own proposal, and by the role that its class names
	EraseCopies      Right = "erase-copies"      // say, as two people, that our copy of a letter must go
	SeePlaceholders  Right = "see-placeholders"  // what came with letters and cannot be scanned, and who has it
	KeepPlaceholders Right = "keep-placeholders" // record such things, sign for them and hand them out
	SeeBacklog       Right = "see-backlog"       // which paper files are scanned in bulk, and how far that is
	PlanBacklog      Right = "plan-backlog"      // say which paper files are scanned in bulk, and print their sheets
	RecallPaper      Right = "recall-paper"      // have the paper of a letter brought

	TendStore Right = "tend-store" // see how what is kept is re-read, shipped and stamped, and have it re-read now

	OpenSeals Right = "open-seals" // open it to its department, or take it: of its recipients, whatever their role
)

// Scope is where a role has a right.
type Scope int

// The scopes, each a bit.
const (
	Nowhere              Scope = 0
	Anywhere             Scope = 1 << iota // whatever it is
	OwnDepartment                          // of the department that the role was given for
	BeforeRelease                          // while its stack is not yet released
	UnknownDepartment                      // while nobody knows whose it is
	UnknownBeforeRelease                   // while both is so
	FiledThere                             // of a letter that belongs into a file of the department as well
	WhenInformed                           // if it was given to the clerk for information
)

// matrix says which role has which right, and where. What does not stand here
// is forbidden.
var matrix = map[Right]map[routing.Role]Scope{
	SeeStations: {routing.ScanRoom: Anywhere, routing.Records: Anywhere, routing.Auditor: Anywhere, routing.Admin: Anywhere},
	RunStations: {routing.ScanRoom: Anywhere},
	SeePictures: {routing.ScanRoom: BeforeRelease},
	MendStacks:  {routing.ScanRoom: BeforeRelease},
	SeeFacts: {
		routing.ScanRoom: BeforeRelease, routing.Worker: OwnDepartment | FiledThere | WhenInformed, routing.Head: OwnDepartment | FiledThere | WhenInformed,
		routing.Records: OwnDepartment | UnknownDepartment | FiledThere | WhenInformed, routing.Auditor: Anywhere, routing.Admin: Anywhere,
	},
	ReadLetters: {
		routing.ScanRoom: BeforeRelease, routing.Worker: OwnDepartment | FiledThere | WhenInformed, routing.Head: OwnDepartment | FiledThere | WhenInformed,
		routing.Records: OwnDepartment | UnknownDepartment | FiledThere | WhenInformed, routing.Auditor: Anywhere,
	},
	ClearLetters: {
		routing.ScanRoom: UnknownBeforeRelease, routing.Worker: OwnDepartment, routing.Head: OwnDepartment,
		routing.Records: OwnDepartment | UnknownDepartment,
	},
	AssignLetters: {routing.Head: OwnDepartment, routing.Records: OwnDepartment},
	WorkLetters:   {routing.Worker: OwnDepartment, routing.Head: OwnDepartment},
	PlanAbsences:  {routing.Worker: OwnDepartment, routing.Head: OwnDepartment, routing.Records: OwnDepartment},
	AskRescans: {
		routing.ScanRoom: BeforeRelease, routing.Worker: OwnDepartment, routing.Head: OwnDepartment,
		routing.Records: OwnDepartment | UnknownDepartment,
	},
	CorrectCuts:   {routing.Worker: OwnDepartment, routing.Head: OwnDepartment, routing.Records: OwnDepartment | UnknownDepartment},
	HandleLetters: {routing.Worker: OwnDepartment, routing.Head: OwnDepartment, routing.Records: OwnDepartment | UnknownDepartment},
	CommentLetters: {
		routing.Worker: OwnDepartment | WhenInformed, routing.Head: OwnDepartment | WhenInformed,
		routing.Records: OwnDepartment | UnknownDepartment | WhenInformed,
	},
	BringPost:    {routing.ScanRoom: Anywhere},
	FileLetters:  {routing.Worker: OwnDepartment | FiledThere, routing.Head: OwnDepartment | FiledThere},
	ExportHits:   {routing.Records: OwnDepartment | UnknownDepartment, routing.Auditor: Anywhere},
	SeeSystems:   {routing.Admin: Anywhere},
	KeepAccounts: {routing.Admin: Anywhere},
	SeeFigures:   {routing.Head: OwnDepartment, routing.Records: Anywhere, routing.Auditor: Anywhere, routing.Admin: Anywhere},
	KeepRules:    {routing.Admin: Anywhere, routing.Records: OwnDepartment},
	SealLetters: {
		routing.ScanRoom: BeforeRelease, routing.Head: OwnDepartment, routing.Records: OwnDepartment | UnknownDepartment,
	},
	NameRecipients: {routing.Records: OwnDepartment | UnknownDepartment},
	SeeAccess:      {routing.Auditor: Anywhere},
	Inquire:        {routing.Auditor: Anywhere, routing.Records: OwnDepartment},
	KeepBlocks:     {routing.Records: OwnDepartment, routing.Admin: Anywhere},

	SeeOriginals: {
		routing.ScanRoom: Anywhere, routing.Head: OwnDepartment, routing.Records: OwnDepartment | UnknownDepartment, routing.Auditor: Anywhere,
	},
	MoveBoxes:        {routing.ScanRoom: Anywhere, routing.Records: Anywhere},
	CheckScans:       {routing.ScanRoom: Anywhere, routing.Records: Anywhere, routing.Checker: Anywhere},
	DrawLate:         {routing.Records: Anywhere},
	ReclassLetters:   {routing.ScanRoom: BeforeRelease, routing.Records: OwnDepartment | UnknownDepartment},
	HoldPaper:        {routing.Head: OwnDepartment, routing.Records: OwnDepartment | UnknownDepartment},
	ProposeDisposal:  {routing.ScanRoom: Anywhere, routing.Records: Anywhere},
	ApproveDisposal:  {routing.Head: OwnDepartment, routing.Records: OwnDepartment | UnknownDepartment},
	EraseCopies:      {routing.Head: OwnDepartment, routing.Records: OwnDepartment | UnknownDepartment},
	SeePlaceholders:  {routing.ScanRoom: Anywhere, routing.Records: Anywhere, routing.Auditor: Anywhere},
	KeepPlaceholders: {routing.ScanRoom: Anywhere, routing.Records: Anywhere},
	SeeBacklog:       {routing.ScanRoom: Anywhere, routing.Records: Anywhere, routing.Auditor: Anywhere},
	PlanBacklog:      {routing.ScanRoom: Anywhere, routing.Records: Anywhere},
	RecallPaper:      {routing.Worker: OwnDepartment, routing.Head: OwnDepartment},
	TendStore:        {routing.Auditor: Anywhere, routing.Admin: Anywhere},
}

// Thing is what a right is asked for. The zero Thing stands for no particular one.
type Thing struct {
	Department string
	Released   bool     // its stack is
	Sealed     bool     // it is closed to all but
	Recipients []string // these, by log-in
	// Filings are the departments into whose files it belongs, its own or others.
	Filings  []string
	Informed bool // it was given to the clerk for information
	Wanderer bool // it was sent astray too often: the records managers clear it
}

// May says whether who has right for what. A clerk whose password was given by
// somebody else may do nothing but change it.
func May(who routing.Clerk, right Right, what Thing) bool {
	if who.ID == "" || !who.Served() || who.MustChange || !covered(who, right) {
		return false
	}
	if what.Sealed {
		return mayClosed(who, right, what)
	}
	return byRole(who, right, what)
}

// mayClosed is May for a sealed letter: others than its recipients see that it
// is there, and may say for whom it is, but nothing that stands in it.
func mayClosed(who routing.Clerk, right Right, what Thing) bool {
	recipient := slices.Contains(what.Recipients, who.Login)
	switch right {
	case ReadLetters, SeePictures, OpenSeals:
		return recipient
	case SeeFacts:
		return recipient || byRole(who, right, what)
	case SealLetters, NameRecipients, SeeOriginals, MoveBoxes, HoldPaper, ProposeDisposal, ApproveDisposal:
		return byRole(who, right, what) // of the paper nothing is seen but where it lies
	}
	return recipient && byRole(who, right, what)
}

func byRole(who routing.Clerk, right Right, what Thing) bool {
	for _, g := range who.Grants {
		scope := matrix[right][g.Role]
		if what.Wanderer && right == ClearLetters && g.Role != routing.Records {
			continue
		}
		switch {
		case scope&Anywhere != 0,
			scope&OwnDepartment != 0 && (g.Department == "" || g.Department == what.Department),
			scope&BeforeRelease != 0 && !what.Released,
			scope&UnknownDepartment != 0 && what.Department == "",
			scope&FiledThere != 0 && g.Department != "" && slices.Contains(what.Filings, g.Department),
			scope&WhenInformed != 0 && what.Informed,
			scope&UnknownBeforeRelease != 0 && what.Department == "" && !what.Released:
			return true
		}
	}
	return false
}

// scopes says which scope of a token covers which right. What does not stand
// here no token can do.
var scopes = map[Right]routing.Scope{
	SeeStations: routing.ReadStacks, SeePictures: routing.ReadStacks, RunStations: routing.WorkStacks, MendStacks: routing.WorkStacks,
	SeeFacts: routing.ReadPost, ReadLetters: routing.ReadPost, ExportHits: routing.ReadPost, AskRescans: routing.WorkPost, CorrectCuts: routing.WorkPost, PlanAbsences: routing.WorkPost,
	ClearLetters: routing.WorkPost, AssignLetters: routing.WorkPost, WorkLetters: routing.WorkPost,
	FileLetters: routing.WorkPost, HandleLetters: routing.WorkPost, CommentLetters: routing.WorkPost, BringPost: routing.UploadPost,
	SeeOriginals: routing.ReadPost, HoldPaper: routing.WorkPost, RecallPaper: routing.WorkPost, ApproveDisposal: routing.WorkPost,
	SeePlaceholders: routing.ReadStacks, KeepPlaceholders: routing.WorkStacks, SeeBacklog: routing.ReadStacks, PlanBacklog: routing.WorkStacks,
	MoveBoxes: routing.WorkStacks, CheckScans: routing.WorkStacks, DrawLate: routing.WorkStacks, ReclassLetters: routing.WorkStacks, ProposeDisposal: routing.WorkStacks,
	KeepRules: routing.ReadHouse, SeeFigures: routing.ReadHouse, SeeSystems: routing.ReadHouse, TendStore: routing.ReadHouse,
}

// covered says whether the token that stands for who, if one does, covers right.
func covered(who routing.Clerk, right Right) bool {
	return who.Scopes == nil || slices.Contains(who.Scopes, scopes[right])
}

// NeedsDepartment says whether a role is always given for one department or,
// on purpose, for all of them.
func NeedsDepartment(r routing.Role) bool {
	return r == routing.Worker || r == routing.Head || r == routing.Records
}

// Inboxes returns the departments whose inbox who may read.
func (d *Desk) Inboxes(who routing.Clerk) []routing.Department {
	var out []routing.Department
	for _, dep := range d.cfg.Departments {
		if May(who, ReadLetters, Thing{Department: dep.ID, Released: true}) {
			out = append(out, dep)
		}
	}
	return out
}

// MayClear says whether who may answer for letters at all.
func (d *Desk) MayClear(who routing.Clerk) bool {
	return May(who, ClearLetters, Thing{}) || d.mayIn(who, ClearLetters)
}

// MayTend says whether who looks after what keeps the letters.
func (d *Desk) MayTend(who routing.Clerk) bool { return May(who, TendStore, Thing{}) }

// MayRun says whether who may run the stations.
func (d *Desk) MayRun(who routing.Clerk) bool { return May(who, RunStations, Thing{}) }

// MayWork says whether letters may be assigned to who at all.
func (d *Desk) MayWork(who routing.Clerk) bool { return d.mayIn(who, WorkLetters) }

// MayAssign says whether who may assign the letters of department.
func (d *Desk) MayAssign(who routing.Clerk, department string) bool {
	return d.hasDepartment(department) && May(who, AssignLetters, Thing{Department: department, Released: true})
}

// MayAssignAny says whether who may assign the letters of any department.
func (d *Desk) MayAssignAny(who routing.Clerk) bool { return d.mayIn(who, AssignLetters) }

// mayIn says whether who has right in any department.
func (d *Desk) mayIn(who routing.Clerk, right Right) bool {
	return slices.ContainsFunc(d.cfg.Departments, func(dep routing.Department) bool {
		return May(who, right, Thing{Department: dep.ID, Released: true})
	})
}

// thing is doc as rights see it, but for the files that it belongs into.
func thing(doc storage.Document, b storage.Batch) Thing {
	t := Thing{Department: doc.Department, Released: b.State == storage.BatchReleased, Wanderer: astray(doc)}
	if doc.Seal != nil {
		t.Sealed, t.Recipients = true, doc.Seal.Recipients
	}
	return t
}

// released is doc as rights see it once its stack is released.
func released(doc storage.Document) Thing {
	return thing(doc, storage.Batch{State: storage.BatchReleased})
}

// astray says whether a letter was sent on so often that the records managers
// have to end the round.
func astray(doc storage.Document) bool {
	return slices.ContainsFunc(doc.Reasons, func(r scanstation.Reason) bool { return r.Code == routing.Wanderer })
}

// thing is doc as rights see it.
func (d *Desk) thing(ctx context.Context, doc storage.Document, b storage.Batch) (Thing, error) {
	what := thing(doc, b)
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		kept, err := d.cfg.Filings.FilingsOf(ctx, tx, []storage.DocumentID{doc.ID})
		what.Filings = routing.Departments(kept[doc.ID])
		return err
	})
	return what, err
}
