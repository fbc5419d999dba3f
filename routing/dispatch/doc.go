// Package dispatch carries letters into the e-file systems and writes their
// receipts down (Übergabe an die E-Akte).
//
//	job hand --> Connector.Hand --> filing: handed                    event: filing-handed
//	job log  --> Connector.Log  --> its line about the paper: handed  event: efile-log-handed
//	Run      --> Connector.Renew --> a later version of what was filed: handed event: efile-version-handed
//	Run      --> Connector.Receipts --> filing: arrived, filed, …     event: filing-…  --> Acknowledge
//	         --> filings that are due are put into the queue (again)
//	         --> sure letters of departments that distribute in their e-file system are handed over
//	         --> records of what was sent are forgotten, long after the receipt
//
// What is promised:
//   - A letter is sent once for each attempt, whatever dies when: the attempt is
//     in the ledger before it is in the queue, the connector knows its id, and a
//     repeated job finds either.
//   - A receipt is acknowledged only after it was written down, so it is read
//     again after a crash in between, and then tells nothing new.
//   - What is out of reach is waited for; that costs no attempt.
//   - What cannot be sent or is refused ends with the people whose letter it is,
//     with the words of the e-file system.
//
// Decisions:
//   - Any number of nodes may hand over and read receipts: a directory takes one
//     state folder only (see routing.Outbox), whose lock orders them, and a
//     receipt that is read twice changes the ledger once. A node that does not
//     reach the directory leaves the jobs to the others.
//   - Jobs are put in again while an attempt waits: a lost one delays a letter,
//     it does not lose it.
//   - Later versions are sent by Run itself: they are few, what waits for them is
//     a list in the ledger, and a repeated sending is none.
//   - A line about the paper that an e-file system does not take is for a person:
//     it stands with the letter until somebody has written it there.
//   - A receipt for something that was never handed over, or too late, becomes
//     an event with all it said before it is acknowledged.
package dispatch
