package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"mailroom/storage"
)

// checkpointLine is a checkpoint as JSON.
type checkpointLine struct {
	Type string `json:"type"`
	storage.Checkpoint
	Key     string         `json:"key,omitempty"`   // of its object; empty: it was only worked out
	Stamp   *storage.Stamp `json:"stamp,omitempty"` // nil: it has none
	Waiting int            `json:"waiting"`         // earlier checkpoints without a time stamp
	Asked   bool           `json:"asked"`           // an authority is configured
}

// checkpointCommand works out how the tree over all events stands, and puts that
// outside if somebody's token is given.
func checkpointCommand(ctx context.Context, e env, args []string) error {
	fs := flags(e, "checkpoint")
	config := fs.String("config", "", "configuration `file`")
	token := fs.String("token-file", "", "`file` with the token of the clerk who wants it put outside and stamped; without one it is only printed")
	asJSON := fs.Bool("json", false, "print one JSON object a line")
	h, err := flagsOnly(ctx, e, fs, config, args)
	if err != nil {
		return err
	}
	defer h.Close()
	at, err := h.checkpoint(ctx, *token)
	if err != nil {
		return err
	}
	s, err := h.archive.AnchorStanding(ctx)
	if err != nil {
		return err
	}
	line := checkpointLine{Type: "checkpoint", Checkpoint: at.Checkpoint, Key: at.Key, Stamp: at.Stamp, Waiting: s.Waiting, Asked: s.Asked}
	if *asJSON {
		return printJSON(e.stdout, line)
	}
	return line.tell(e.stdout)
}

// checkpoint returns how the tree stands; with a token it is kept and stamped.
func (h *house) checkpoint(ctx context.Context, token string) (at storage.Anchor, err error) {
	if token == "" {
		at.Checkpoint, err = h.verifier().Checkpoint(ctx)
		return at, err
	}
	counter, who, err := h.byToken(ctx, token)
	if err != nil {
		return at, err
	}
	if at, err = counter.Anchor(ctx, who); err != nil {
		return at, err
	}
	return h.verifier().StampSoon(ctx, at)
}

func (l checkpointLine) tell(w io.Writer) error {
	fmt.Fprintf(w, "tree of %d events, root %s, as of %s\n", l.Size, l.Root, l.At.Format(time.RFC3339))
	if l.Key != "" {
		fmt.Fprintf(w, "kept as %s\n", l.Key)
	}
	state := "no authority for time stamps is configured"
	switch {
	case l.Stamp != nil:
		state = fmt.Sprintf("%q saw it at %s", l.Stamp.Authority, l.Stamp.At.Format(time.RFC3339))
	case l.Asked && l.Key == "":
		state = "it is not kept, so nobody is asked for a time stamp; --token-file has it kept"
	case l.Asked:
		state = "its time stamp is asked for until the authority answers"
	}
	_, err := fmt.Fprintf(w, "%s; %d earlier ones wait for a time stamp\n", state, l.Waiting)
	return err
}
