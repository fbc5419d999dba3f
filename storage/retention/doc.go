// Package retention looks after the paper day by day: it has copies re-read
// before their paper may go, lets paper fall due, warns, and raises the alarm
// where it lies for too long.
//
//	the night --> holds whose last day is over         end
//	          --> the chain of events                  is walked: what is new, and some of the old again
//	          --> checkpoints without a time stamp     the authority is asked again
//	          --> paper due within Margin              job: check, where the last one is too old
//	          --> paper whose day has come             due, if nothing is against its destruction
//	          --> paper due, and something is now      back into its box
//	          --> paper whose day comes near           owner, head and scan room are told what is missing
//	          --> paper that should have gone          overdue
//	          --> our own copies whose day has come    are erased
//
// Decisions:
//   - A night may be repeated, on several machines at once: each paper is looked
//     at again in a transaction of its own. A night that was missed is made up
//     for by the next.
//   - A night reads what is due or comes near by the index of days, never the
//     archive as a whole. What waits for a person is read again every night.
//   - An alarm is for people. It opens no gate, and no gate waits for it.
//   - Warnings are told as days after the scan and given as many days before the
//     end of the period, so that classes with other periods have them, too.
package retention
