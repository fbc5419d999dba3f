//go:build soak

package main

// killRounds is how often the service is killed.
const killRounds = 50
