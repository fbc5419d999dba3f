// Package dropfolder watches the drop folders of the scan stations and turns
// every settled file into a claimed batch that is received exactly once.
// Nothing that is put into a drop folder is ever lost, overwritten or deleted
// before its bytes are kept and re-read elsewhere.
//
//	FOLDER/scan.pdf   --settled, whole, no writer--> candidate
//	candidate         --mkdir, claim.json, rename--> FOLDER/.work/ID/scan/scan.pdf
//	.work/ID          --SHA-256, Receiver.Receive--> FOLDER/done/ID    (kept)
//	                                            \--> FOLDER/parked/ID  (refused: reason.json, Grund.txt)
//	.work/ID          --any other error-----------> tried again with back-off, for ever
//	done/ID           --Receiver.Verified---------> removed
//
// After a crash every .work/ID is either delivered again under the same id
// (the receiver answers "already") or, where the rename had not happened yet,
// withdrawn; the file then still lies in the folder.
//
// Decisions:
//   - Events of the file system only wake the scanner. fsnotify loses events
//     (queue overflow, new folders, network shares, remounts); the scan alone
//     is sufficient, and the tests run with Config.NoEvents to prove it.
//   - A file is settled when inode, size, mtime and ctime are unchanged over
//     two scans at least Config.Settle apart. Size alone proves nothing
//     (preallocated files), so the kernel is asked for a read lease, which is
//     denied while anybody writes, and the Completer for the structure.
//   - The work folder lies in the drop folder: only a rename on one file
//     system is atomic, and of two nodes that share a folder only one wins it.
//   - A claim is named by its batch id and keeps its file in scan/, so no name
//     a scanner invents can collide with claim.json or the reason beside it,
//     and a name of 255 bytes leaves room for them.
//   - A folder batch is claimed by one rename of the whole folder. Whatever
//     slipped in at that moment is seen afterwards, and the claim settles anew.
//   - A claim whose files changed is continued under a new id: the old id may
//     already stand for the old bytes. Files that changed after their receipt
//     are parked, never deleted.
//   - A receiver that fails for everything is probed by one batch at a time;
//     other files wait in the folder, unclaimed and visible.
//   - The rename to done/ is not synced: after a power loss the claim is
//     delivered again, and the receiver knows it.
//   - Directories whose name starts with a dot are not entered; symlinks,
//     pipes, sockets and devices are never opened but reported.
package dropfolder
