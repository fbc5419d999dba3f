package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// export writes the parts of documents into a folder each.
func export(ctx context.Context, e env, args []string) error {
	fs := flags(e, "export")
	config := fs.String("config", "", "configuration `file`")
	to := fs.String("to", "", "`folder` to write into")
	ids, err := parse(fs, args)
	if err != nil {
		return err
	}
	if *to == "" || len(ids) == 0 {
		return usage("documents and --to are needed")
	}
	h, err := quiet(ctx, e, *config)
	if err != nil {
		return err
	}
	defer h.Close()
	for _, id := range ids {
		dir := filepath.Join(*to, id)
		doc, err := h.archive.Document(ctx, storage.DocumentID(id))
		if err != nil {
			return err
		}
		if err := h.exportDocument(ctx, doc, dir); err != nil {
			return fmt.Errorf("export %s: %w", id, err)
		}
		fmt.Fprintln(e.stdout, dir)
	}
	return nil
}

func (h *house) exportDocument(ctx context.Context, doc storage.Document, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := h.archive.VerifyObject(ctx, storage.Object{Key: doc.Object, Size: doc.Bytes, Digest: doc.Digest}); err != nil {
		return err
	}
	parts := []string{path.Base(doc.Object), storage.NotePart(doc.Version), storage.ManifestPart(doc.Version), path.Base(doc.WordsKey())}
	for _, o := range doc.Originals {
		parts = append(parts, path.Base(o.Key))
	}
	for _, part := range parts {
		r, err := h.archive.OpenPart(ctx, doc.ID, part)
		if err != nil {
			return err
		}
		err = writeFile(filepath.Join(dir, part), r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
	}
	if err := printNote(filepath.Join(dir, storage.NotePart(doc.Version))); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "text.txt"), []byte(doc.Text), 0o600)
}

// printNote writes a transfer note beside its XML file as one that people read.
func printNote(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	n, err := storage.ParseNote(b)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := (pdfa.Assembler{}).Compose(&out, n.Report(software())); err != nil {
		return err
	}
	return writeFile(strings.TrimSuffix(name, ".xml")+".pdf", &out)
}

func writeFile(name string, r io.Reader) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
