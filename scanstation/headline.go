package scanstation

// The headlines of the printed sheets: what people know a sheet by, and a page
// whose code could not be read.
const (
	SeparatorHeadline   = "TRENNBLATT"
	EnclosureHeadline   = "ANLAGENBLATT"
	StackHeadline       = "STAPELBLATT"
	RescanHeadline      = "NACHSCAN"
	VolumeHeadline      = "AKTENBLATT"
	PlaceholderHeadline = "ERSATZBELEG"
	LaterHeadline       = "NACHLIEFERUNG"
	DailyBoxHeadline    = "KARTON"
	HoldBoxHeadline     = "SPERR-KARTON"
	ReturnBoxHeadline   = "RÜCKGABE"
	SafeBoxHeadline     = "VERWAHRUNG"
)

// Headlines returns all of them.
func Headlines() []string {
	return []string{
		SeparatorHeadline, EnclosureHeadline, StackHeadline, RescanHeadline, VolumeHeadline, PlaceholderHeadline,
		LaterHeadline, DailyBoxHeadline, HoldBoxHeadline, ReturnBoxHeadline, SafeBoxHeadline,
	}
}
