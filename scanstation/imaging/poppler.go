package imaging

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"mailroom/scanstation"
)

const popplerTime = 2 * time.Minute // for one page

// poppler renders one page and returns it in gray, or in colour if it has any.
func (k *keeper) poppler(f file, page, dpi int) (*pix, error) {
	n := fmt.Sprint(page)
	out, err := k.grandchild(f, 3*k.limits.PagePixels+1024, "pdftoppm", "-r", fmt.Sprint(dpi), "-f", n, "-l", n, "-cropbox", "-")
	if err != nil {
		return nil, err
	}
	r := bufio.NewReader(bytes.NewReader(out))
	var w, h, most int
	if _, err := fmt.Fscanf(r, "P6\n%d %d\n%d\n", &w, &h, &most); err != nil || most != 255 {
		return nil, damaged("page %d cannot be rendered", page)
	}
	if err := k.size(w, h); err != nil {
		return nil, err
	}
	head := bytes.Index(out, []byte("\n255\n")) + len("\n255\n")
	rgb := out[head:]
	if len(rgb) < 3*w*h {
		return nil, damaged("page %d cannot be rendered to its end", page)
	}
	if gray := withoutColour(rgb[:3*w*h]); gray != nil {
		return packedPix(w, h, 8, w, gray, false)
	}
	return packedPix(w, h, 24, 3*w, rgb, false)
}

// withoutColour returns the gray values of rgb in place, nil if it has colour.
func withoutColour(rgb []byte) []byte {
	for i := 0; i+2 < len(rgb); i += 3 {
		if rgb[i] != rgb[i+1] || rgb[i] != rgb[i+2] {
			return nil
		}
	}
	for i := range len(rgb) / 3 {
		rgb[i] = rgb[3*i]
	}
	return rgb[:len(rgb)/3]
}

// grandchild runs one of poppler's programs on f, without an environment, and
// returns at most limit bytes of its output. It inherits this process's limits
// and dies with it.
func (k *keeper) grandchild(f file, limit int64, program string, args ...string) ([]byte, error) {
	path, err := programPath(program)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("rewind scan: %w", err)
	}
	ctx, cancel := context.WithTimeout(k.ctx, popplerTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = f
	cmd.Env = []string{}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	// The signal comes when the thread ends that started the program.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", program, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("run %s: %w", program, err)
	}
	out, err := io.ReadAll(io.LimitReader(pipe, limit))
	pipe.Close() // what is over the limit ends the program
	if failed := cmd.Wait(); err == nil && len(out) == 0 {
		err = failed
	}
	switch {
	case k.ctx.Err() != nil:
		return nil, k.ctx.Err()
	case ctx.Err() != nil:
		return nil, scanstation.Refuse(scanstation.TimedOut, fmt.Sprintf("page %d: %s took longer than %v", k.pages+1, program, popplerTime))
	case err != nil:
		return nil, damaged("page %d: %s: %v", k.pages+1, program, err)
	}
	return out, nil
}

// programPath finds a program also where no PATH is set.
func programPath(program string) (string, error) {
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/bin", "/usr/local/bin") {
		path := filepath.Join(folder, program)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", program)
}
