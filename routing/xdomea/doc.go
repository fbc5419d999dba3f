// Package xdomea hands letters to an e-file system by messages of the XÖV
// standard xdomea, group Fachverfahrensdaten, over exchange directories.
//
//	Handover --0605 SGOAblegen-->   <ProzessID>_FVDaten.SGOAblegen.0605.zip    Out
//	           (the file is known)    + <ProzessID>_….xml, <UUID>_<document>.pdf
//	         --0604 SGOErstellen--> the same, with a new file around the letter
//	Renew    --0601-->              a later version of a document that was filed
//	Entry    --0607-->              a line for the log of an object: what became of the paper
//
//	arrived       <-- 0629 EmpfangBestaetigen                                  In
//	filed         <-- 0630 ImportBestaetigen, every answer 0000000 and true
//	failed-…      <-- 0630 with anything else, by the table in codes.go
//
// What is promised:
//   - One message for each handover id (see routing.Outbox); all ids in it are
//     derived from that id, so a message that is built twice is the same one.
//   - Messages are valid by the schemas of 3.0.0 and 3.1.0, which for these
//     messages differ in the namespace only. The tests ask xmllint.
//   - 0629 never counts as filed. A 0630 that is not wholly a success is none.
//   - What comes back is taken for hostile: size, depth and count are limited, a
//     DOCTYPE or a path in a ZIP makes it unreadable, nothing is unpacked to disk.
//   - A message that cannot be read is given a while to become complete. Then it
//     is a receipt for a person if its name says whose it is; otherwise it is put
//     aside and reported once. No message is deleted before it was acknowledged.
//
// What is not: messages that come in on their own (0619), searching (0608), and
// version 4, which names and numbers its files differently.
//
// Decisions:
//   - The transfer note goes into AnwendungsspezifischeErweiterungXML of the
//     document, as the XML it is: it is evidence and not a list of fields.
//   - xdomea wants the prefix xdomea by name, so the tags are written with it;
//     encoding/xml escapes what stands between them.
//   - The return directory belongs to one connector alone.
//   - What is not in the table, or a text of the other side's own, goes to a
//     person: a letter that is tried for ever is seen by nobody.
package xdomea
