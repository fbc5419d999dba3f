package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Post is what another channel than paper brings in, such as an online
// application (Online-Antrag): a file that is read like a scan, and the
// channel's own data beside it.
type Post struct {
	Station    string           // whose settings apply; not one of paper
	Name       string           // of the file
	ReceivedOn scanstation.Date // empty: today
	Department string           // whose post it is; empty: what the station says
	Data       json.RawMessage  // kept as it is, as evidence; nil: there is none
}

const maxPostData = 1 << 20

// BringPost takes p into the line. id draws the id of its stack: called again
// with the same one, it completes what was begun and doubles nothing.
func (d *Desk) BringPost(ctx context.Context, who routing.Clerk, p Post, r io.Reader, id func() (scanstation.BatchID, error)) (scanstation.BatchID, error) {
	if !May(who, BringPost, Thing{}) {
		return "", missing("station " + p.Station)
	}
	b, err := d.batchOf(p)
	if err != nil {
		return "", err
	}
	file, err := d.spool(ctx, r)
	if err != nil {
		return "", err
	}
	defer file.Close()
	files := []*os.File{file.File}
	b.Files = []scanstation.Source{{Name: b.Name, Size: file.size, Digest: file.digest, Modified: b.ClaimedAt}}
	if p.Data != nil {
		data, err := d.spool(ctx, strings.NewReader(string(p.Data)))
		if err != nil {
			return "", err
		}
		defer data.Close()
		files = append(files, data.File)
		name := strings.TrimSuffix(b.Name, filepath.Ext(b.Name)) + ".json"
		b.Files = append(b.Files, scanstation.Source{Name: name, Size: data.size, Digest: data.digest, Modified: b.ClaimedAt, Data: true})
	}
	b.Digest = scanstation.DigestOfFiles(b.Files)
	if b.ID, err = id(); err != nil {
		return "", err
	}
	return b.ID, d.cfg.Archive.Receive(ctx, b, func(i int) (*os.File, error) { return reopened(files[i]) })
}

// NewBatch draws the id of a stack.
func (d *Desk) NewBatch() (scanstation.BatchID, error) {
	return scanstation.NewBatchID(d.cfg.Now(), d.cfg.Random)
}

// batchOf checks p and makes a stack of it that has no id and no files yet.
func (d *Desk) batchOf(p Post) (b scanstation.Batch, err error) {
	s, ok := d.station(p.Station)
	if !ok || s.Kind.HasOriginal() {
		return b, invalid(StationUnknown, "%s", p.Station)
	}
	name := cleanName(p.Name)
	if !slices.Contains(Kinds(), strings.ToLower(filepath.Ext(name))) {
		return b, invalid(FileKind, "%s", name)
	}
	if len(p.Data) > maxPostData || p.Data != nil && !json.Valid(p.Data) {
		return b, invalid(DataWrong, "%d", maxPostData)
	}
	handling := s.Handling
	if p.Department != "" {
		if !d.hasDepartment(p.Department) {
			return b, invalid(DepartmentMissing, "%s", p.Department)
		}
		handling.Department = p.Department
	}
	day := d.today()
	if p.ReceivedOn != "" {
		if day, err = d.receiptDay(p.ReceivedOn); err != nil {
			return b, err
		}
	}
	now := d.cfg.Now().UTC()
	return scanstation.Batch{
		Station: s.Name, Handling: handling, Name: name, ReceivedOn: day, ScannedAt: now, ClaimedAt: now,
		SeparatorTexts: s.Separators, Labels: s.Labels, Languages: s.Languages, Pixels: s.Pixels, Quality: s.Quality.OrDefault(),
	}, nil
}

// spooled is a file without a name that a request brought.
type spooled struct {
	*os.File
	size   int64
	digest scanstation.Digest
}

// spool writes r into a file without a name; more than Config.UploadBytes, or
// nothing, is Invalid.
func (d *Desk) spool(ctx context.Context, r io.Reader) (s spooled, err error) {
	if s.File, err = storage.Nameless(d.cfg.Archive.Temp); err != nil {
		return s, err
	}
	sum := sha256.New()
	s.size, err = io.Copy(io.MultiWriter(s.File, sum), io.LimitReader(&withContext{ctx, r}, d.cfg.UploadBytes+1))
	switch {
	case err != nil:
	case s.size > d.cfg.UploadBytes:
		err = invalid(FileTooBig, "%d MB", d.cfg.UploadBytes>>20)
	case s.size == 0:
		err = invalid(FileEmpty, "")
	}
	s.digest = scanstation.Digest(hex.EncodeToString(sum.Sum(nil)))
	if err != nil {
		s.Close()
	}
	return s, err
}

// reopened returns f once more, from its beginning, so that it can be closed on
// its own.
func reopened(f *os.File) (*os.File, error) {
	return os.Open(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
}
