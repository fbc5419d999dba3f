package servers

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Databases are those of one server.
type Databases struct{ dir string }

// New makes an empty database and returns its address.
func (d Databases) New(t testing.TB) string {
	t.Helper()
	return d.create(t, "template1")
}

// Like makes a copy of the database at address, which nobody may be using, and
// returns its address.
func (d Databases) Like(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return d.create(t, strings.TrimPrefix(u.Path, "/"))
}

func (d Databases) create(t testing.TB, template string) string {
	t.Helper()
	name := word("db_")
	if err := d.run("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		t.Fatal(err)
	}
	return d.address(name)
}

func (d Databases) address(name string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s", name, d.dir)
}

func (d Databases) run(sql string) error {
	conn, err := pgx.Connect(context.Background(), d.address("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(context.Background(), sql)
	return err
}

// Postgres starts a PostgreSQL server for t.
func Postgres(t testing.TB) Databases {
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
	d := Databases{dir}
	until(t, "PostgreSQL", func() error { return d.run("SELECT 1") })
	return d
}

// programs returns the folder of PostgreSQL's programs, the newest version first.
func programs(t testing.TB) string {
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
func unprivileged(t testing.TB, dir string) *syscall.SysProcAttr {
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
