// Package storage says what is kept, how it is proved, and when paper may go.
//
// It owns the Archive, the one door to everything kept: no screen, job or
// command changes a row, an object or an event but through it. Ledger and Blobs
// are the small drivers below it; an Assembler writes PDF/A.
//
//	Batch    --Archive.Receive--> raw files kept, batch recorded        event: received   job: unpack
//	Pages    --Archive.Unpack---> streams as work objects, images       event: unpacked   job: read, one an image
//	Reading  --Archive.Note-----> reading as a work object                                job: cut, after the last
//	Cutting  --Archive.Apportion> the fate of every image               event: cut        job: keep, one a draft
//	Draft    --Archive.Keep-----> PDF/A, words, note, manifest, paper   event: archived   job: route
//	Decision --Archive.Move-----> the document's next state             event: its name
//	a person --Archive.Sealing--> the document closed, or open again                      event: its name
//	a person --Archive.End------> an end without a case, and its paper  event: its name | paper
//	a person --Archive.Confirm--> a further version of its transfer notes event: confirmed
//	Plan     --Archive.Recut----> fates and letters as a person wants them            event: recut      jobs: read, keep
//	a person --Archive.PutLetter> its paper in another box                            event: boxed
//	a person --Archive.AskRecall> the paper wanted, found, handed out, back           event: recall-…
//	a person --Archive.Split----> a letter of its own, out of one that was released   event: split      job: route
//	a person --Archive.Join-----> two letters of a released stack as one              event: joined
//	a person --Archive.RecordPlaceholder> something that cannot be scanned event: its name
//	a person --Archive.MakeBatchSheets> numbers of batch sheets      event: batch-sheets-printed
//	a person --Archive.PlanVolumes> volumes of the backlog           event: volumes-planned
//	Batch    --(settle)---------> released, or review with all reasons  event: released | held
//	  (released) --(draw)-------> which letters are checked             event: drawn      job: attest
//	a person --Archive.Judge----> what a sheet is beside its paper      event: checked    job: attest
//	Draw     --Archive.Attest---> further versions of transfer notes    event: attested
//
// A row, its event and its job are one transaction (Archive.Do). Objects are
// put before it: a crash in between leaves an object that the repeated step
// finds and takes as its own, for keys and bytes are the same.
//
// # Life of a batch
//
//	received --> read --> review --> released
//	    |         |  \-------------------^
//	    +---------+--> parked --> received, or read if it was cut before (a person tries again)
//	review, parked --> read (a person mended the cut)
//
// # Life of a document
//
//	archived --> review --> inbox <--> assigned --> filing <--> filed --> in-work <--> closed
//	       \-----------------^   ^--------------------/
//
//	archived, review, inbox --> superseded (the stack was mended before its release)
//	review, inbox           --> superseded (joined to another letter after it)
//	review, inbox           --> archived (a person answered a doubt, so it is routed again)
//	inbox                   --> review (given back), filing (a department that distributes
//	                            inside its e-file system)
//	filing                  --> assigned, inbox (the filing was withdrawn)
//	review, inbox, assigned --> no-relevance, handed-over, returned, duplicate --> inbox, review
//	inbox, assigned         --> finance --> inbox, review
//
// # Life of a box
//
//	ready --> open <--> closed --> emptied
//
//	A stack goes into the open box of its station when it is received; a box sheet
//	in it says otherwise for what lies behind. Places in a box are by stack and
//	image, not a count of letters: mending a stack changes none of them.
//
// # Life of an original
//
//	in-box <--> due <--> approved --> sealed --> destroyed
//	                                     \--> in-box (the container was opened)
//
//	all before sealed     --> held --> in-box, to-return, to-keep
//	in-box, due           --> to-return --> returned, in-box
//	in-box, due           --> to-keep --> to-return, in-box
//	in-box                --> recut (its stack was mended, and the paper is another letter's)
//	all before approved   --> recut (its letter was joined to another)
//
//	what nobody permitted, on record:
//	all before destroyed  --> lost --> in-box (it turned up)
//	all before approved   --> handed-on (to an archive, a court) --> in-box
//	all before destroyed  --> destroyed-early
//	returned              --> in-box (undeliverable)
//
// # Life of a disposal list
//
//	                another person          two people, one by one
//	proposed --------------> approved ------------------------> sealed --> certified
//	    \________________________\______________________________\--> withdrawn
//
// The gate is asked before each step, with everything about a letter locked. What
// then has a reason falls off the list on record, and whoever acted looks again.
//
// # The gate
//
//	MayDestroy --asks--> state, class, days, stack, filings, rescans, recalls, box,
//	                     finds, holds, the last re-reading of the copy, the digest
//	                     that the events name, the chain of events
//	           --says--> all reasons against, none: the paper may go
//
// # Life of a thing that cannot be scanned
//
//	(pending) --> kept <--> (leaving) --> handed-out
//	     |         |  \--> joined (it was scanned after all) --> handed-out
//	     +---------+--> void
//
// Money passes through the states in brackets, in which a second person is
// waited for.
//
// # Life of a check
//
//	open --> passed
//	  \-----> failed <--> again --> passed
//	open, failed, again --> gone (its pages stand in another letter, which is checked instead)
//
// Decisions:
//   - The gate is closed where nothing is known: without anybody to ask for
//     receipts, without a class, a check of the copy or of the chain.
//   - Whether filings have their receipts is asked of routing in the very
//     transaction, by a function, and not kept a second time on the paper: a copy
//     could be out of date. The day after the last receipt is kept, because lists
//     go by it; the gate works it out again.
//   - Objects or ledger out of reach, or a full disk, park nothing: whatever was
//     under way waits in the queue, what arrives waits in the folder of its
//     station, and [Archive.Alarms] has the pages say so.
//   - One node takes care of the store, by a lease in its standing, which outlives
//     a restart: no engine need know of it, and a node that is silent for a
//     quarter of an hour is relieved.
//   - A hold is in force until it is released on record. Its last day only says
//     when the night does that.
//     Where the store protects objects it is a legal hold on them, too, set and
//     lifted by a job, which asks the ledger what is in force: the rows decide,
//     and a job that comes late or twice does no harm.
//   - The cover sheet of a thing that cannot be scanned is a page of its letter,
//     for good, and the image of it is what ties the thing to the letter: images
//     keep their names however a stack is mended. The sheet that stays with the
//     thing has a code of its own, so that nothing is guessed from what was
//     scanned before; behind it the pages join the letter as those of a rescan do.
//   - A batch carries the procedure under which it was received; a transfer note
//     of later never speaks of a later procedure.
//   - A batch sheet lies before one stack, and once: its number is used up by the
//     cut. A box sheet comes again with every stack of its box on purpose; what
//     would be its replay is a box that takes nothing more, and that is a doubt.
//     Separators without a number are used again and again.
//   - A volume of the backlog is found by the number on its file sheet alone:
//     the pages of a file name many others.
//   - The bucket has the ledger twice over: events in order, and every row as it
//     was saved last, noted by triggers in the transaction that saves it. Rows
//     are shipped, not only events, because some rows change without one. What is
//     about one owner is an object of its own, so that it can be erased without
//     touching anybody else's; hashes of events and keys of rows stay.
//   - An event hashes seq, previous, time, actor, kind, object and
//     SHA-256(salt, body). Salt and body lie in an erasable row, so personal data
//     can go and the chain still verifies.
//   - Ids are readable and derived: a document is its batch and its number in
//     it. A repeated step therefore meets its own earlier work.
//   - Work objects carry part of their digest in the key, so a step that is
//     repeated with another outcome never overwrites; they go at release.
//   - People mend a stack by plans: each says of every image what becomes of it.
//     Letters that look the same under the new plan are left alone; all others
//     are new letters with new numbers, so nothing that was ever kept under an
//     id changes. Going back is a plan, too. Once mended, a stack is released by
//     a person only.
//   - After the release the cut is corrected letter by letter: nothing that was
//     kept is written over, a letter that arises has a number of its own, and one
//     that is taken in keeps its objects and says where its pages stand. What an
//     e-file has is corrected there by its own supplement.
//   - Where there is no paper, the file that came is the original: it lies byte for
//     byte beside each document that has pages of it, not in the stack, for what is
//     kept of a stack goes earlier. The copy is one of pictures and words.
//   - A copy is looked at by every [Inspector] before it is kept; what they say
//     stands in the manifest and the transfer note.
//   - A document's image streams are read back out of its PDF by offset; they
//     are not stored a second time.
//   - A document is found, once routed, by the number of its case and whose that
//     is, which a move says, and by words that are stemmed here, not in the engine, so
//     that every ledger finds the same. Its words are kept and dropped with its
//     row. A reading errs: where fewer than Few documents are found, words one
//     letter beside are taken as well; of a number only look-alikes such as O
//     and 0, for another digit is another person's case.
//   - Which letters are checked is drawn in the transaction that releases the
//     stack, each by HMAC-SHA256(seed, id) against the share in force for its
//     class and station. The event holds seed, shares, flags and outcome, so
//     that [Draw.Reproduce] and the verifier draw the same again. The share
//     follows the rule of [Quality], which is printed on its page.
//   - A failed check keeps the paper of the whole stack from being destroyed.
//     Of the letters it holds only the one with the defect, and only before its
//     file: it is read, given out and answered in time all the same. To hold
//     the others of the stack would delay dozens of people for one sheet; what
//     is in a file already gets its new version as a supplement. Once its
//     rescans are in, or somebody says why there are none, the sheets with the
//     defect are looked at again.
//   - Nobody checks what they scanned or handled: an operator is known by name,
//     whoever mended or released the stack by its events.
//   - Sealed letters are never drawn, for nobody but their recipients may see
//     them; what the recipients say about completeness goes into the note.
package storage
