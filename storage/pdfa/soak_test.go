//go:build soak

package pdfa_test

// longest is how many pages the longest document has.
const longest = 1000
