package ldap

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"mailroom/routing"
)

const (
	maxDepth  = 20
	maxGroups = 2000
	atOnce    = 20 // groups that one question asks for
)

// group is one that somebody is in, directly or through others.
type group struct{ dn, name string }

// canonical writes a DN so that equal ones are equal words.
func canonical(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	return strings.ToLower(parsed.String())
}

// groups returns all groups that the entry dn is in.
func (p *Port) groups(dn, login string) ([]group, error) {
	_, chains, err := p.line.service()
	if err != nil {
		return nil, err
	}
	if chains {
		return p.groupsBy("(member:1.2.840.113556.1.4.1941:=" + ldap.EscapeFilter(dn) + ")")
	}
	return p.walk(dn, login)
}

// groupsBy returns the groups that fit a filter.
func (p *Port) groupsBy(filter string) ([]group, error) {
	found, err := p.line.search(ldap.NewSearchRequest(p.cfg.GroupBase, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, int(patience.Seconds()), false, filter, []string{"cn"}, nil))
	if err != nil && !errors.Is(err, errTooMany) {
		return nil, err
	}
	if err != nil || len(found) > maxGroups {
		return nil, refused("more than %d groups", maxGroups)
	}
	out := make([]group, len(found))
	for i, e := range found {
		out[i] = group{e.DN, e.GetEqualFoldAttributeValue("cn")}
	}
	return out, nil
}

// walk goes from a person upwards, group by group. Each is asked for once, so
// that groups within each other come to an end.
func (p *Port) walk(dn, login string) (all []group, err error) {
	seen := map[string]bool{}
	next := []string{dn}
	first := "(memberUid=" + ldap.EscapeFilter(login) + ")"
	for depth := 0; len(next) > 0; depth++ {
		if depth == maxDepth {
			return nil, refused("groups within groups more than %d deep", maxDepth)
		}
		var above []string
		for len(next) > 0 {
			part := next[:min(atOnce, len(next))]
			next = next[len(part):]
			found, err := p.groupsBy(holding(part, first))
			if err != nil {
				return nil, err
			}
			for _, g := range found {
				if key := canonical(g.dn); !seen[key] {
					seen[key] = true
					all, above = append(all, g), append(above, g.dn)
				}
			}
			if len(all) > maxGroups {
				return nil, refused("more than %d groups", maxGroups)
			}
		}
		next, first = above, ""
	}
	return all, nil
}

// holding is a filter for the groups that hold one of the entries.
func holding(entries []string, more string) string {
	var b strings.Builder
	for _, dn := range entries {
		safe := ldap.EscapeFilter(dn)
		fmt.Fprintf(&b, "(member=%s)(uniqueMember=%s)", safe, safe)
	}
	return "(|" + b.String() + more + ")"
}

// grants maps groups to roles: by DN where the mapping has one, else by cn. A cn
// that looks like a DN counts for nothing.
func (p *Port) grants(groups []group) []routing.Grant {
	var names []string
	for _, g := range groups {
		names = append(names, canonical(g.dn))
		if !strings.Contains(g.name, "=") {
			names = append(names, g.name)
		}
	}
	mapping := make(routing.Mapping, len(p.cfg.Map))
	for i, m := range p.cfg.Map {
		if mapping[i] = m; strings.Contains(m.Group, "=") {
			mapping[i].Group = canonical(m.Group)
		}
	}
	return mapping.Grants(names)
}

// Probe says whether the directory can be used, and which groups of the mapping
// are not there.
func (p *Port) Probe() error {
	if _, _, err := p.line.service(); err != nil {
		return fmt.Errorf("addresses: %w", err)
	}
	base := func(key, dn string) error {
		_, err := p.line.search(ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, int(patience.Seconds()), false, "(objectClass=*)", []string{"1.1"}, nil))
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	}
	if err := errors.Join(base("base", p.cfg.Base), base("group_base", p.cfg.GroupBase)); err != nil {
		return err
	}
	var faults []error
	for i, m := range p.cfg.Map {
		key := fmt.Sprintf("map[%d].group", i)
		if strings.Contains(m.Group, "=") {
			faults = append(faults, base(key, m.Group))
			continue
		}
		found, err := p.groupsBy("(cn=" + ldap.EscapeFilter(m.Group) + ")")
		if err == nil && len(found) != 1 {
			err = fmt.Errorf("%d groups below group_base have the cn %q; want one", len(found), m.Group)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", key, err))
		}
	}
	return errors.Join(faults...)
}
