package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"mailroom/storage/s3"
)

// check checks the configuration and everything it names.
func check(ctx context.Context, e env, args []string) error {
	fs := flags(e, "check")
	config := fs.String("config", "", "configuration `file`")
	running := fs.Bool("running", false, "only ask whether the service answers")
	policy := fs.String("policy", "", "only print what the keys of the `service`, or those for erasure, may do in the bucket")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUsage(err, rest)
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return usageError{err}
	}
	if *running {
		return answers(ctx, cfg)
	}
	if *policy != "" {
		return printPolicy(e, cfg, *policy)
	}
	var faults []error
	for _, probe := range []func(context.Context, Config, env) error{checkPrograms, checkFolders, checkRegisters, checkEFiles, checkLogin, checkTimestamps, checkHouse} {
		if err := probe(ctx, cfg, e); err != nil {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		fmt.Fprintln(e.stderr, errors.Join(faults...))
		return codeError(exitUsage)
	}
	if !cfg.Children.HasOffice() {
		fmt.Fprintln(e.stdout, "children.office: LibreOffice is not installed (Debian packages libreoffice-writer-nogui, libreoffice-calc-nogui), or not wanted; files of office programs will wait with the reason \"no-program\"")
	}
	fmt.Fprintf(e.stdout, "%s: configuration and everything it depends on are in order\n", software())
	return nil
}

// printPolicy prints what belongs to keys of the bucket that is configured.
func printPolicy(e env, cfg Config, whose string) error {
	if cfg.Storage.S3 == nil {
		return usageError{errors.New("storage.s3: no bucket is configured")}
	}
	text, err := s3.Policy(whose, cfg.Storage.S3.Bucket)
	if err != nil {
		return usageError{fmt.Errorf("--policy: %w", err)}
	}
	_, err = e.stdout.Write(text)
	return err
}

func answers(ctx context.Context, cfg Config) error {
	scheme := "http"
	if cfg.TLS.Certificate != "" {
		scheme = "https"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+cfg.Listen+"/gesund", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the service answers %s", resp.Status)
	}
	return nil
}

// checkPrograms looks for the programs and models that reading needs.
func checkPrograms(ctx context.Context, cfg Config, _ env) error {
	var faults []error
	for _, name := range []string{"pdftoppm", "pdftotext"} {
		if _, err := exec.LookPath(name); err != nil {
			faults = append(faults, fmt.Errorf("%s is not installed (Debian package poppler-utils)", name))
		}
	}
	out, err := exec.CommandContext(ctx, "tesseract", "--list-langs").CombinedOutput()
	if err != nil {
		return errors.Join(append(faults, fmt.Errorf("tesseract is not installed (Debian package tesseract-ocr)"))...)
	}
	models := strings.Fields(string(out))
	for i, s := range cfg.Stations {
		for _, l := range s.Languages {
			if !slices.Contains(models, l) {
				faults = append(faults, fmt.Errorf("stations[%d].languages: %s is not installed (Debian package tesseract-ocr-%s)", i, l, l))
			}
		}
	}
	return errors.Join(faults...)
}

// checkFolders makes and writes into the folders that are named.
func checkFolders(_ context.Context, cfg Config, _ env) error {
	var faults []error
	folders := map[string]string{"data": cfg.Data}
	for i, s := range cfg.Stations {
		folders[fmt.Sprintf("stations[%d].folder", i)] = s.Folder
	}
	for key, dir := range folders {
		if err := writable(dir); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", key, err))
		}
	}
	return errors.Join(faults...)
}

func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// checkHouse opens database, storage and children.
func checkHouse(ctx context.Context, cfg Config, e env) error {
	h, err := build(ctx, cfg, slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.archive.TryStore(ctx); err != nil { // the service itself would wait for it
		return fmt.Errorf("storage: %w", err)
	}
	fmt.Fprintf(e.stdout, "children: %s\n", h.pool.Isolation())
	return nil
}

// checkTimestamps asks the authority for a time stamp and checks it.
func checkTimestamps(ctx context.Context, cfg Config, e env) error {
	authority, err := cfg.Timestamps.Open()
	if err != nil || authority.URL == "" {
		return wrapKey("timestamps", err)
	}
	_, stamp, err := authority.Stamp(ctx, []byte("mailroom check"))
	if err == nil {
		_, err = fmt.Fprintf(e.stdout, "time stamps: %s, now %s\n", stamp.Authority, stamp.At.Format(time.RFC3339))
	}
	return wrapKey("timestamps", err)
}

func wrapKey(key string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// checkRegisters reads the registers without loading them.
func checkRegisters(_ context.Context, cfg Config, e env) error {
	registers, err := readRegisters(cfg)
	for _, r := range registers {
		fmt.Fprintf(e.stdout, "register %s: %d cases\n", r.file, len(r.cases))
		for _, fault := range r.wrong[:min(len(r.wrong), 20)] {
			fmt.Fprintf(e.stderr, "register %s: row left out: %v\n", r.file, fault)
		}
	}
	return err
}
