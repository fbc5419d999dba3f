package routing

import (
	"cmp"
	"context"
	"fmt"

	"mailroom/storage"
)

// Receipts answers the archive's question for the receipts of a document: what
// its filings still lack, and when the last one got its own.
func Receipts(filings Filings) func(context.Context, storage.Tx, storage.DocumentID) (storage.Receipts, error) {
	return func(ctx context.Context, tx storage.Tx, id storage.DocumentID) (out storage.Receipts, err error) {
		kept, err := filings.FilingsOf(ctx, tx, []storage.DocumentID{id})
		if err != nil {
			return out, fmt.Errorf("receipts of document %s: %w", id, err)
		}
		for _, r := range kept[id] {
			if r.State == FilingWithdrawn {
				continue
			}
			if r.CaseNumber != "" {
				out.Cases = append(out.Cases, string(r.CaseNumber))
			}
			if !r.State.Done() {
				out.Lacking = append(out.Lacking, cmp.Or(string(r.CaseNumber), fmt.Sprint(r.Number)))
			} else if r.EndedAt.After(out.Last) {
				out.Last = r.EndedAt
			}
		}
		return out, nil
	}
}
