package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"mailroom/routing"
	"mailroom/routing/api"
	"mailroom/routing/desk"
	"mailroom/routing/figures"
	routingstore "mailroom/routing/sqlstore"
	"mailroom/routing/web"
	"mailroom/scanstation"
	"mailroom/scanstation/dropfolder"
	"mailroom/scanstation/sheets"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// roles says which parts of the service a node plays.
type roles struct{ intake, work, web bool }

func rolesOf(name string) (roles, error) {
	switch name {
	case "all":
		return roles{true, true, true}, nil
	case "intake":
		return roles{intake: true}, nil
	case "work":
		return roles{work: true}, nil
	case "web":
		return roles{web: true}, nil
	}
	return roles{}, usage("--role: %q is none of all, intake, work, web", name)
}

// serve runs the service until it is told to end.
func serve(ctx context.Context, e env, args []string) error {
	set := flags(e, "serve")
	config := set.String("config", "", "configuration `file`")
	role := set.String("role", "all", "what this node does: all, intake, work or web")
	verbose := set.Bool("verbose", false, "log every step")
	if rest, err := parse(set, args); err != nil || len(rest) > 0 {
		return orUsage(err, rest)
	}
	parts, err := rolesOf(*role)
	if err != nil {
		return err
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return usageError{err}
	}
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: level}))
	if parts.work || parts.intake {
		lock, err := lockHouse(cfg.Data)
		if err != nil {
			return err
		}
		defer lock.Close()
	}
	h, err := build(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer h.Close()
	return h.serve(ctx, e.stdout, parts)
}

// serve starts the parts and waits for all of them.
func (h *house) serve(ctx context.Context, out io.Writer, parts roles) error {
	for _, s := range h.cfg.Stations {
		if err := os.MkdirAll(s.Folder, 0o755); err != nil {
			h.log.Warn("drop folder cannot be made", "station", s.Name, "err", err)
		}
	}
	if err := h.adoptProcedure(ctx); err != nil {
		return err
	}
	counter, watcher, err := h.openDesk()
	if err != nil {
		return err
	}
	login, password, err := counter.FirstStart(ctx)
	if err != nil {
		return err
	}
	if password != "" {
		fmt.Fprintf(out, "first start: log in as %q with the one-time password %s\n", login, password)
	} else if login, password, err = counter.LetIn(ctx); err != nil {
		return err
	} else if password != "" {
		fmt.Fprintf(out, "nobody has a password: log in as %q with the one-time password %s\n", login, password)
	}
	g, ctx := errgroup.WithContext(ctx)
	if parts.work {
		if err := h.loadRegister(ctx); err != nil {
			h.log.Error("register not loaded", "err", err)
		}
		g.Go(func() error { h.keepRegister(ctx); return nil })
		g.Go(func() error { return h.work(ctx, h.readers(), 4) })
		g.Go(func() error {
			(&figures.Follower{Archive: h.archive, Figures: h.rows, Log: h.log}).Run(ctx)
			return nil
		})
		g.Go(func() error { h.dispatch.Run(ctx, h.cfg.EFile.Poll); return nil })
		g.Go(func() error { h.clock().Run(ctx); return nil })
		g.Go(func() error { h.archive.KeepCare(ctx, h.cfg.careRules(), h.log); return nil })
	}
	if parts.intake {
		g.Go(func() error { return watcher.Run(ctx) })
	}
	if parts.web {
		g.Go(func() error { return counter.KeepWatch(ctx) })
		g.Go(func() error { return h.listen(ctx, counter) })
		g.Go(func() error { counter.KeepAccess(ctx); return nil })
		g.Go(func() error { counter.KeepAlarms(ctx); return nil })
		g.Go(func() error { counter.JudgePaper(ctx); return nil })
		g.Go(func() error { counter.KeepBooks(ctx); return nil })
	}
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// openDesk wires the counter and the watcher, which know each other: who is
// signed on at a station is written on its stacks.
func (h *house) openDesk() (*desk.Desk, *dropfolder.Watcher, error) {
	folders := &folders{log: h.log}
	provider, err := h.cfg.Login.provider()
	if err != nil {
		return nil, nil, err
	}
	directory, err := h.cfg.Login.directory()
	if err != nil {
		return nil, nil, err
	}
	counter, err := desk.New(desk.Config{
		Diary:       h.diary,
		Refusals:    h.cfg.Refusals,
		Archive:     h.archive,
		Clerks:      h.rows,
		Accounts:    h.rows,
		Visits:      h.rows,
		Devices:     h.rows,
		Directory:   directory,
		Provider:    provider,
		Lasting:     h.cfg.Login.lasting(),
		Find:        h.pipeline.Finder.Find,
		Decisions:   h.rows,
		Assignments: h.rows,
		Register:    h.rows,
		Absences:    h.rows,
		Keys:        h.rows,
		Searches:    h.rows,
		Figures:     h.rows,
		Uncount:     figures.Letters(h.ledger, h.zone),
		Filings:     h.rows,
		EFiles:      h.cfg.EFile.of(h.cfg.Departments),
		Accesses:    h.rows,
		Blocks:      h.rows,
		Inquiries:   h.rows,
		AccessDays:  h.cfg.AccessLog.Days,
		Tokens:      h.rows,
		Departments: h.cfg.Departments,
		Rules:       h.cfg.Rules,
		Stations:    h.cfg.Stations,
		Retention:   h.cfg.retention(),
		Watch:       folders,
		Renderer:    h.pool,
		Printer:     sheets.Printer{},
		Composer:    pdfa.Assembler{},
		Prover:      h.verifier(),
		DayCloses:   h.rows,
		Cache:       filepath.Join(h.cfg.Data, "renditions"),
		UploadBytes: h.cfg.Limits.OrDefault().FileBytes,
		Now:         time.Now, Random: rand.Reader, Log: h.log,
	})
	if err != nil {
		return nil, nil, err
	}
	h.forget = counter.Forget
	signOn := func(station string) routing.SignOn {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		s, err := counter.SignedOn(ctx, station)
		if err != nil {
			h.log.Error("who is signed on is not known", "station", station, "err", err)
		}
		return s
	}
	folders.watcher, err = dropfolder.New(h.cfg.Intake, h.cfg.Stations, dropfolder.Ports{
		Receiver: h, Completer: h.pool,
		Operator: func(station string) (id, name string) {
			s := signOn(station)
			return string(s.Clerk), s.Name
		},
		ReceivedOn: func(station string) scanstation.Date { return scanstation.Date(signOn(station).ReceivedOn) },
	}, func() time.Time { return time.Now().In(h.zone) }, rand.Reader, h.log)
	return counter, folders.watcher, err
}

// folders shows the desk how the drop folders stand.
type folders struct {
	watcher *dropfolder.Watcher
	log     *slog.Logger
}

// Folder implements desk.Watch.
func (f *folders) Folder(station string) desk.Folder {
	states := f.watcher.States()
	i := slices.IndexFunc(states, func(s dropfolder.State) bool { return s.Station == station })
	if i < 0 {
		return desk.Folder{}
	}
	s := states[i]
	var aside []desk.Aside
	if s.Parked > 0 {
		list, err := f.watcher.Parked(station)
		if err != nil {
			f.log.Error("what is set aside is not known", "station", station, "err", err)
		}
		for _, p := range list[:min(len(list), desk.MaxAside)] {
			aside = append(aside, desk.Aside{ID: p.ID, Name: p.Name, Reason: p.Reason, Owner: p.Owner, Since: p.At})
		}
	}
	return desk.Folder{
		Aside: aside, Overdue: s.ParkedOverdue,
		OK: s.Ready && s.Held.Code == "", Trouble: cmp.Or(s.Problem, s.Held), Since: s.Since, Waiting: s.Waiting, Oldest: s.Oldest,
		Parked: s.Parked, OldestParked: s.ParkedOldest, Stale: len(s.Stale)+len(s.NotClaimable) > 0,
	}
}

// TakeAgain implements desk.Watch.
func (f *folders) TakeAgain(station string, id scanstation.BatchID) error {
	err := f.watcher.Retry(station, id)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("file set aside as %s: %w", id, storage.ErrNotFound)
	}
	return err
}

// garbage is how much may pile up before it is collected, in percent of what is
// in use: that is little, mostly the pages' templates, and slow to look through.
const garbage = 400

// listen serves the pages until ctx ends.
func (h *house) listen(ctx context.Context, counter *desk.Desk) error {
	proxy, err := h.cfg.Login.proxy()
	if err != nil {
		return err
	}
	pages, err := web.New(web.Config{
		Desk: counter, Sessions: routingstore.Sessions{Ledger: h.ledger, Now: time.Now},
		Office: h.cfg.Office.Name, Statement: web.Statement(h.cfg.Office.Accessibility), Proxy: proxy, Log: h.log,
		Secure: h.cfg.TLS.Certificate != "" || strings.HasPrefix(h.cfg.Login.Address, "https://"),
	})
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /gesund", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.Handle(api.Prefix+"/", api.New(api.Config{Desk: counter, Version: version, Log: h.log}))
	mux.Handle("/", pages)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	l, err := net.Listen("tcp", h.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	h.log.Info("pages are served", "address", l.Addr().String())
	ended := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		ended <- errors.Join(server.Shutdown(grace), server.Close())
	}()
	if h.cfg.TLS.Certificate != "" {
		err = server.ServeTLS(l, h.cfg.TLS.Certificate, h.cfg.TLS.Key)
	} else {
		err = server.Serve(l)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve pages: %w", err)
	}
	if err := <-ended; err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
