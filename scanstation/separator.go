package scanstation

import "strings"

// PatchSeparator stands in front of the name of a patch code among separators.
const PatchSeparator = "patch:"

// validSeparator says whether text can be read from a sheet.
func validSeparator(text string) bool {
	patch, is := strings.CutPrefix(text, PatchSeparator)
	return text != "" && (!is || len(patch) == 1 && strings.Contains("12346T", patch))
}
