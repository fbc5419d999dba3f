package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"golang.org/x/sync/singleflight"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Config is what a Desk is made of.
type Config struct {
	Archive     *storage.Archive
	Clerks      routing.Clerks
	Accounts    routing.Accounts
	Visits      routing.Visits
	Devices     routing.Devices
	Directory   routing.Directory // nil: there is none
	Provider    routing.Provider  // nil: there is none
	Lasting     Lasting
	Decisions   routing.Decisions
	Assignments routing.Assignments
	Filings     routing.Filings
	EFiles      map[string]routing.EFile         // by department; one that is missing files by hand
	Find        func([]ocr.Reading) ocr.Findings // what pages say about where a letter belongs
	Register    routing.Register
	Accesses    routing.Accesses
	Blocks      routing.Blocks
	Inquiries   routing.Inquiries
	AccessDays  int // for how many days it is kept who saw which letter; 0: 180
	Absences    routing.Absences
	Keys        routing.Keys
	Searches    routing.Searches
	Figures     routing.Figures
	// Uncount returns what the figures hold of some letters, by the events up to
	// one of them.
	Uncount     func(ctx context.Context, tx storage.Tx, ids []storage.DocumentID, until int64) ([]routing.Figure, error)
	Diary       routing.Diary     // deadlines, remarks, targets
	Refusals    []routing.Refusal // reasons to refuse a letter; empty: those of the house
	Departments []routing.Department
	Rules       []routing.Rule
	Retention   Retention // of paper, as the description of the procedure says it
	Tokens      routing.Tokens
	Stations    []scanstation.Station
	Watch       Watch // nil: nothing is known of the drop folders
	Renderer    scanstation.Renderer
	Printer     scanstation.Printer // of the scan room's sheets; nil: none are printed
	Composer    storage.Composer
	Prover      storage.Prover
	DayCloses   routing.DayCloses
	Cache       string // folder of the renditions
	CacheBytes  int64  // how large it may become; 0: 512 MiB
	UploadBytes int64  // largest file that may be dropped on the page; 0: 2 GiB
	Hashing     Hashing
	Now         func() time.Time
	Random      io.Reader
	Log         *slog.Logger
}

// Desk serves clerks. It is safe for concurrent use.
type Desk struct {
	cfg       Config
	cabinet   routing.Cabinet
	hashers   chan struct{} // a token for each password that may be hashed at once
	pictures  *pictures
	rendering singleflight.Group
	looks     looks
	sums      sums
	alarms    alarms
	strangers *Limiter // guesses for names that have no account here
}

// New returns a desk on cfg.
func New(cfg Config) (*Desk, error) {
	if cfg.CacheBytes == 0 {
		cfg.CacheBytes = 512 << 20
	}
	if cfg.AccessDays == 0 {
		cfg.AccessDays = 180
	}
	if cfg.UploadBytes == 0 {
		cfg.UploadBytes = scanstation.DefaultLimits.FileBytes
	}
	cfg.Hashing, cfg.Lasting = cfg.Hashing.orDefault(), cfg.Lasting.orDefault()
	p, err := openPictures(cfg.Cache, cfg.CacheBytes, cfg.Now)
	if err != nil {
		return nil, fmt.Errorf("open folder of renditions: %w", err)
	}
	cabinet := routing.Cabinet{Archive: cfg.Archive, Filings: cfg.Filings, Assignments: cfg.Assignments, Decisions: cfg.Decisions, Now: cfg.Now}
	strangers, err := NewLimiter(maxFailures, lockFor/maxFailures, cfg.Now)
	if err != nil {
		return nil, err
	}
	return &Desk{cfg: cfg, cabinet: cabinet, hashers: make(chan struct{}, 2), pictures: p, strangers: strangers}, nil
}

// Invalid is the error of an answer that a person has to give differently. Code
// is one of the constants below; Detail holds the values of the case.
type Invalid struct{ Code, Detail string }

func (e *Invalid) Error() string {
	return scanstation.Reason{Code: e.Code, Detail: e.Detail}.String()
}

// The codes of Invalid.
const (
	PasswordWrong     = "password-wrong"     // the old password is another one
	PasswordShort     = "password-short"     // fewer than MinPassword characters
	PasswordSame      = "password-same"      // the new one is the old one or the log-in
	LoginForm         = "login-form"         // not 2 to 40 of a-z, 0-9, dot, hyphen
	LoginTaken        = "login-taken"        // somebody has it
	LoginElsewhere    = "login-elsewhere"    // the name belongs to an account of another source
	KeptElsewhere     = "kept-elsewhere"     // roles and password come from provider or directory
	RoleMissing       = "role-missing"       // no group gives a role here
	ProviderDown      = "provider-down"      // the single sign-on does not answer
	DirectoryDown     = "directory-down"     // the directory does not answer
	NameMissing       = "name-missing"       // a clerk without a name
	GrantUnknown      = "grant-unknown"      // no such role or department, or a role that needs one
	LastAdmin         = "last-admin"         // nobody would be left to keep the accounts
	DateWrong         = "date-wrong"         // no date, or one that lies ahead or too far back
	StationUnknown    = "station-unknown"    // no such station
	FileKind          = "file-kind"          // not a kind that the mailroom opens
	FileTooBig        = "file-too-big"       // over Config.UploadBytes
	FileEmpty         = "file-empty"         // no file, or one without bytes
	DepartmentMissing = "department-missing" // no department was chosen
	NumberUnknown     = "number-unknown"     // in no register of that department
	WorkerMissing     = "worker-missing"     // nobody was named, or not in the form of a name
	WorkerUnfit       = "worker-unfit"       // the account of that name is closed or has no role there
	ReasonMissing     = "reason-missing"     // a step that must be reasoned
	TextLong          = "text-long"          // over maxText characters
	EndUnknown        = "end-unknown"        // a letter cannot end like that
	FileMissing       = "efile-missing"      // no number of an e-file, or not in the form of one
	NotInFile         = "not-in-efile"       // the letter must be in the e-file first
	FilingTwice       = "filing-twice"       // the letter goes into that file already
	FilingsMany       = "filings-many"       // more than maxFilings
	BySystem          = "by-system"          // the department has an e-file system that takes the letter
	NoSystem          = "no-system"          // the department has none
	Overtaken         = "overtaken"          // somebody else was faster
	RulesWrong        = "rules-wrong"        // rules of distribution with a fault; the detail names it
	ComplaintMissing  = "complaint-missing"  // nobody said what is wrong with the letter
	CutFixed          = "cut-fixed"          // the letter cannot be cut, or joined, otherwise
	JoinFiled         = "join-filed"         // of two letters both are in an e-file, or have ended
	StackMendable     = "stack-mendable"     // its stack is not yet released: it is mended as a whole
	PagesWrong        = "pages-wrong"        // no page was chosen, or one that the letter does not have
	SheetsWrong       = "sheets-wrong"       // no such separator sheets, or too many
	DayClosed         = "day-closed"         // somebody else has just signed the day
	RescansMany       = "rescans-many"       // too many requests are open about a letter
	TokenName         = "token-name"         // a token without a name
	TokenScope        = "token-scope"        // a token that may do nothing, or something unknown
	TokenDays         = "token-days"         // a token that ends too late or at once
	TokensMany        = "tokens-many"        // no further tokens for one clerk
	KeyReused         = "key-reused"         // the idempotency key belongs to another request
	DataWrong         = "data-wrong"         // data beside a file that are no JSON, or too much
	NothingToUndo     = "nothing-to-undo"    // nothing was assigned lately
	ClerkUnknown      = "clerk-unknown"      // there is no account of that name
	SubjectUnknown    = "subject-unknown"    // an inquiry about nobody
	SecondPerson      = "second-person"      // somebody else has to answer
	BlockedMissing    = "blocked-missing"    // a block list names no clerk, or too many
	BlockEmpty        = "block-empty"        // neither a person nor a case, or too many
	BirthWrong        = "birth-wrong"        // a date of birth that is none
	RecipientMissing  = "recipient-missing"  // nobody was named, or too many
	RecipientUnfit    = "recipient-unfit"    // has no open account, or names themselves
	WorkerUnknown     = "worker-unknown"     // no account and no register has the name, and nobody said that it is right
	WorkerSeveral     = "worker-several"     // what was typed fits more than one person
	NothingMarked     = "nothing-marked"     // no letter was chosen
	NoProposal        = "no-proposal"        // nobody is proposed for the letter
	DeputyUnfit       = "deputy-unfit"       // no such person, or one who may not stand in there
	DeputyCircle      = "deputy-circle"      // the deputies would stand in for each other
	AbsenceTwice      = "absence-twice"      // there is one on one of these days
	KeyTaken          = "key-taken"          // two actions on one key
	KeyForm           = "key-form"           // not one character, or one that is not given out
	RefusalUnknown    = "refusal-unknown"    // not one of the reasons to refuse a letter
	AuthorityMissing  = "authority-missing"  // to which authority a letter is handed over
	DuplicateUnknown  = "duplicate-unknown"  // no such letter, the letter itself, or a duplicate in turn
	PaperGone         = "paper-gone"         // something has happened to the paper since
	DeadlineNameless  = "deadline-nameless"  // a deadline without a name
	DayWrong          = "day-wrong"          // no day, one before the receipt or today, or too far ahead
	FlagUnknown       = "flag-unknown"       // no such remark
	InformedUnfit     = "informed-unfit"     // no such account, or one that never reads letters
	SearchName        = "search-name"        // a search without a name
	SearchEmpty       = "search-empty"       // nothing is looked for
	SearchesMany      = "searches-many"      // no further searches for one clerk
	ThingUnknown      = "thing-unknown"      // not one of the kinds of what cannot be scanned
	ThingOvertaken    = "thing-overtaken"    // it no longer stands as it was seen
	AmountWrong       = "amount-wrong"       // no amount, or none of money
	PlaceMissing      = "place-missing"      // nobody said where a thing or a box is
	ReceiverMissing   = "receiver-missing"   // nobody said to whom a thing is handed out
	LetterUnknown     = "letter-unknown"     // there is no such letter
	VolumesWrong      = "volumes-wrong"      // a line that names no file, or no count of volumes
	VolumesTwice      = "volumes-twice"      // a file stands there already
	VolumesMany       = "volumes-many"       // too many volumes at once
	VolumeScanned     = "volume-scanned"     // it was scanned meanwhile
	SignedBefore      = "signed-before"      // the second signature must be another person's
	TooMany           = "too-many"           // deadlines, comments or people informed
	BoxesWrong        = "boxes-wrong"        // no such kind of box, or too many at once
	BoxMissing        = "box-missing"        // no box of ours has that code
	BoxState          = "box-state"          // a box that is not so that this could be done
	BoxNotDaily       = "box-not-daily"      // only boxes of the day belong to a station
	BoxDateWrong      = "box-date-wrong"     // one date for a box that is none, or lies behind or too far ahead
	BoxTakesNone      = "box-takes-none"     // a box that is not open, or paper that is no longer there
	CodeUnknown       = "code-unknown"       // neither a box nor a letter nor a stack
	PaperUnknown      = "paper-unknown"      // no paper of that number is there
	HeldMany          = "held-many"          // too much was scanned before a box
	LabelUnknown      = "label-unknown"      // no labels of that size
	RecallTwice       = "recall-twice"       // somebody has asked for the paper already, or it is gone
	ImprintWrong      = "imprint-wrong"      // no number that an imprinter writes
	RecallName        = "recall-name"        // nobody said to whom it was handed out
)

func invalid(code, format string, args ...any) error {
	return &Invalid{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// today is the day it is in the office.
func (d *Desk) today() scanstation.Date { return scanstation.DateOf(d.cfg.Now().In(d.zone())) }

func (d *Desk) zone() *time.Location {
	if z := d.cfg.Archive.Zone; z != nil {
		return z
	}
	return time.UTC
}

// Zone is the time zone of the office.
func (d *Desk) Zone() *time.Location { return d.zone() }

// Now is the time by the office's clock.
func (d *Desk) Now() time.Time { return d.cfg.Now().In(d.zone()) }

// Departments are all departments, as configured.
func (d *Desk) Departments() []routing.Department { return d.cfg.Departments }

// DepartmentName returns the name of a department, its id if it has none.
func (d *Desk) DepartmentName(id string) string {
	for _, dep := range d.cfg.Departments {
		if dep.ID == id && dep.Name != "" {
			return dep.Name
		}
	}
	return id
}

func (d *Desk) hasDepartment(id string) bool {
	for _, dep := range d.cfg.Departments {
		if dep.ID == id {
			return true
		}
	}
	return false
}

func (d *Desk) station(name string) (scanstation.Station, bool) {
	for _, s := range d.cfg.Stations {
		if s.Name == name {
			return s, true
		}
	}
	return scanstation.Station{}, false
}

// record appends an event about something that is the desk's own.
func (d *Desk) record(ctx context.Context, tx storage.Tx, actor, kind, object string, body any) error {
	return d.cfg.Archive.Record(ctx, tx, actor, kind, object, body)
}

// missing is what one gets for what one may not see.
func missing(what string) error { return fmt.Errorf("%s: %w", what, storage.ErrNotFound) }

func isMissing(err error) bool { return errors.Is(err, storage.ErrNotFound) }
