// Command mailroom is the digital mailroom of a central scan station: one
// binary with the service and its tools. It opens the doors: config.go reads
// the configuration, house.go wires the rooms, and each command has a file.
//
//	mailroom serve     the service: watch, carry, show
//	mailroom ingest    take files as batches and wait for their letters
//	mailroom worker    a child process, started by the two above
//
// The exit codes stand in exit.go and are printed by mailroom help.
package main
