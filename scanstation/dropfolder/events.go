package dropfolder

import (
	"context"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// events wakes the scanner when something happens in a folder. It promises
// nothing: without it everything works, only later.
type events struct {
	watcher *fsnotify.Watcher // nil: no events
	watched map[string]identity
}

// listen starts to listen and returns a function that stops and waits.
func (s *station) listen(ctx context.Context) (stop func()) {
	s.events.watched = map[string]identity{}
	if s.w.cfg.NoEvents {
		return func() {}
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		s.log.Warn("no file system events, scanning only", "error", err)
		return func() {}
	}
	s.events.watcher = watcher
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.hear(ctx, watcher)
	}()
	return func() {
		if err := watcher.Close(); err != nil {
			s.log.Warn("close file system events", "error", err)
		}
		<-finished
	}
}

// hear passes on every event and every error, an overflow included, as the same
// wake-up.
func (s *station) hear(ctx context.Context, watcher *fsnotify.Watcher) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-watcher.Events:
			if !ok {
				return
			}
		case err, ok := <-watcher.Errors:
			if !ok {
				return
			}
			s.log.Debug("file system events", "error", err)
		}
		s.rouse()
	}
}

// attend watches directories that are new, or new under their old name. It says
// whether there were any: what was put into them before is seen only by
// another scan.
func (s *station) attend(dirs []entry) (fresh bool) {
	if s.events.watcher == nil {
		return false
	}
	now := map[string]identity{}
	for _, d := range dirs {
		id := identity{Dev: d.id.Dev, Inode: d.id.Inode}
		if s.events.watched[d.name] != id {
			path := filepath.Join(s.st.Folder, d.name)
			_ = s.events.watcher.Remove(path) // of the directory that had this name before
			if err := s.events.watcher.Add(path); err != nil {
				s.log.Debug("not listening to folder", "folder", path, "error", err)
				continue // more than the kernel allows: the scan sees it anyway
			}
			fresh = true
		}
		now[d.name] = id
	}
	s.events.watched = now
	return fresh
}
