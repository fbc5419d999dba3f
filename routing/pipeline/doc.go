// Package pipeline is the one line: what happens to a batch from the moment it
// was received until each of its letters lies in an inbox or in review.
//
//	unpack --> read, read, read … --> cut --> keep, keep … --> route, route … --> tidy
//	                                                            verify (beside all that)
//
// Each step is a job of the queue. It reads what the steps before it left in the
// archive, does its work outside any transaction, and hands the result to one
// method of the archive, which stores it and queues what follows.
//
// Decisions:
//   - Every step may be repeated at any time; the archive answers "already".
//   - What will not become better by trying again parks the batch with its
//     reason (verdict.go, the only place that decides retry or park).
//   - The key of the house's sheets stays here: children, which open what comes
//     by post, only say what a code claims. What the house has not signed is read
//     once more, as the page that it is.
//   - One page that cannot be read is a reading with a reason and costs that
//     page; see ocr.Reading.Failed.
package pipeline
