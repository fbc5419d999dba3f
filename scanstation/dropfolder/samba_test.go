package dropfolder_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
)

// share is a Samba server with one guest share over the room's folder.
type share struct {
	t    *testing.T
	port string
}

const shareConf = `[global]
	server role = standalone server
	map to guest = bad user
	guest account = %[3]s
	interfaces = 127.0.0.1
	bind interfaces only = yes
	smb ports = %[4]s
	disable netbios = yes
	load printers = no
	disable spoolss = yes
	log file = %[1]s/log
	pid directory = %[1]s
	lock directory = %[1]s
	state directory = %[1]s
	cache directory = %[1]s
	private dir = %[1]s
	ncalrpc dir = %[1]s/ncalrpc
[scan]
	path = %[2]s
	guest only = yes
	guest ok = yes
	read only = no
	force user = %[3]s
`

func newShare(t *testing.T, folder string) *share {
	t.Helper()
	for _, tool := range []string{"smbd", "smbclient"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing, install the packages samba and smbclient", tool)
			}
			t.Skipf("SKIPPED: %s is missing, install the packages samba and smbclient", tool)
		}
	}
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	conf := filepath.Join(dir, "smb.conf")
	me := must(user.Current())(t)
	if err := os.WriteFile(conf, fmt.Appendf(nil, shareConf, dir, folder, me.Username, port), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command("smbd", "--foreground", "--no-process-group", "--debug-stdout", "-s", conf)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // ended by the signal
		if t.Failed() {
			t.Logf("smbd said:\n%s", out.String())
		}
	})
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			c.Close()
			return &share{t, port}
		}
	}
	t.Fatal("smbd does not listen")
	return nil
}

// client returns smbclient on the share; its commands come from stdin.
func (s *share) client() *exec.Cmd {
	return exec.Command("smbclient", "-N", "-p", s.port, "//127.0.0.1/scan")
}

func (s *share) run(commands ...string) {
	s.t.Helper()
	cmd := s.client()
	cmd.Stdin = strings.NewReader(strings.Join(commands, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "NT_STATUS_") {
		s.t.Fatalf("smbclient: %v\n%s", err, out)
	}
}

func TestScansArriveOverASambaShare(t *testing.T) {
	for name, noEvents := range map[string]bool{"with events": false, "by scanning alone": true} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.cfg.NoEvents = noEvents
			s := newShare(t, r.folder)
			r.start()

			local := t.TempDir()
			commands := []string{"lcd " + local, `mkdir "Amt 50"`, `cd "Amt 50"`}
			const n = 20
			for i := range n {
				name := fmt.Sprintf("Größe %d.pdf", i)
				if err := os.WriteFile(filepath.Join(local, name), []byte("%PDF "+name+" %%EOF"), 0o644); err != nil {
					t.Fatal(err)
				}
				commands = append(commands, fmt.Sprintf(`put "%s"`, name))
			}
			s.run(commands...)
			for _, b := range r.untilKept(n, 15*time.Second) {
				if b.Digest != scanstation.DigestOf([]byte("%PDF "+strings.TrimPrefix(b.Name, "Amt 50/")+" %%EOF")) {
					t.Errorf("%q arrived with other bytes", b.Name)
				}
			}
			text := slowPut(t, s, r)
			found := false
			for _, b := range r.untilKept(n+1, 15*time.Second) {
				found = found || b.Name == "slow.bin" && b.Digest == scanstation.DigestOf([]byte(text))
			}
			if !found {
				t.Error("the slow file did not arrive as it was sent")
			}
			r.untilEmpty(5 * time.Second)
		})
	}
}

// slowPut sends a file whose bytes trickle in while it is open on the share; it
// is of a kind that counts as complete at any length.
func slowPut(t *testing.T, s *share, r *room) string {
	t.Helper()
	pipe := filepath.Join(t.TempDir(), "slow.bin")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		t.Fatal(err)
	}
	cmd := s.client()
	cmd.Args = append(cmd.Args, "-c", "put "+pipe+" slow.bin")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f := must(os.OpenFile(pipe, os.O_WRONLY, 0))(t)
	before, text := len(r.shelf.batches(t)), ""
	for i := range 6 {
		chunk := strings.Repeat(fmt.Sprint(i), 3<<20) // longer than any buffer on the way
		write(t, f, chunk)
		text += chunk
		time.Sleep(300 * time.Millisecond)
	}
	if n := len(r.shelf.batches(t)); n != before {
		t.Errorf("a batch was received while its file was still being sent")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return text
}
