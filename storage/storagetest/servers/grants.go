package servers

import "testing"

// The policy of the service's keys, as the package doc of the S3 driver has it;
// those for erasure may bypass governance beside.
var (
	serviceActions = Grant{Actions: []string{
		"s3:CreateBucket", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration",
		"s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning",
		"s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObject", "s3:DeleteObjectVersion",
		"s3:GetObjectRetention", "s3:PutObjectLegalHold", "s3:GetObjectLegalHold",
	}}
	longRetention = Grant{
		Actions:   []string{"s3:PutObjectRetention"},
		Condition: map[string]map[string]string{"NumericGreaterThanEquals": {"s3:object-lock-remaining-retention-days": "30"}, "StringEquals": {"s3:object-lock-mode": "GOVERNANCE"}},
	}
	bypass = Grant{Actions: []string{"s3:BypassGovernanceRetention"}}
)

// Service makes a user as the service is to be, who can end no protection.
func (a Access) Service(t *testing.T) Access {
	t.Helper()
	return a.Restricted(t, serviceActions, longRetention)
}

// Eraser makes a user who can.
func (a Access) Eraser(t *testing.T) Access {
	t.Helper()
	return a.Restricted(t, serviceActions, bypass)
}

// KeyFiles writes the keys of a into files, as a configuration names them.
func (a Access) KeyFiles(t *testing.T) (access, secret string) {
	t.Helper()
	dir := t.TempDir()
	return keyFile(t, dir, "access", a.User), keyFile(t, dir, "secret", a.Password)
}
