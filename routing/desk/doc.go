// Package desk is the counter at which people are served: it knows what a
// clerk may do, does it through the archive, and shows what is theirs to see.
// Pages and programs (web, api) stand in front of it and decide nothing.
//
//	log-in name, password --Authenticate--> Clerk
//	Clerk + question      --may--> Archive ----> batches, letters, pictures
//	Clerk + answer        --may--> Archive.Do -> decision, move, event (one transaction)
//
// Decisions:
//   - Default deny, by the one table in rights.go. What a clerk may not see is
//     storage.ErrNotFound, the same as what is not there.
//   - The scan room sees a stack until its release; afterwards positions and
//     numbers remain, pictures and text do not. Whoever keeps the accounts
//     never reads a letter.
//   - Every read of a letter's content passes Desk.read, but for the snippets of
//     Desk.Search: an access log has these two places to stand.
//   - A search finds what a clerk may read for good: the scan room's right to an
//     unreleased stack is none to search in it. The rights are part of the
//     query, no number of hits is told, and whether misread words are taken
//     depends on hits that the clerk may see.
//   - A log-in by a password kept here costs the same work whether the name
//     exists or not; what goes wrong there is recorded without a name. Five
//     failures close an account for a quarter of an hour, but not for browsers
//     in which its owner has logged in before: strangers can lock nobody out.
//   - An account may be kept by the office's provider or directory. It is known
//     by the subject alone, never by a name; groups give its roles, and both are
//     asked again every few minutes. One account that keeps the accounts is
//     always kept here, so that a broken directory shuts nobody out for good.
//   - A visit (a log-in that goes on) is a row, ended by deleting it: on leaving,
//     by hand, and whenever password, roles or source change. Nothing of it stays.
//   - A sign-on at a station ends with the day: yesterday's receipt date must
//     not stick to today's post.
//   - A letter is worked on by the one it was given to, and only once it is in
//     the e-file. What a person does with it is an act: act locks the letter,
//     looks whether it still stands as it was seen, and moves it.
//   - A letter that was drawn for quality control is shown to whoever may check
//     scans while its check is not done with, and logged like any other look;
//     to the scan room it closes again after that.
//   - Pictures are renditions for the eye, kept in a bounded folder that
//     Forget empties; they are never evidence.
package desk
