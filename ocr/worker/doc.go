// Package worker runs every decoder and every engine in child processes, so
// that a hostile, broken or merely huge scan costs one page and never the
// mailroom.
//
//	Read   --> crew of reading children ----+   one page in flight each, replaced
//	Render --> crew of rendering children --+-- after PagesPerChild; crash, hang or
//	Open, Complete, Lift --> child per file +   too much memory: once more in a fresh
//	                    (the file is its     |   child, then a Reason
//	                     descriptor 3)       |
//	parent <-- head as JSON + body in chunks, over two pipes --> Serve (child)
//
// The children are the same binary, started again with Config.Command; cmd
// hands the engines to Serve there and satisfies scanstation.Opener,
// scanstation.Renderer and ocr.Reader with a Pool here.
//
// Decisions:
//   - A child has nothing: an empty environment, no files but its pipes and the
//     one it is to open, no network (Landlock, and a network namespace of its
//     own where that is permitted), no way to write or to gain rights
//     (no_new_privs), read access to the system's libraries and models only.
//     It dies with its parent. Pool.Isolation says what the machine allows.
//   - The thread that starts a child stays with it to its end: the parent-death
//     signal goes by the thread, not by the process, and no_new_privs set on
//     that thread reaches the child before its first instruction.
//   - Memory is limited by what a page of that size may need. The parent
//     watches the resident size and kills; RLIMIT_DATA is the backstop with
//     room for what Go and glibc reserve but never touch (RLIMIT_AS would count
//     Go's address space and is useless).
//   - A child works on one thread and gives memory back early: on pages of A4 it
//     then stays at 99 MB instead of growing to 121 MB within ten pages.
//   - Poison protection lives here and not in the queue: the second failure of
//     the same input is its verdict. A refusal by an engine is a verdict at once.
//   - A child is not trusted: every length is checked, lists and pages are
//     counted, and what it says about a page is only what it says about a page.
//   - A child that cannot be started is the machine's fault, not the page's: an
//     error, worth another try.
package worker
