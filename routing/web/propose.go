package web

import (
	"cmp"

	"mailroom/routing"
)

// proposal says in one sentence who might work on a letter, and why.
func (t texts) proposal(p routing.Proposal) string {
	name := cmp.Or(p.Name, p.Worker)
	switch {
	case p.Worker == "":
		return t.say("proposal.nobody")
	case p.Code == routing.ByRule && p.For != "":
		return t.say("proposal.rule.for", name, cmp.Or(p.ForName, p.For), t.date(p.Until), p.Rule)
	case p.Code == routing.ByRule:
		return t.say("proposal.rule", name, p.Rule)
	case p.Code == routing.ByRange && p.For != "":
		return t.say("proposal.range.for", name, cmp.Or(p.ForName, p.For), t.date(p.Until), p.Range)
	case p.Code == routing.ByRange:
		return t.say("proposal.range", name, p.Range)
	case p.Code == routing.ByCase && p.For != "":
		return t.say("proposal.case.for", name, cmp.Or(p.ForName, p.For), t.date(p.Until))
	case p.Code == routing.ByCase:
		return t.say("proposal.case", name)
	}
	return t.say("proposal.load", name, t.number(p.Open))
}
