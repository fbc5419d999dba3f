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
//     sqlite_fts5 on every go command and another SQL for PostgreSQL.
//   - A word stands in the index by its department: a search walks along the
//     words of those departments that it may see and nothing else, so a word that
//     is common elsewhere costs nothing and tells nothing. Before, a common word of
//     which the filter let nothing through was walked to its end: among a million
//     letters for seconds. Where all words are common, but what they are looked
//     for among is rare, such as a state or a span of days, that is walked.
//   - What is just kept is not found until its department was decided on: its
//     words would be put in twice.
//   - A word is 48 bits of a hash. Near words are made and asked for in the
//     vocabulary, the table of all words there are; those that are known are then
//     looked for by department. A word leaves the vocabulary with the last
//     document that has it. A document's row keeps its own words, so that they go
//     without a second index.
//   - What waits is listed by its turn, a column at the end of an index of its
//     department and state; a page is a range behind a place, and a count ends
//     where a badge does.
package sqlstore
