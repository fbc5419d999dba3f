//go:build !soak

package api_test

// examples is how many requests are made up for each operation.
const examples = "10"
