package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"mailroom/storage"
)

// gaveUp tells the node when a job has failed for the last time. It is told
// before River discards the job: after a crash in between, it is told again.
type gaveUp struct{ work storage.Work }

// HandleError implements river.ErrorHandler.
func (g gaveUp) HandleError(ctx context.Context, row *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if row.Attempt < row.MaxAttempts || g.work.GaveUp == nil {
		return nil
	}
	var s step
	if e := json.Unmarshal(row.EncodedArgs, &s); e != nil {
		err = fmt.Errorf("decode job: %w: %w", e, err)
	}
	g.work.GaveUp(ctx, jobOf(s, row), err)
	return nil
}

// HandlePanic implements river.ErrorHandler; the handler's panics are errors
// already, so this one is River's own.
func (g gaveUp) HandlePanic(ctx context.Context, row *rivertype.JobRow, value any, _ string) *river.ErrorHandlerResult {
	return g.HandleError(ctx, row, fmt.Errorf("panic: %v", value))
}

// quiet returns a logger for River, which tells much: warnings and errors only.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }
func (w warnings) WithGroup(n string) slog.Handler      { return warnings{w.Handler.WithGroup(n)} }
