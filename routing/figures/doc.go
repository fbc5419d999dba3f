// Package figures counts what happens to letters, day by day: it follows the
// events and adds to small tables from which the page of figures is drawn.
//
//	events --Follower.Step--> count of a part of them --one transaction--> figures, position
//
// Decisions:
//   - What is counted is a function of the events alone: each step reads the
//     next events, and of every letter in them the events before, from its first.
//     Nothing is kept for one letter, and the same events give the same figures
//     wherever the follower stopped in between. Whoever wants to be sure counts
//     anew: another [routing.FiguresVersion] begins at the first event.
//   - The figures and the position up to which they count are one transaction,
//     which fails if the position has moved: two followers cannot count twice.
//     Events are read before it, so that writers never wait for the reading.
//   - Durations are counted in classes, each a fifth longer than the one
//     before. A median from them is wrong by a tenth at most.
//   - Who did something is not read: there are no figures of persons.
//   - What an erased event said is not counted anew: a letter whose events were
//     erased is nobody's when everything is counted from the beginning.
package figures
