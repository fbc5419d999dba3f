package sqlstore

import "mailroom/storage"

// Tables are the tables that come back when a ledger is rebuilt from the
// bucket. These do not:
//
//	cases                  the register is loaded from its own file
//	sessions, visits, devices, sign_ons  who is logged in, or signed on at a station
//	tokens                 credentials
//	access_log             has a short retention of its own; its days are in the chain
//	efile_status, replies  of the running service
//	figures, figures_until counted anew from the events
func Tables() []storage.Table {
	const ofDocument = "document"
	return []storage.Table{
		{Name: "decisions", Key: []string{"document", "decided_at"}, Owner: ofDocument},
		{Name: "clerks", Key: []string{"id"}, Owner: "id", Without: []string{"password_hash", "failed_logins", "locked_until", "asked", "sure"}},
		{Name: "assignments", Key: []string{"document"}, Owner: ofDocument},
		{Name: "handlings", Key: []string{"document"}, Owner: ofDocument},
		{Name: "informed", Key: []string{"document", "clerk"}, Owner: ofDocument},
		{Name: "absences", Key: []string{"id"}, Owner: "clerk"},
		{Name: "clerk_keys", Key: []string{"clerk"}, Owner: "clerk"},
		{Name: "filings", Key: []string{"document", "number"}, Owner: ofDocument},
		{Name: "access_days", Key: []string{"day"}},
		{Name: "blocks", Key: []string{"id"}, Owner: "id"},
		{Name: "inquiries", Key: []string{"id"}, Owner: "clerk"},
		{Name: "day_closes", Key: []string{"number"}},
		{Name: "saved_searches", Key: []string{"id"}, Owner: "clerk"},
	}
}
