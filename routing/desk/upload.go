package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"mailroom/routing"
	"mailroom/storage"
)

// Kinds are the endings of the files that may be dropped on the page.
func Kinds() []string {
	return []string{".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png", ".webp"}
}

// Upload puts a file into the station's drop folder, as if its scanner had: it
// appears there whole or not at all, and never in the place of another one. It
// returns the name under which it lies there.
func (d *Desk) Upload(ctx context.Context, who routing.Clerk, station, name string, r io.Reader) (string, error) {
	if !May(who, RunStations, Thing{}) {
		return "", missing("station " + station)
	}
	s, ok := d.station(station)
	if !ok {
		return "", invalid(StationUnknown, "%s", station)
	}
	name = cleanName(name)
	if !slices.Contains(Kinds(), strings.ToLower(filepath.Ext(name))) {
		return "", invalid(FileKind, "%s", name)
	}
	temp, err := d.receive(ctx, s.Folder, name, r)
	if err != nil {
		return "", err
	}
	defer os.Remove(temp)
	name, err = settle(temp, s.Folder, name)
	if err != nil {
		return "", fmt.Errorf("drop %q at %s: %w", name, station, errors.Join(storage.ErrUnavailable, err))
	}
	if s.Ready == "sidecar" {
		if err := os.WriteFile(filepath.Join(s.Folder, name+".ready"), nil, 0o660); err != nil {
			return "", fmt.Errorf("mark %q at %s ready: %w", name, station, errors.Join(storage.ErrUnavailable, err))
		}
	}
	d.cfg.Log.InfoContext(ctx, "file dropped on the page", "station", station, "clerk", who.ID)
	return name, syncFolder(s.Folder)
}

// receive writes r to a hidden file in folder and returns its path.
func (d *Desk) receive(ctx context.Context, folder, name string, r io.Reader) (string, error) {
	mark, err := d.draw(12)
	if err != nil {
		return "", err
	}
	temp := filepath.Join(folder, ".upload-"+mark+".part")
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o660)
	if err != nil {
		return "", fmt.Errorf("write to drop folder: %w", errors.Join(storage.ErrUnavailable, err))
	}
	n, err := io.Copy(f, io.LimitReader(&withContext{ctx, r}, d.cfg.UploadBytes+1))
	switch {
	case err != nil:
	case n > d.cfg.UploadBytes:
		err = invalid(FileTooBig, "%s: %d MB", name, d.cfg.UploadBytes>>20)
	case n == 0:
		err = invalid(FileEmpty, "%s", name)
	default:
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(temp)
		return "", err
	}
	return temp, nil
}

// settle gives the file temp its name in folder, with a number if that is taken.
func settle(temp, folder, name string) (string, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for i := 2; ; i++ {
		err := os.Link(temp, filepath.Join(folder, name))
		if err == nil || !errors.Is(err, fs.ErrExist) || i > 1000 {
			return name, err
		}
		name = fmt.Sprintf("%s-%d%s", stem, i, ext)
	}
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// maxName is how long the stem of a file name may be, in bytes.
const maxName = 100

// cleanName keeps of a name what every file system and every reader takes: no
// path, no leading dot, no control character.
func cleanName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("-_.()+", r):
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == unicode.ReplacementChar:
			return -1
		}
		return '_'
	}, name)
	name = strings.TrimLeft(strings.TrimSpace(name), ". ")
	ext := filepath.Ext(name)
	stem := strings.TrimRight(strings.TrimSuffix(name, ext), " .")
	for len(stem) > maxName {
		r := []rune(stem)
		stem = string(r[:len(r)-1])
	}
	if stem == "" {
		stem = "scan"
	}
	return stem + ext
}

// withContext ends reading when the request does.
type withContext struct {
	ctx context.Context
	r   io.Reader
}

func (c *withContext) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
