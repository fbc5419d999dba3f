package evidence

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/digitorus/timestamp"

	"mailroom/storage"
)

// AuthorityConfig says who puts time stamps on checkpoints.
type AuthorityConfig struct {
	URL          string `yaml:"url"`          // of an authority that answers by RFC 3161 over HTTP; empty: none is asked
	Certificates string `yaml:"certificates"` // file with the certificates, in PEM, that vouch for it, or did for one before it
}

// Validate returns an error naming the key that is wrong.
func (c AuthorityConfig) Validate() error {
	if c.URL == "" {
		return nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("url: %q is no address like https://host/path", c.URL)
	}
	if c.Certificates == "" {
		return fmt.Errorf("certificates: must not be empty, for nobody else vouches for the authority")
	}
	return nil
}

// Authority asks for time stamps over HTTP. It implements storage.Authority.
type Authority struct {
	URL     string
	Trusted Certificates
	Client  *http.Client
}

// Open reads what c names. Without an address there is nobody to ask, but older
// time stamps can be checked.
func (c AuthorityConfig) Open() (*Authority, error) {
	a := &Authority{URL: c.URL, Client: &http.Client{Timeout: 20 * time.Second}}
	if c.Certificates == "" {
		return a, nil
	}
	data, err := os.ReadFile(c.Certificates)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	if a.Trusted, err = ParseCertificates(data); err != nil {
		return nil, fmt.Errorf("certificates: %s: %w", c.Certificates, err)
	}
	return a, nil
}

// Stamp implements storage.Authority. What comes back is checked as whoever
// relies on it will: by the certificates and as of the bytes that were sent.
func (a *Authority) Stamp(ctx context.Context, data []byte) ([]byte, storage.Stamp, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, storage.Stamp{}, err
	}
	sum := sha256.Sum256(data)
	query, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return nil, storage.Stamp{}, err
	}
	reply, err := a.ask(ctx, query)
	if err != nil {
		return nil, storage.Stamp{}, err
	}
	t, err := timestamp.ParseResponse(reply)
	if err != nil {
		return nil, storage.Stamp{}, fmt.Errorf("%s: %w", a.URL, err)
	}
	if t.Nonce == nil || t.Nonce.Cmp(nonce) != 0 {
		return nil, storage.Stamp{}, fmt.Errorf("%s answers another question than was asked", a.URL)
	}
	s, err := CheckStamp(t.RawToken, data, a.Trusted)
	return t.RawToken, s, err
}

// ask sends a query. Whatever may get better by itself is ErrUnavailable.
func (a *Authority) ask(ctx context.Context, query []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	res, err := a.Client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		err := fmt.Errorf("%s answers %s", a.URL, res.Status)
		if res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests {
			err = fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
		}
		return nil, err
	}
	reply, err := io.ReadAll(io.LimitReader(res.Body, maxToken+1024))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return reply, nil
}
