//go:build !soak

package main

// killRounds is how often the service is killed.
const killRounds = 5

// mendKills is how often it is killed while a stack is being mended.
const mendKills = 4
