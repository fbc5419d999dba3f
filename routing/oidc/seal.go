package oidc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
)

// sealer keeps what is given away to be brought back: encrypted, and for one
// purpose only.
type sealer struct{ cipher.AEAD }

func newSealer(secret string) (s sealer, err error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "mailroom sign-on", 32)
	if err != nil {
		return s, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return s, err
	}
	s.AEAD, err = cipher.NewGCMWithRandomNonce(block)
	return s, err
}

func (s sealer) seal(purpose string, v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.Seal(nil, nil, data, []byte(purpose))), nil
}

func (s sealer) open(purpose, sealed string, v any) error {
	data, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return errors.New("not sealed here")
	}
	if data, err = s.Open(nil, nil, data, []byte(purpose)); err != nil {
		return errors.New("not sealed here, or with another secret")
	}
	return json.Unmarshal(data, v)
}

// draw returns 128 bits or more as letters and digits.
func draw() string { return rand.Text() }
