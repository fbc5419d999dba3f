//go:build !soak

package imaging_test

// sides is how many empty and how many written sides are looked at.
const sides = 100
