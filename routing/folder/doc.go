// Package folder hands letters to any e-file system that imports from a
// directory: the PDF/A, the transfer note, and last an index file whose form
// the other system dictates.
//
//	Handover --> <id>.pdf, <id>.note.xml --> <id>.xml (the index, by rename, last)   Out
//	Entry    --> one file in a form of its own, if the office gives it a name        Out
//	Receipt <-- <id>.ok | <id>.err with text                                         In
//	        <-- or: the index file was taken out of Out
//
// What is promised:
//   - Hand is exactly once for each id (see routing.Outbox). When the index file
//     has its name, all files of the letter are complete, on disk and of the
//     right hash. No file in Out is ever overwritten.
//   - Nothing that stands in a letter can change the form of the index: values
//     are escaped for its format before the template sees them, and what the
//     template makes of them is parsed before it is sent. A cell of a CSV file
//     never begins a formula.
//   - A receipt is yielded until it is acknowledged; then its result file is
//     removed. Both result files at once are no success: a person looks.
//   - The first final receipt that is acknowledged is the last that is looked for:
//     a result file that comes later stays where it is, and so does one whose
//     removal a crash prevented.
//   - A share that is not mounted takes no letters.
//
// Decisions:
//   - The index is a text/template, because every importer wants another one.
//     Its fields are strings: ID, Document, Subject, ReceivedOn, LetterDate,
//     Department, Worker, CaseNumber, EFileID, Foreign, Medium, Digest, PDF, Note
//     (the two file names) and Encoding.
//   - File names are templates of the same fields, cleaned; they must contain the
//     id, so that two letters never have the same name.
//   - Whether a file that was taken is "arrived" or "filed" is the office's to
//     say: the other system alone knows what it means by it. The default is no.
//   - A character that the encoding lacks becomes a reference in XML, \u in JSON
//     and "?" in CSV.
package folder
