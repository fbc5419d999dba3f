package scanstation_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"mailroom/scanstation"
)

func TestTrouble(t *testing.T) {
	_, missing := os.ReadDir(filepath.Join(t.TempDir(), "none"))
	for name, tt := range map[string]struct {
		err  error
		code string
	}{
		"a folder that is not there": {missing, scanstation.FolderMissing},
		"a wrapped refusal":          {fmt.Errorf("open drop: %w", &os.PathError{Op: "open", Path: "x", Err: syscall.EACCES}), scanstation.FolderDenied},
		"a disk that may be read":    {&os.PathError{Op: "open", Path: "x", Err: syscall.EROFS}, scanstation.FolderDenied},
		"a full disk":                {errors.Join(errors.New("write"), syscall.ENOSPC), scanstation.FolderFull},
		"a share that went away":     {&os.PathError{Op: "stat", Path: "x", Err: syscall.ESTALE}, scanstation.FolderAway},
		"something else":             {errors.New("scan-1 is not a folder"), scanstation.FolderTrouble},
	} {
		t.Run(name, func(t *testing.T) {
			got := scanstation.Trouble(tt.err)
			if want := (scanstation.Reason{Code: tt.code, Detail: tt.err.Error()}); got != want {
				t.Errorf("Trouble is %v; want %v", got, want)
			}
		})
	}
}
