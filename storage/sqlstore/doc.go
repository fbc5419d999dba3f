// Package sqlstore keeps the ledger and the queue in SQL, on SQLite for one
// machine and on PostgreSQL for several.
//
//	Archive --Do--> Tx: rows, event, job --commit--> batches, images, documents, originals
//	                                                 events --- event_bodies (erasable)
//	                                                 river_job --Work--> handler
//	                                                     ^------give back---'  (crash, restart)
//
// There is one SQL text for both engines, written with $1, $2 …; dialect.go
// holds all that differs. Migrations are forward only, a folder for each
// engine, and run at Open together with River's own.
//
// Decisions:
//   - A row is what is filtered, ordered or counted by, and body, the noun as
//     JSON in exact bytes. A new field of a noun needs no migration.
//   - Times in columns are UTC microseconds as integers, so that both engines
//     give back what they were given; times in bodies are cut to the same.
//   - A list of several states asks for each state by a range of its index and
//     merges. With equal columns instead of the range, PostgreSQL walked a
//     million rows in 143 ms to find none; with it every list took under 2 ms.
//   - SQLite has one writing connection, shared with River, and a pool of
//     reading ones; synchronous=FULL, for a commit is a promise about paper.
//   - Only one process works on a SQLite file, and only one under each node's
//     name on PostgreSQL (a file lock, an advisory lock). Whoever gets the lock
//     knows that the running jobs of that name are a dead process's and gives
//     them back at once, without counting the attempt. On PostgreSQL every node
//     looks after the others in this way.
//   - A job that ends is marked completed in a transaction of its own, which
//     looks whether an equal one was asked for meanwhile. River alone drops
//     that second job as a duplicate until its batched completion is written,
//     and what the second job was to see would never be looked at.
//   - The search is a table of words and documents in plain SQL, the same on
//     both engines, and so are its hits. SQLite's FTS5 would need the build tag
//     sqlite_fts5 on every go command and another SQL for PostgreSQL. The price
//     was measured (search_soak_test.go) with letters of 250 words, 226 of them
//     different, which is more than letters have, while other tests ran:
//     saving takes 3 ms a document on SQLite at 6,000 and 5.5 ms at 73,000
//     (FTS5, measured apart and with fewer different words: 0.14 ms), 6.5 ms on
//     PostgreSQL at 8,000, and 8.5 and 25 KB of disk with text and row. On
//     SQLite at 6,000 a rare word is found in 2 ms, a common one in 0.05 ms, two
//     common ones in 0.3 ms; 2 ms of the first are its near words. The worst is
//     a common word of which the filter lets nothing through: 12 ms, and it
//     grows with the number of documents (PostgreSQL, at 8,000: 190 ms).
//   - A word stands in the index as 48 bits of a hash. Near words are made and
//     asked for, some 600 a word in one statement; there is no list of words,
//     and hence none to erase names from. A document's row keeps its own words,
//     so that they go without a second index.
package sqlstore
