//go:build !soak

package main

import (
	"time"

	"mailroom/scanstation"
)

// killRounds is how often the service is killed.
const killRounds = 5

// many is how many letters lie in the archive whose pages are asked for, and
// attackFor how long each is; nothing is said about time.
const (
	many      = 20_000
	attackFor = time.Second
	timed     = false
)

// codePages and patchPages are how many pages of the corpus of codes are read,
// all drawn from codeSeed.
const (
	codePages  = 8
	patchPages = 12
	codeSeed   = 11
)

// plainLetters is how many letters without codes are looked through for some, and
// foreignAlone how many codes of others lie alone on a sheet.
const (
	sheetScans   = 1 // of a divider, each way, gray and bilevel
	plainLetters = 8
	foreignAlone = 3
)

// matrixPages is how many pages the longest copy has, matrixDPI the resolution of
// the mail in every format, and sheetDPI that of paper of every size.
const (
	matrixPages = 40
	matrixDPI   = 200
	sheetDPI    = 20
)

// mendKills is how often it is killed while a stack is being mended.
const mendKills = 4

// amendKills is how often it is killed while letters are amended.
const amendKills = 4

// dayLetters is how many letters arrive on the day that is played.
const dayLetters = 60

// The days that the paper of an office is played through, among them a leap day
// and the beginning of summer time, and the letters of a working day.
const (
	yearFrom    = "2028-02-07"
	yearTo      = scanstation.Date("2028-03-31")
	yearLetters = 20
)

// disposalKills is how often it is killed around each step of a disposal list.
const disposalKills = 2

// outageLetters is how many letters arrive while the bucket is gone.
const outageLetters = 12
