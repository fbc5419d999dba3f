package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2/sse"

	"mailroom/routing"
)

// news is that something changed.
type news struct {
	Seq        int64     `json:"seq" doc:"To go on behind it: Last-Event-ID"`
	Time       time.Time `json:"time"`
	Kind       string    `json:"kind"`
	Letter     string    `json:"letter,omitempty"`
	Stack      string    `json:"stack,omitempty"`
	State      string    `json:"state" doc:"By now, which may be later than the event"`
	Department string    `json:"department,omitempty"`
}

// alive tells that the stream stands though nothing happens.
type alive struct {
	Time time.Time `json:"time"`
}

type streamInput struct {
	LastEventID int64 `header:"Last-Event-ID" minimum:"0" doc:"Go on behind this event; missing: begin now"`
}

const (
	look   = time.Second      // how often the ledger is asked
	breath = 15 * time.Second // how often the stream says that it stands, and the token is looked at
)

// stream registers the stream of events.
func (s *server) stream(path, id, summary string) {
	op := operation(http.MethodGet, path, id, summary)
	op.Responses = nil
	sse.Register(s.api, op, map[string]any{"news": news{}, "alive": alive{}}, func(ctx context.Context, in *streamInput, send sse.Sender) {
		if err := s.follow(ctx, in.LastEventID, send); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "stream of events", "error", err)
		}
	})
}

// follow sends until the client goes, the token ends or something fails; the
// client then comes back with Last-Event-ID.
func (s *server) follow(ctx context.Context, seq int64, send sse.Sender) (err error) {
	v := caller(ctx)
	if seq == 0 {
		if seq, err = s.Desk.LastNews(ctx, v.clerk); err != nil {
			return err
		}
	}
	if err := send.Data(alive{s.Desk.Now().UTC()}); err != nil {
		return err
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for breathed := time.Now(); ; {
		if seq, err = s.tell(ctx, v.clerk, seq, send); err != nil {
			return err
		}
		if time.Since(breathed) > breath {
			if v.clerk, err = s.still(ctx, v); err != nil {
				return err
			}
			if err := send.Data(alive{s.Desk.Now().UTC()}); err != nil {
				return err
			}
			breathed = time.Now()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// still returns the clerk of a visitor as they stand now, and in whose stead.
func (s *server) still(ctx context.Context, v visitor) (routing.Clerk, error) {
	c, err := s.Desk.Still(ctx, v.token)
	if err != nil || v.clerk.For.ID == "" {
		return c, err
	}
	return s.Desk.InStead(ctx, c, v.clerk.For.ID)
}

// tell sends what happened after the event seq and returns the last one.
func (s *server) tell(ctx context.Context, who routing.Clerk, seq int64, send sse.Sender) (int64, error) {
	found, last, err := s.Desk.Follow(ctx, who, seq)
	if err != nil {
		return seq, err
	}
	for _, n := range found {
		m := news{n.Seq, n.Time.UTC(), n.Kind, string(n.Letter), string(n.Stack), n.State, n.Department}
		if err := send(sse.Message{ID: int(n.Seq), Data: m}); err != nil {
			return seq, err
		}
	}
	return last, nil
}
