// Package sheets lays out the sheets that the scan room prints and lays into
// its stacks: separators, and rescan sheets that say which pages of which
// letter come behind them.
//
//	RescanSheet --Printer.Rescan--> Print --(a composer)--> PDF --printer, scanner--> code --ParseRescanCode--> RescanID
//
// Decisions:
//   - The code stands there four times, twice as Code 128 and twice as a QR code
//     of level H, apart from each other: a torn or soiled edge, or a sheet that
//     lies upside down, does not matter. Bars alone were read from 5 of 10 bad
//     gray scans whatever their width, for noise crosses every line of them;
//     with the squares it was 10 of 10.
//   - A sheet says in words all that a person needs to carry it out, and
//     nothing of what the letter says: sheets lie about.
//   - The codes of separators that say something, and of box and batch sheets, are
//     signed with a key of the house: post cannot bring such a sheet along. Those
//     of rescans, things and volumes are random instead, and known to the ledger.
//   - A cover sheet, which stands for something that cannot be scanned, is laid
//     out like a rescan sheet, but it is a page of its letter; what is signed on
//     it by hand is archived with it.
package sheets
