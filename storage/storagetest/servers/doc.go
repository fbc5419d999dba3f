// Package servers starts private database and object servers for tests.
//
//	test --Postgres(t)--> initdb, postgres in a temporary folder --> a database for each test
//	test --MinIO(t)-----> minio in a temporary folder -------------> a bucket for each test
//	test --TimeAuthority(t)--> openssl ts behind an HTTP server ---> time stamps
//
// Decisions:
//   - A server belongs to the test that started it: it listens on loopback or a
//     socket of its own and is ended by its process id.
//   - What is missing skips the test and is named; with CI=true it fails it.
package servers
