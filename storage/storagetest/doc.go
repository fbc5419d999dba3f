// Package storagetest holds what every driver of storage must keep: one suite
// for ledgers, one for queues, one for blobs.
//
//	driver's test --open--> Ledger(t, open)  Queue(t, open)  Blobs(t, open, can)
//	                           |                 |              |
//	                       chain, lists,     once, again,   one winner,
//	                       all or nothing    given back     order, erasure
//
// Decisions:
//   - The promises of the ports are tested, not the drivers' own ways; what only
//     one driver can do stands in that driver's test.
//   - A crash is a real one: Crash starts the test binary again as a child and
//     kills it while a job runs.
package storagetest
