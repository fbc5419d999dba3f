package s3

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Governance is the object lock that can be asked for.
const Governance = "governance"

// Config says where the bucket is and how it is reached. Keys are read from files.
type Config struct {
	Endpoint      string `yaml:"endpoint"` // https://host or http://host:port
	Bucket        string `yaml:"bucket"`
	Region        string `yaml:"region"` // empty: the server is asked
	AccessKeyFile string `yaml:"access_key_file"`
	SecretKeyFile string `yaml:"secret_key_file"`
	// ObjectLock is empty or "governance"; only with it can Protect protect.
	ObjectLock string `yaml:"object_lock"`
	// The keys for lawful erasure, which may bypass governance. The keys above
	// should not be able to.
	EraseAccessKeyFile string `yaml:"erase_access_key_file"`
	EraseSecretKeyFile string `yaml:"erase_secret_key_file"`
	// CreateBucket makes the bucket, with object lock if it is asked for, where
	// it is missing.
	CreateBucket bool `yaml:"create_bucket"`
}

// Validate returns an error naming the key that is wrong.
func (c Config) Validate() error {
	u, err := url.Parse(c.Endpoint)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("endpoint: %q is no address like https://host", c.Endpoint)
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil:
		return errors.New("endpoint: must hold nothing but scheme, host and port")
	case c.Bucket == "":
		return errors.New("bucket: must not be empty")
	case c.AccessKeyFile == "":
		return errors.New("access_key_file: must not be empty")
	case c.SecretKeyFile == "":
		return errors.New("secret_key_file: must not be empty")
	case c.ObjectLock == "compliance":
		return errors.New("object_lock: compliance is refused, for it would forbid lawful erasure; use governance")
	case c.ObjectLock != "" && c.ObjectLock != Governance:
		return fmt.Errorf("object_lock: %q is not governance", c.ObjectLock)
	case (c.EraseAccessKeyFile == "") != (c.EraseSecretKeyFile == ""):
		return errors.New("erase_access_key_file: goes with erase_secret_key_file")
	}
	return nil
}

// client returns a client that uses the keys in these files.
func (c Config) client(accessFile, secretFile string) (*minio.Client, error) {
	access, err := secret("access_key_file", accessFile)
	if err != nil {
		return nil, err
	}
	key, err := secret("secret_key_file", secretFile)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("endpoint: %w", err)
	}
	return minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(access, key, ""), Secure: u.Scheme == "https", Region: c.Region,
		TrailingHeaders: true, // without it the client refuses to send checksums
		MaxRetries:      3,    // then the queue waits
	})
}

func secret(name, file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	if s := strings.TrimSpace(string(b)); s != "" {
		return s, nil
	}
	return "", fmt.Errorf("%s: %s is empty", name, file)
}
