package dropfolder

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mailroom/scanstation"
)

// Watcher watches the drop folders of all stations.
type Watcher struct {
	cfg      Config
	ports    Ports
	now      func() time.Time
	random   io.Reader
	log      *slog.Logger
	stations []*station
}

// New returns a watcher of the stations' folders, which need not exist yet.
// Batch ids are drawn from random, usually crypto/rand.Reader.
func New(cfg Config, stations []scanstation.Station, ports Ports, now func() time.Time, random io.Reader, log *slog.Logger) (*Watcher, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	w := &Watcher{cfg: cfg.OrDefault(), ports: ports, now: now, random: &shared{r: random}, log: log}
	for i, st := range stations {
		if err := st.Validate(); err != nil {
			return nil, fmt.Errorf("station %s: %w", st.Name, err)
		}
		for _, other := range stations[:i] {
			if within(st.Folder, other.Folder) || within(other.Folder, st.Folder) || st.Name == other.Name {
				return nil, fmt.Errorf("station %s: folder: name or folder overlaps with station %s", st.Name, other.Name)
			}
		}
		w.stations = append(w.stations, newStation(w, st))
	}
	return w, nil
}

// within says whether the folder a is b or lies below it.
func within(a, b string) bool {
	rel, err := filepath.Rel(b, a)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

// Run watches until ctx ends and the batches in hand are put down. What was not
// finished is taken up again by the next Run.
func (w *Watcher) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, s := range w.stations {
		all.Go(func() { s.run(ctx) })
	}
	all.Wait()
	return ctx.Err()
}

// States returns how each station stood at its last scan, in the order of New.
func (w *Watcher) States() []State {
	all := make([]State, 0, len(w.stations))
	for _, s := range w.stations {
		all = append(all, s.current())
	}
	return all
}

// Parked lists what is parked at a station, oldest first.
func (w *Watcher) Parked(station string) ([]Parked, error) {
	s, err := w.station(station)
	if err != nil {
		return nil, err
	}
	all, err := s.parked()
	if err != nil {
		return nil, fmt.Errorf("list parked batches of %s: %w", station, err)
	}
	return all, nil
}

// Retry gives a parked batch another try, under its id if its files are as they
// were. The error is fs.ErrNotExist if no such batch is parked.
func (w *Watcher) Retry(station string, id scanstation.BatchID) error {
	s, err := w.station(station)
	if err != nil {
		return err
	}
	if !id.Valid() {
		return fmt.Errorf("retry batch: %q is no batch id", id)
	}
	if err := s.retry(id); err != nil {
		return fmt.Errorf("retry batch %s: %w", id, err)
	}
	s.mark([]scanstation.BatchID{id})
	s.rouse()
	return nil
}

func (w *Watcher) station(name string) (*station, error) {
	for _, s := range w.stations {
		if s.st.Name == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("station %q is unknown", name)
}

// shared makes a reader safe for concurrent use.
type shared struct {
	mu sync.Mutex
	r  io.Reader
}

func (s *shared) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return io.ReadFull(s.r, p)
}
