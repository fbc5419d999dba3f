package desk

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Hashing is what hashing a password costs; the zero value is the second
// recommended option of RFC 9106 with one lane.
type Hashing struct {
	KiB   uint32 // of memory
	Times uint32
}

func (h Hashing) orDefault() Hashing {
	if h.KiB == 0 {
		h.KiB = 64 << 10
	}
	if h.Times == 0 {
		h.Times = 3
	}
	return h
}

const (
	saltBytes = 16
	keyBytes  = 32
)

// hashPassword returns password's argon2id hash as a PHC string.
func (d *Desk) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(d.cfg.Random, salt); err != nil {
		return "", fmt.Errorf("draw salt: %w", err)
	}
	h := d.cfg.Hashing
	key, err := d.derive(ctx, password, salt, h)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.KiB, h.Times, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// checkPassword says whether password is that of the PHC string. An empty or
// foreign string costs as much as a good one and never fits.
func (d *Desk) checkPassword(ctx context.Context, phc, password string) (bool, error) {
	h, salt, want, ok := parsePHC(phc)
	if !ok {
		h, salt, want = d.cfg.Hashing, make([]byte, saltBytes), make([]byte, keyBytes)
	}
	key, err := d.derive(ctx, password, salt, h)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, want) == 1 && ok, nil
}

// derive waits for its turn: hashing takes so much memory that strangers at the
// log-in page must not be able to ask for many at once.
func (d *Desk) derive(ctx context.Context, password string, salt []byte, h Hashing) ([]byte, error) {
	select {
	case d.hashers <- struct{}{}:
		defer func() { <-d.hashers }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, h.Times, h.KiB, 1, keyBytes), nil
}

func parsePHC(phc string) (h Hashing, salt, key []byte, ok bool) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &h.KiB, &h.Times); err != nil || h.KiB == 0 || h.KiB > 1<<20 || h.Times == 0 || h.Times > 64 {
		return h, nil, nil, false
	}
	var err error
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return h, nil, nil, false
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return h, nil, nil, false
	}
	return h, salt, key, len(salt) >= 8 && len(key) == keyBytes
}

// letters are those of Crockford's base 32 in lower case: none is taken for
// another one when read from a screen.
const letters = "0123456789abcdefghjkmnpqrstvwxyz"

// draw returns n characters drawn by chance, 5 bits each.
func (d *Desk) draw(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(d.cfg.Random, b); err != nil {
		return "", fmt.Errorf("draw characters: %w", err)
	}
	for i := range b {
		b[i] = letters[b[i]&31]
	}
	return string(b), nil
}

// oneTimePassword draws 80 bits in groups that can be read out: "7f3k-9q2m-…".
func (d *Desk) oneTimePassword() (string, error) {
	s, err := d.draw(16)
	if err != nil {
		return "", err
	}
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:], nil
}
