package servers

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Access is how a test reaches an S3 server.
type Access struct {
	Endpoint string // http://127.0.0.1:port
	User     string
	Password string
}

// Bucket returns a name for a bucket that does not exist.
func (Access) Bucket() string { return word("b-") }

// MinIO starts a MinIO server for t.
func MinIO(t testing.TB) Access {
	t.Helper()
	program := os.Getenv("MAILROOM_MINIO")
	if program == "" {
		program, _ = exec.LookPath("minio")
	}
	if home, err := os.UserHomeDir(); program == "" && err == nil {
		program = filepath.Join(home, ".cache/mailroom/bin/minio")
	}
	if _, err := os.Stat(program); err != nil {
		missing(t, "MinIO ("+program+"; MAILROOM_MINIO names another)")
	}
	dir, address := folder(t), fmt.Sprintf("127.0.0.1:%d", freePort(t))
	a := Access{Endpoint: "http://" + address, User: word("user"), Password: word("password")}
	cmd := exec.Command(program, "server", "--address", address, filepath.Join(dir, "data"))
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "MINIO_ROOT_USER=" + a.User, "MINIO_ROOT_PASSWORD=" + a.Password,
		"MINIO_BROWSER=off", "MINIO_UPDATE=off", "MINIO_CALLHOME_ENABLE=off"}
	start(t, cmd, syscall.SIGTERM)
	until(t, "MinIO", func() error {
		// /minio/health/ready is content before users can be made.
		return a.admin(t, http.MethodGet, "list-canned-policies", nil, nil)
	})
	return a
}

func keyFile(t *testing.T, dir, name, key string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
