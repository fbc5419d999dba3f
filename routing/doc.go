// Package routing says which case a document belongs to, and who gets it.
//
// It holds the nouns and the rules of deciding. pipeline carries a batch down
// the whole line, dispatch hands letters over to the e-file systems, figures
// counts what happened, sqlstore keeps routing's own rows. desk is the counter
// where people are served: web is its face in the browser, api the one for
// programs, and oidc and ldap vouch for those who come.
//
//	Findings --Router.Decide--> Decision: sure --> inbox of a department, with Filings
//	               |                      unsure -> review, with all reasons
//	            Register
//
// A decided letter leaves by a [Connector]; folder and xdomea are the two there
// are, and both send by an [Outbox], which makes each message exactly once.
//
//	Handover --Connector.Hand--> Outbox --rename--> exchange directory
//	Receipt <--Connector.Receipts-- return directory <-- e-file system
//
// Each case that a letter belongs to is a [Record] of its own: open, handing,
// handed, arrived, then filed (or by-hand), failed or withdrawn. The letter is
// filed when all of them are; the [Cabinet] keeps both in step, for the desk and
// for dispatch, which hands over and reads receipts.
//
// Decisions:
//   - Nothing is guessed into a file. A number counts only with a register hit,
//     and a number that was read as text only if the letter also names the
//     person of that case, or half of it with the date of birth, or the address,
//     or if it was read surely under a label that calls it ours and nothing speaks
//     for another person; two sources that disagree go to a person with both. So
//     does a number beside somebody else of the register, named instead of its
//     person or before them. A number that was poorly read is held
//     against those one digit off: if the letter names their people as well, a
//     person chooses.
//   - What a subject names counts for letters without a number; beside a number
//     people write of many things.
//   - What a letter's sender calls its own sign is never ours, but on a page with
//     the letterhead of the house it is: such a letter came back (Rückläufer),
//     which is a remark beside its decision and no doubt.
//   - A number that was misread is put right only if the letter names the person
//     of exactly one case whose number is like it; a well-read number that differs
//     in digits alone is another number.
//   - No number: name and birth date against the register of that department.
//     Umlauts, order and half of a double name do not matter; one misread letter
//     is borne in one of the two names, not where it makes a brother a sister, and
//     one digit of a poorly read date beside the full name of somebody without
//     namesakes.
//     Name and address alone are for a person to confirm: a father and his son may
//     share both. Neither: the department's inbox if the department is certain
//     ("ohne Aktenzeichen"), otherwise review.
//   - The office's own rules (Rule) come after the register and take no doubt
//     away: they name a department where nothing else does, propose a worker, or
//     send a letter to a person. They are expressions of expr-lang, which knows
//     no loops without end and no side effects.
//   - All reasons are returned, not the first: whoever clears a letter wants to
//     see everything that is wrong with it.
//   - A message is committed before the one rename that sends it. What is lost in
//     the exchange directory itself is not sent again by machine: the filing has
//     no receipt, and after a day a person may make a new attempt. Twice in a file
//     is worse.
package routing
