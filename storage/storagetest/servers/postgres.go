package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Postgres starts a PostgreSQL server for t and returns a function that makes
// an empty database on it and returns its address.
func Postgres(t *testing.T) func(t *testing.T) string {
	t.Helper()
	bin := programs(t)
	dir := folder(t)
	as := unprivileged(t, dir)
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB")
	server.Dir, server.SysProcAttr = dir, as
	start(t, server, syscall.SIGINT)
	address := func(db string) string { return fmt.Sprintf("postgres://postgres@/%s?host=%s", db, dir) }
	run := func(t *testing.T, sql string) error {
		conn, err := pgx.Connect(context.Background(), address("postgres"))
		if err != nil {
			return err
		}
		defer conn.Close(context.Background())
		_, err = conn.Exec(context.Background(), sql)
		return err
	}
	until(t, "PostgreSQL", func() error { return run(t, "SELECT 1") })
	return func(t *testing.T) string {
		t.Helper()
		name := word("db_")
		if err := run(t, "CREATE DATABASE "+name); err != nil {
			t.Fatal(err)
		}
		return address(name)
	}
}

// programs returns the folder of PostgreSQL's programs, the newest version first.
func programs(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	for i := len(found) - 1; i >= 0; i-- {
		return filepath.Dir(found[i])
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	missing(t, "PostgreSQL (Debian: apt-get install postgresql)")
	return ""
}

// unprivileged gives dir to a user as whom PostgreSQL agrees to run: it
// refuses root.
func unprivileged(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 != nil || err2 != nil || os.Chown(dir, uid, gid) != nil {
			continue
		}
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	missing(t, "a user other than root for PostgreSQL")
	return nil
}
