package sqlstore

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"mailroom/storage"
)

// post is a ledger in a PostgreSQL database.
type post struct {
	node    string
	dialect dialect
	pool    *pgxpool.Pool
	line    *line[pgx.Tx]
}

func openPostgres(ctx context.Context, c Config, d dialect, log *slog.Logger) (engine, error) {
	config, err := pgxpool.ParseConfig(c.PostgresURL)
	if err != nil {
		return nil, err
	}
	config.MaxConns = max(config.MaxConns, 10)
	set := config.ConnConfig.RuntimeParams
	set["timezone"], set["application_name"] = "UTC", "mailroom "+c.Node
	// What is asked here takes less time than to start helpers or a compiler for it.
	set["max_parallel_workers_per_gather"], set["jit"] = "0", "off"
	// So that the server lets go of a machine that lost its power.
	set["tcp_keepalives_idle"], set["tcp_keepalives_interval"], set["tcp_keepalives_count"] = "10", "5", "3"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	p := &post{node: c.Node, dialect: d, pool: pool}
	p.line = &line[pgx.Tx]{
		node: c.Node, dialect: d, driver: riverpgxv5.New(pool), log: quiet(log), begin: p.begin,
		poll: 200 * time.Millisecond, // LISTEN wakes it earlier
	}
	if err = pool.Ping(ctx); err == nil {
		err = p.line.open()
	}
	if err == nil {
		err = p.exclusively(ctx, "migrate", func() error { return migrateRiver(ctx, p.line) })
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

func (p *post) begin(ctx context.Context, f func(pgx.Tx, storage.Tx) error) error {
	return pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error { return f(tx, postTx{tx, p.line}) })
}

func (p *post) do(ctx context.Context, f func(storage.Tx) error) error {
	return p.begin(ctx, func(_ pgx.Tx, tx storage.Tx) error { return f(tx) })
}

func (p *post) view(ctx context.Context, f func(storage.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, p.pool, options, func(tx pgx.Tx) error { return f(postTx{tx: tx}) })
}

// scrub takes the rows that nobody sees any more out of the tables.
func (p *post) scrub(ctx context.Context) error {
	_, err := p.pool.Exec(ctx, `VACUUM event_bodies, documents, document_texts, images, batches, search_documents, rescans, recalls, placeholders,
		incidents, paper_returns, disposal_items, disposals, draws, holds, samples, erasures`)
	return err
}

func (p *post) migrate(ctx context.Context, files fs.FS, table string) error {
	return p.exclusively(ctx, "migrate", func() error {
		db := stdlib.OpenDBFromPool(p.pool)
		defer db.Close()
		return migrateGoose(ctx, p.dialect, db, files, table)
	})
}

// exclusively runs f while no other session does so under the same name.
func (p *post) exclusively(ctx context.Context, name string, f func() error) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtextextended($1, 0))`, lockName(name)); err != nil {
		return err
	}
	defer unlock(ctx, conn, name)
	return f()
}

func (p *post) work(ctx context.Context, w storage.Work) error {
	n, err := p.claim(ctx)
	if err != nil {
		return err
	}
	defer n.leave(ctx)
	if err := p.line.giveBack(ctx, p.node); err != nil {
		return err
	}
	watching, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { p.watch(watching, n) })
	defer wg.Wait()
	defer cancel()
	return p.line.work(ctx, w)
}

func lockName(name string) string { return "mailroom " + name }

func tryLock(ctx context.Context, conn *pgxpool.Conn, name string) (free bool, err error) {
	err = conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended($1, 0))`, lockName(name)).Scan(&free)
	return free, err
}

// unlock lets go of a lock. Where that fails the session is ended, which lets
// go of it as well.
func unlock(ctx context.Context, conn *pgxpool.Conn, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, lockName(name)); err != nil {
		conn.Conn().Close(ctx)
	}
}

func (p *post) close() error {
	p.pool.Close()
	return nil
}
