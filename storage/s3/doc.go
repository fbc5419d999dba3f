// Package s3 keeps objects in a bucket of any S3-compatible store.
//
//	PutNew --> one PUT: If-None-Match: *, SHA-256 as checksum and as metadata
//	             |412: Stat: equal --> success, other --> ErrConflict
//	Protect --> governance retention, legal hold      Erase --> every version
//
// Decisions:
//   - An object is one PUT, whatever its size: several servers ignore
//     If-None-Match when a multipart upload is completed.
//   - The bytes are counted and hashed on the way and the last of them held back
//     until they are right, so that a wrong object never comes to be, not even
//     on a server that ignores checksums.
//   - The SHA-256 is metadata too: not every server returns checksums. A list
//     does not carry it; Stat does.
//   - Open tries what the server really does, on an object of its own, and
//     refuses a server that would silently ignore what is relied upon.
//   - A server that does not answer when the service is started is no reason not
//     to start: scanning goes on, and it is tried before anything is given to it.
//   - What the keys may do stands in service.json and erasure.json; the tests on a
//     server use no others.
//   - The keys of the service may set retentions of 30 days or more alone, by the
//     condition s3:object-lock-remaining-retention-days of their policy: MinIO
//     takes the right to set one for the right to shorten it. It also lets
//     whoever asks past governance set none at all, which no policy forbids;
//     Open warns where that is so, and a proxy that drops the header
//     x-amz-bypass-governance-retention closes it.
//   - A mark that hides a protected version is taken away when it is met.
//   - Compliance mode, and a retention that the bucket sets by itself, are
//     refused: they would forbid lawful erasure.
package s3
