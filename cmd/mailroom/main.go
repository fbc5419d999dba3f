package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// version is set at build time with -ldflags "-X main.version=…".
var version = "0.1"

// command is one sub-command. run gets the arguments behind its name.
type command struct {
	name, line, example string
	run                 func(ctx context.Context, env env, args []string) error
}

// env is the outside world of a command, so that tests can start one.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

func commands() []command {
	return []command{
		{"serve", "the service: watches the stations, carries the post, shows the pages", "mailroom serve --config mailroom.yaml", serve},
		{"ingest", "takes files or folders as batches and waits for their letters", "mailroom ingest --operator 'Erika Beispiel' stack.tif", ingest},
		{"batches", "lists batches", "mailroom batches --json", batches},
		{"documents", "lists documents", "mailroom documents --state review", documents},
		{"export", "writes PDF/A, transfer note, manifest and text of documents into a folder", "mailroom export 20261122-7F3K9Q2M-003 --to ./out", export},
		{"verify", "re-reads what is stored by hash and checks PDF/A and the chain of events; with a package that was exported for an audit, checks that alone, offline", "mailroom verify --all | mailroom verify paket.zip --root 5f1c…", verify},
		{"checkpoint", "works out the root of the tree over all events and says how its time stamps stand; with a token puts it outside and has it stamped", "mailroom checkpoint --token-file token", checkpointCommand},
		{"care", "says how the re-reading of all that is stored stands; with a token has it begin now", "mailroom care --begin --token-file token", careCommand},
		{"rebuild", "makes an empty ledger anew out of what is stored, and says up to which event", "mailroom rebuild --config mailroom.yaml", rebuildCommand},
		{"check", "checks the configuration and everything it depends on", "mailroom check --config mailroom.yaml", check},
		{"clerks", "makes the accounts of a demonstration", "mailroom clerks demo --to ./data/demo-logins.txt", clerks},
		{"procedure", "prints the procedure as it is configured: stations, classes, periods, roles", "mailroom procedure -o verfahren.pdf", procedureCommand},
		{"sheets", "prints separators, also of a department or class, enclosure sheets, batch sheets, sheets and labels of boxes, and rescan sheets for the open requests", "mailroom sheets separator --department wohngeld -n 10 -o trennblatt.pdf", sheetsCommand},
		{"originals", "the paper: boxes are opened, moved, filled and closed", "mailroom originals box open K261125001C --station scan-1 --token-file token", originals},
		{"bench", "measures what reading pages costs, step by step", "mailroom bench page.tif", bench},
	}
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		os.Exit(work())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, env{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
}

// run carries out one command and returns its exit code.
func run(ctx context.Context, e env, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		help(e.stdout)
		if len(args) == 0 {
			return exitUsage
		}
		return exitDone
	}
	if args[0] == "version" || args[0] == "--version" {
		fmt.Fprintln(e.stdout, software())
		return exitDone
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return exitCode(e, c, c.run(ctx, e, args[1:]))
		}
	}
	fmt.Fprintf(e.stderr, "mailroom: there is no command %q; mailroom help lists them\n", args[0])
	return exitUsage
}

func exitCode(e env, c command, err error) int {
	var code codeError
	var wrong usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &wrong):
		fmt.Fprintf(e.stderr, "mailroom %s: %v\nExample: %s\n", c.name, err, c.example)
		return exitUsage
	}
	fmt.Fprintf(e.stderr, "mailroom %s: %v\n", c.name, err)
	return exitFailed
}

func help(w io.Writer) {
	fmt.Fprintf(w, "%s - the digital mailroom\n\nCommands:\n", software())
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.line)
	}
	fmt.Fprintf(w, "\nEvery command explains itself with --help.\n\n%s", exitHelp)
}

func software() string { return "mailroom " + version }

// flags returns the flag set of a command; its --help ends with the example.
func flags(e env, name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(e.stderr)
	fs.Usage = func() {
		for _, c := range commands() {
			if c.name == name {
				fmt.Fprintf(e.stderr, "mailroom %s: %s\n\nExample: %s\n\nFlags:\n", name, c.line, c.example)
			}
		}
		fs.PrintDefaults()
	}
	return fs
}

// parse parses args with flags before, between or behind the other arguments
// and returns the others.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError{err}
		}
		args = fs.Args()
		if len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
		if strings.HasPrefix(rest[len(rest)-1], "-") {
			return nil, usage("flag %s is unknown", rest[len(rest)-1])
		}
	}
}
