//go:build soak

package storage_test

// mendSeeds is how many stacks are mended by chance.
const mendSeeds = 60
