package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// The files that a browser asks for: what npm brings, and our own.
//
//go:embed all:assets static
var embedded embed.FS

// files serves the embedded files, compressed where that is worth it. Their
// addresses carry a part of their digest, so a browser asks for each once.
type files struct {
	all    map[string]file // by path, "static/app.css"
	styled bool            // KERN is there
}

type file struct {
	plain, zipped []byte // zipped is nil where it saves nothing
	kind, version string
}

func openFiles() (*files, error) {
	f := &files{all: map[string]file{}}
	err := fs.WalkDir(embedded, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		data, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		f.all[name] = newFile(name, data)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read embedded files: %w", err)
	}
	_, f.styled = f.all["assets/kern.min.css"]
	return f, nil
}

func newFile(name string, data []byte) file {
	sum := sha256.Sum256(data)
	out := file{plain: data, version: hex.EncodeToString(sum[:6]), kind: mime.TypeByExtension(path.Ext(name))}
	switch path.Ext(name) {
	case ".woff2":
		out.kind = "font/woff2"
		return out
	case ".css", ".js":
	default:
		return out
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return out
	}
	if _, err := w.Write(data); err == nil && w.Close() == nil {
		out.zipped = b.Bytes()
	}
	return out
}

// address is where the browser finds a file, empty if it is not there.
func (f *files) address(name string) string {
	if one, ok := f.all[name]; ok {
		return "/" + name + "?v=" + one.version
	}
	return ""
}

func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	one, ok := f.all[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", one.kind)
	h.Set("Cache-Control", "no-cache")
	if v := r.URL.Query().Get("v"); v == one.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", `"`+one.version+`"`)
	data := one.plain
	if one.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", `"`+one.version+`-gz"`)
		data = one.zipped
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}
