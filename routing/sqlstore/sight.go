package sqlstore

// hiddenFrom is the condition that a document is hidden from a reader: both are
// SQL.
func hiddenFrom(document, reader string) string {
	return "EXISTS (SELECT 1 FROM hidden WHERE hidden.reader = " + reader + " AND hidden.document = " + document + ")"
}

// openTo is the condition that a document is neither hidden from a reader nor
// sealed for others.
func openTo(document, reader string) string {
	sealed := "SELECT 1 FROM seals WHERE seals.document = " + document
	return "NOT " + hiddenFrom(document, reader) +
		" AND (NOT EXISTS (" + sealed + ") OR EXISTS (" + sealed + " AND seals.recipient = " + reader + "))"
}
