//go:build soak

package storage_test

// mendSeeds is how many stacks are mended by chance.
const mendSeeds = 60

// orderSeeds is how many orders of operations are played, and orderSteps how
// long each is.
const orderSeeds, orderSteps = 60, 400
