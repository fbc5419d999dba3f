package imaging

// turnOf returns the clockwise turn that an orientation of TIFF or EXIF asks
// for, and whether the picture has to be mirrored as well.
func turnOf(orientation int) (turn int, mirrored bool) {
	switch orientation {
	case 2, 4, 5, 7:
		return 0, true
	case 3:
		return 180, false
	case 6:
		return 90, false
	case 8:
		return 270, false
	}
	return 0, false
}
