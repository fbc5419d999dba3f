package servers

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/minio/minio-go/v7/pkg/signer"
	"golang.org/x/crypto/argon2"

	"mailroom/storage/s3"
)

// Service makes a user who may do what the service may.
func (a Access) Service(t *testing.T) Access {
	t.Helper()
	return a.restricted(t, "service")
}

// Eraser makes a user who can end protections.
func (a Access) Eraser(t *testing.T) Access {
	t.Helper()
	return a.restricted(t, "erasure")
}

// KeyFiles writes the keys of a into files, as a configuration names them.
func (a Access) KeyFiles(t *testing.T) (access, secret string) {
	t.Helper()
	dir := t.TempDir()
	return keyFile(t, dir, "access", a.User), keyFile(t, dir, "secret", a.Password)
}

// restricted makes a user who may do, in all buckets, what a policy of the driver
// says and nothing else.
func (a Access) restricted(t *testing.T, whose string) Access {
	t.Helper()
	user := Access{Endpoint: a.Endpoint, User: word("user"), Password: word("password")}
	policy, err := s3.Policy(whose, "*")
	if err != nil {
		t.Fatal(err)
	}
	said, err := json.Marshal(map[string]string{"secretKey": user.Password, "status": "enabled"})
	if err != nil {
		t.Fatal(err)
	}
	put := func(act string, values url.Values, body []byte) {
		t.Helper()
		if err := a.admin(t, http.MethodPut, act, values, body); err != nil {
			t.Fatal(err)
		}
	}
	put("add-canned-policy", url.Values{"name": {user.User}}, policy)
	put("add-user", url.Values{"accessKey": {user.User}}, sealed(t, a.Password, said))
	put("set-user-or-group-policy", url.Values{"policyName": {user.User}, "userOrGroup": {user.User}, "isGroup": {"false"}}, nil)
	return user
}

func (a Access) admin(t testing.TB, method, act string, values url.Values, body []byte) error {
	req, err := http.NewRequestWithContext(t.Context(), method, a.Endpoint+"/minio/admin/v3/"+act+"?"+values.Encode(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	req.Header.Set("X-Amz-Content-Sha256", hex.EncodeToString(sum[:]))
	res, err := http.DefaultClient.Do(signer.SignV4(*req, a.User, a.Password, "", ""))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if said, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		return fmt.Errorf("MinIO refuses to %s: %s %s", act, res.Status, said)
	}
	return nil
}

// sealed encrypts data as MinIO wants passwords to be sent: salt, the number of
// the method, nonce, and one fragment of AES-256-GCM under a key by argon2id.
func sealed(t *testing.T, password string, data []byte) []byte {
	t.Helper()
	salt, nonce := make([]byte, 32), make([]byte, 8)
	for _, b := range [][]byte{salt, nonce} {
		if _, err := rand.Read(b); err != nil {
			t.Fatal(err)
		}
	}
	block, err := aes.NewCipher(argon2.IDKey([]byte(password), salt, 1, 64*1024, 4, 32))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	numbered := func(n uint32) []byte { return binary.LittleEndian.AppendUint32(bytes.Clone(nonce), n) }
	about := append([]byte{0x80}, gcm.Seal(nil, numbered(0), nil, nil)...) // 0x80: the last fragment
	out := append(append(salt, 0), nonce...)
	return gcm.Seal(out, numbered(1), data, about)
}
