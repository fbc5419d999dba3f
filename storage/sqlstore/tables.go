package sqlstore

import "mailroom/storage"

// jobTable is where River keeps jobs; only those that are not done are shipped.
const jobTable = "river_job"

// tables are the ledger's tables that come back when it is rebuilt. The events
// themselves come back beside them, and these do not:
//
//	search_documents, search_words, search_vocabulary, search_pending  made anew from the texts
//	jobs_again, other tables of the queue    of the running process
//	row_changes, watched_tables, own_standings  about this ledger itself
//	…_version                                of the migrations
func tables() []storage.Table {
	const ofDocument = "document"
	return []storage.Table{
		{Name: "batches", Key: []string{"id"}, Owner: "id"},
		{Name: "images", Key: []string{"batch", "image"}, Owner: "CASE WHEN document <> '' THEN document ELSE batch END"},
		{Name: "documents", Key: []string{"id"}, Owner: "id"},
		{Name: "document_texts", Key: []string{"document"}, Owner: ofDocument},
		{Name: "originals", Key: []string{"document"}, Owner: ofDocument},
		{Name: "rescans", Key: []string{"id"}, Owner: ofDocument},
		{Name: "seals", Key: []string{"document", "recipient"}, Owner: ofDocument},
		{Name: "hidden", Key: []string{"reader", "document"}, Owner: ofDocument},
		{Name: "holds", Key: []string{"id"}, Owner: "id"},
		{Name: "hold_documents", Key: []string{"document", "hold"}, Owner: ofDocument},
		{Name: "standings", Key: []string{"name"}},
		{Name: "disposals", Key: []string{"id"}},
		{Name: "disposal_items", Key: []string{"disposal", "document"}, Owner: ofDocument},
		{Name: "certificates", Key: []string{"id"}, Owner: "id"},
		{Name: "paper_returns", Key: []string{"document"}, Owner: ofDocument},
		{Name: "incidents", Key: []string{"id"}, Owner: "CASE WHEN document <> '' THEN document ELSE id END"},
		{Name: "boxes", Key: []string{"id"}},
		{Name: "batch_sheets", Key: []string{"number"}},
		{Name: "recalls", Key: []string{"id"}, Owner: ofDocument},
		{Name: "draws", Key: []string{"batch"}, Owner: "batch"},
		{Name: "qualities", Key: []string{"station", "class"}},
		{Name: "placeholders", Key: []string{"id"}, Owner: "CASE WHEN document <> '' THEN document ELSE id END"},
		{Name: "volumes", Key: []string{"id"}, Owner: "id"},
		{Name: "event_tiles", Key: []string{"level", "n"}},
		{Name: "paper_moves", Key: []string{"day", "class", "from_state", "to_state"}},
		{Name: "paper_now", Key: []string{"document"}, Owner: ofDocument, Only: []string{"state", "due_on", "class", "box", "department", "since"}},
		{Name: "paper_books", Key: []string{"day"}},
		{Name: "samples", Key: []string{"id"}},

		{Name: "anchors", Key: []string{"size"}},
		{Name: "copies", Key: []string{"object"}, Owner: "object"},
		{Name: "copy_nights", Key: []string{"day"}},
		{Name: "erasures", Key: []string{"id"}, Owner: "id"},
		{Name: "event_bodies", Key: []string{"seq"}, Owner: "(SELECT object FROM events WHERE events.seq = event_bodies.seq)"},
		{Name: jobTable, Key: []string{"id"}, Only: []string{"finalized_at"}},
	}
}
