//go:build !soak

package main

import "time"

// killRounds is how often the service is killed.
const killRounds = 5

// many is how many letters lie in the archive whose pages are asked for, and
// attackFor how long each is; nothing is said about time.
const (
	many      = 20_000
	attackFor = time.Second
	timed     = false
)

// mendKills is how often it is killed while a stack is being mended.
const mendKills = 4

// amendKills is how often it is killed while letters are amended.
const amendKills = 4

// dayLetters is how many letters arrive on the day that is played.
const dayLetters = 60
