package scanstation

import "io"

// PlaceholderID names the record of something that cannot be scanned
// (Ersatzbeleg); it is what the codes of its two sheets carry.
type PlaceholderID string

// VolumeID names a volume of a paper file that is scanned in bulk (Aktenband);
// it is what the code of its file sheet (Aktenblatt) carries.
type VolumeID string

// The marks with which these codes begin. The cover sheet lies where the thing
// lay, is scanned there and stays a page of its letter. The later sheet stays
// with the thing: what comes behind it belongs to the letter of the cover sheet.
const (
	coverMark  = "MEB"
	laterMark  = "MEN"
	volumeMark = "MAB"
)

// NewPlaceholderID draws an id that nobody can guess.
func NewPlaceholderID(random io.Reader) (PlaceholderID, error) {
	id, err := drawID(random, rescanLength)
	return PlaceholderID(id), err
}

// Valid says whether id has the form of one.
func (id PlaceholderID) Valid() bool { return validID(string(id)) }

// Code is what stands in the barcode of the cover sheet.
func (id PlaceholderID) Code() string { return coded(coverMark, string(id)) }

// LaterCode is what stands in the barcode of the sheet that stays with the thing.
func (id PlaceholderID) LaterCode() string { return coded(laterMark, string(id)) }

// ParsePlaceholderCode returns the id that the code of a cover sheet, or of a
// later one, carries. Any other code, and one that was misread, is none.
func ParsePlaceholderCode(text string) (id PlaceholderID, later, ok bool) {
	if s, ok := parsed(coverMark, text); ok {
		return PlaceholderID(s), false, true
	}
	s, ok := parsed(laterMark, text)
	return PlaceholderID(s), ok, ok
}

// NewVolumeID draws an id that nobody can guess.
func NewVolumeID(random io.Reader) (VolumeID, error) {
	id, err := drawID(random, rescanLength)
	return VolumeID(id), err
}

// Valid says whether id has the form of one.
func (id VolumeID) Valid() bool { return validID(string(id)) }

// Code is what stands in the barcode of the file sheet.
func (id VolumeID) Code() string { return coded(volumeMark, string(id)) }

// ParseVolumeCode returns the id that the code of a file sheet carries.
func ParseVolumeCode(text string) (VolumeID, bool) {
	id, ok := parsed(volumeMark, text)
	return VolumeID(id), ok
}
