package main

import "fmt"

// The exit codes. They are part of the contract with scripts.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitReview = 3
	exitBroken = 4
)

const exitHelp = `Exit codes:
  0  done; ingest: all batches released; verify: sound
  1  failed; the message says what
  2  wrong use or wrong configuration; the message names the flag or key
  3  ingest: some batches wait in review or are parked
  4  verify: something stored is not what was stored
`

// usageError is an error of the one who called.
type usageError struct{ error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// codeError ends the command with a code of its own and no message.
type codeError int

func (c codeError) Error() string { return fmt.Sprintf("exit %d", int(c)) }
