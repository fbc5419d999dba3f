package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"mailroom/storage"
)

// round is how often a node looks after its lock and after the others.
const round = 5 * time.Second

// node is this process's claim to its name: a lock of one session, which ends
// with the process or its machine.
type node struct {
	name string
	conn *pgxpool.Conn // nil: lost
}

// claim takes the lock of this node. It waits a little, for the server may not
// yet have seen that the session of a killed process has ended.
func (p *post) claim(ctx context.Context) (*node, error) {
	n := &node{name: "node " + p.node}
	for end := time.Now().Add(round); ; {
		err := n.take(ctx, p.pool)
		if !errors.Is(err, storage.ErrConflict) || time.Now().After(end) {
			return n, err
		}
		select {
		case <-ctx.Done():
			return n, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (n *node) take(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	free, err := tryLock(ctx, conn, n.name)
	if err == nil && !free {
		err = fmt.Errorf("another process works as %s: %w", n.name, storage.ErrConflict)
	}
	if err != nil {
		conn.Release()
		return err
	}
	n.conn = conn
	return nil
}

func (n *node) leave(ctx context.Context) {
	if n.conn != nil {
		unlock(ctx, n.conn, n.name)
		n.conn.Release()
	}
}

// watch keeps this node's lock and gives the jobs of dead nodes back until ctx
// ends. A node counts as dead when nobody holds its lock in two rounds on end:
// one that only lost its connection has the lock again by then.
func (p *post) watch(ctx context.Context, n *node) {
	silent := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(round):
		}
		err := p.keep(ctx, n)
		if err == nil {
			silent, err = p.lookAfter(ctx, silent)
		}
		if err != nil && ctx.Err() == nil {
			p.line.log.Warn("cannot look after the nodes", "node", p.node, "error", err)
		}
	}
}

// keep takes the lock again if its session was lost.
func (p *post) keep(ctx context.Context, n *node) error {
	if n.conn != nil {
		if n.conn.Ping(ctx) == nil {
			return nil
		}
		n.conn.Release()
		n.conn = nil
	}
	return n.take(ctx, p.pool)
}

// lookAfter gives the jobs of nodes back that were silent before and still
// are, and returns those that are silent now.
func (p *post) lookAfter(ctx context.Context, before map[string]bool) (map[string]bool, error) {
	var names []string
	err := p.view(ctx, func(tx storage.Tx) (err error) {
		names, err = collect(ctx, tx, `SELECT DISTINCT attempted_by[cardinality(attempted_by)] FROM river_job
			WHERE state = 'running' AND attempted_by[cardinality(attempted_by)] <> $1 LIMIT 1000`, []any{p.node},
			func(r storage.Row) (name string, err error) { return name, r.Scan(&name) })
		return err
	})
	if err != nil {
		return before, err
	}
	silent := map[string]bool{}
	for _, name := range names {
		other := &node{name: "node " + name}
		if other.take(ctx, p.pool) != nil { // it lives, or will be asked again
			continue
		}
		silent[name] = true
		if before[name] {
			err = p.line.giveBack(ctx, name)
		}
		other.leave(ctx)
		if err != nil {
			return silent, err
		}
	}
	return silent, nil
}
