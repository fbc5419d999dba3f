package scanstation

// Reason says why something waits for a person: a code that programs and
// translations go by, and a detail with the values of the case. It prints as
// "code: detail".
type Reason struct {
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}

func (r Reason) String() string {
	if r.Detail == "" {
		return r.Code
	}
	return r.Code + ": " + r.Detail
}

// The codes with which a file is refused.
const (
	Damaged     = "damaged"      // cannot be read to its end
	Unsupported = "unsupported"  // of a kind the mailroom does not open
	Encrypted   = "encrypted"    // asks for a password
	SymbolCoded = "jbig2"        // TR-03138 A.SC.12 forbids symbol coding
	FormProgram = "xfa"          // a form that only a program of its maker shows (XFA)
	Bomb        = "bomb"         // unpacks to more than any letter needs
	Packed      = "packed"       // holds other files, which the mailroom does not take out
	NoProgram   = "no-program"   // the program that opens such files is not installed
	NoPages     = "no-pages"     // opens, but holds no image
	FileTooBig  = "file-size"    // over Limits.FileBytes
	TooManyPage = "page-count"   // over Limits.Pages
	PageTooBig  = "page-pixels"  // over Limits.PagePixels
	Crashed     = "crashed"      // the child process ended while at it, twice
	TimedOut    = "timed-out"    // the child process took too long, twice
	OutOfMemory = "memory-limit" // the child process wanted too much memory, twice
	BadIndex    = "index-file"   // the index file beside the scan cannot be used
	NameClash   = "name"         // the file's name cannot be kept
	Vanished    = "vanished"     // the file was gone or changed while it was taken
)

// Refusal is the error of an input that will not become better by trying
// again. Everything else that goes wrong is worth another try.
type Refusal struct{ Reason }

func (r *Refusal) Error() string { return r.Reason.String() }

// Refuse returns a *Refusal with code and detail.
func Refuse(code, detail string) error { return &Refusal{Reason{Code: code, Detail: detail}} }
