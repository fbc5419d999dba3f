package desk

// StaffDatum is something that is stored about the people who work here, for
// the page that tells them. Key leads to its words: what it is, what it is for,
// how long it stays and who sees it.
type StaffDatum struct {
	Key     string
	Table   string
	Columns []string // that say something about a member of staff
}

// StaffData is everything that is stored about staff. A test holds it against
// the tables: what is not named here may not be stored.
func StaffData() []StaffDatum {
	return []StaffDatum{
		{"account", "clerks", []string{"id", "login", "name", "grants", "password_hash", "must_change", "disabled", "absent", "source", "subject", "failed_logins", "locked_until", "sure"}},
		{"session", "sessions", []string{"token", "body", "expiry"}},
		{"visit", "visits", []string{"clerk", "source", "device", "begun", "seen"}},
		{"device", "devices", []string{"clerk", "failed", "locked_until"}},
		{"absence", "absences", []string{"clerk", "deputy", "from_day", "to_day", "by_clerk"}},
		{"keys", "clerk_keys", []string{"clerk", "keys"}},
		{"search", "saved_searches", []string{"clerk", "name", "query"}},
		{"sign-on", "sign_ons", []string{"clerk", "name", "since"}},
		{"operator", "batches", []string{"body"}},
		{"event", "events", []string{"actor"}},
		{"event-body", "event_bodies", []string{"body"}},
		{"decision", "decisions", []string{"body"}},
		{"register", "cases", []string{"worker"}},
		{"assignment", "assignments", []string{"worker", "by_clerk", "remark"}},
		{"informed", "informed", []string{"clerk", "by_clerk"}},
		{"handling", "handlings", []string{"body"}},
		{"filing", "filings", []string{"worker", "body"}},
		{"thing", "placeholders", []string{"body"}},
		{"volume", "volumes", []string{"body"}},
		{"token", "tokens", []string{"clerk", "name"}},
		{"access", "access_log", []string{"clerk", "role", "at"}},
		{"seal", "seals", []string{"recipient"}},
		{"block", "blocks", []string{"body", "by_clerk"}},
		{"hidden", "hidden", []string{"reader"}},
		{"hold", "holds", []string{"body"}},
		{"check", "draws", []string{"operator", "body"}},
		{"recall", "recalls", []string{"body"}},
		{"rescan", "rescans", []string{"body"}},
		{"disposal", "disposals", []string{"body"}},
		{"certificate", "certificates", []string{"body"}},
		{"giveback", "paper_returns", []string{"body"}},
		{"incident", "incidents", []string{"body"}},
		{"sample", "samples", []string{"body"}},
		{"inquiry", "inquiries", []string{"clerk", "by_clerk", "subject", "reason"}},
	}
}
