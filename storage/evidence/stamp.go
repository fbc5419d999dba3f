package evidence

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"mailroom/scanstation"
	"mailroom/storage"
)

// maxToken bounds a time stamp: one with its certificates has a few thousand bytes.
const maxToken = 256 << 10

// Certificates are those that are trusted to say who an authority is.
type Certificates []*x509.Certificate

// ParseCertificates reads certificates in PEM.
func ParseCertificates(data []byte) (out Certificates, err error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read certificate %d: %w", len(out)+1, err)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("holds no certificate in PEM")
	}
	return out, nil
}

// PEM returns the certificates as they are read.
func (c Certificates) PEM() []byte {
	var out bytes.Buffer
	for _, one := range c {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: one.Raw}) // into memory
	}
	return out.Bytes()
}

// Digests are the SHA-256 of the certificates, by which people compare them.
func (c Certificates) Digests() (out []scanstation.Digest) {
	for _, one := range c {
		out = append(out, scanstation.DigestOf(one.Raw))
	}
	return out
}

var (
	oidTSTInfo     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidCertID      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidCertIDv2    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// CheckStamp checks a token of RFC 3161 with nothing but itself and the
// certificates that are trusted: it is of data, whoever signed it was named in
// it, was allowed to put time stamps on things when it says it did, and is
// vouched for by one of trusted.
func CheckStamp(token, data []byte, trusted Certificates) (s storage.Stamp, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("time stamp: %w: %w", err, storage.ErrBroken)
		}
	}()
	if len(token) > maxToken {
		return s, fmt.Errorf("has %d bytes", len(token))
	}
	t, err := timestamp.Parse(token) // checks the signature by the certificates that are in it
	if err != nil {
		return s, err
	}
	sum := sha256.Sum256(data)
	if t.HashAlgorithm != crypto.SHA256 || !bytes.Equal(t.HashedMessage, sum[:]) {
		return s, fmt.Errorf("is of other bytes")
	}
	signer, err := signerOf(token)
	if err != nil {
		return s, err
	}
	if err := vouched(signer, t, trusted); err != nil {
		return s, err
	}
	return storage.Stamp{Digest: scanstation.DigestOf(token), At: t.Time.UTC(), Authority: nameOf(signer)}, nil
}

func nameOf(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	return c.Subject.String()
}

// signerOf returns the certificate that a token was signed with. It must be
// named among what was signed (RFC 2634, RFC 5816), or another one with the same
// key could take its place.
func signerOf(token []byte) (*x509.Certificate, error) {
	p, err := pkcs7.Parse(token)
	if err != nil {
		return nil, err
	}
	if len(p.Signers) != 1 || len(p.Certificates) == 0 {
		return nil, fmt.Errorf("has %d signatures and %d certificates", len(p.Signers), len(p.Certificates))
	}
	var kind asn1.ObjectIdentifier
	if err := p.UnmarshalSignedAttribute(oidContentType, &kind); err != nil || !kind.Equal(oidTSTInfo) {
		return nil, fmt.Errorf("signs something else than a time: %v", kind)
	}
	signer := p.GetOnlySigner()
	if signer == nil {
		return nil, fmt.Errorf("is signed by nobody that it names")
	}
	return signer, named(p, signer)
}

// essID is the beginning of ESSCertID and ESSCertIDv2: what follows is not needed.
type essID struct {
	Certs []asn1.RawValue
}

func named(p *pkcs7.PKCS7, signer *x509.Certificate) error {
	var v1, v2 essID
	sum1, sum2 := sha1.Sum(signer.Raw), sha256.Sum256(signer.Raw)
	switch {
	case p.UnmarshalSignedAttribute(oidCertIDv2, &v2) == nil:
		if len(v2.Certs) > 0 && holds(v2.Certs[0], sum2[:]) {
			return nil
		}
	case p.UnmarshalSignedAttribute(oidCertID, &v1) == nil:
		if len(v1.Certs) > 0 && holds(v1.Certs[0], sum1[:]) {
			return nil
		}
	}
	return fmt.Errorf("does not name the certificate that it was signed with")
}

// holds says whether one of the members of a sequence is the octets of sum.
func holds(seq asn1.RawValue, sum []byte) bool {
	rest := seq.Bytes
	for len(rest) > 0 {
		var one asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &one); err != nil {
			return false
		}
		if one.Tag == asn1.TagOctetString && bytes.Equal(one.Bytes, sum) {
			return true
		}
	}
	return false
}

// vouched looks for a chain from signer to trusted that held when the time stamp was put.
func vouched(signer *x509.Certificate, t *timestamp.Timestamp, trusted Certificates) error {
	o := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: t.Time,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}
	for _, c := range trusted {
		o.Roots.AddCert(c)
	}
	for _, c := range t.Certificates {
		o.Intermediates.AddCert(c)
	}
	if len(signer.ExtKeyUsage) != 1 || signer.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping {
		return fmt.Errorf("was signed by %q, which is not for time stamps alone", nameOf(signer))
	}
	if _, err := signer.Verify(o); err != nil {
		return fmt.Errorf("nobody that is trusted vouches for %q on %s: %w", nameOf(signer), t.Time.UTC().Format(time.DateOnly), err)
	}
	return nil
}
