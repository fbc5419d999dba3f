// Package disk keeps objects in a local folder.
//
//	PutNew --> .tmp/… --fsync--> link --> 2026/11/22/<document>/document.pdf
//	            size and digest checked     fsync of the folders up to the root
//
// Decisions:
//   - link(2) never overwrites: of two writers of one key exactly one wins, the
//     other looks whether the bytes are the same.
//   - A file that is being written has no name (O_TMPFILE), so a killed writer
//     leaves nothing. Where the file system cannot do that it has one in .tmp/,
//     and Open removes those older than a day.
//   - The digest is an extended attribute of the file, user.sha256, so it moves
//     with it and costs no second file. Where the file system keeps none, the
//     object is read and hashed when its digest is asked for.
//   - A folder can protect nothing: Protect is errors.ErrUnsupported. Whoever
//     needs WORM takes an S3 store with object lock.
//   - Erase removes the folders that it empties; PutNew makes them again if
//     that happens under it.
package disk
