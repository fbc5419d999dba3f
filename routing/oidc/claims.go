package oidc

import (
	"fmt"
	"strings"

	"mailroom/routing"
)

const maxGroups = 5000

// claims is what a provider says of a person.
type claims map[string]any

// at returns the claim at a path with dots; one whose own name has dots counts
// as well.
func (c claims) at(path string) any {
	if v, ok := c[path]; ok {
		return v
	}
	head, rest, nested := strings.Cut(path, ".")
	inner, ok := c[head].(map[string]any)
	if !nested || !ok {
		return nil
	}
	return claims(inner).at(rest)
}

func (c claims) text(path string) string {
	s, _ := c.at(path).(string)
	return strings.TrimSpace(s)
}

// groups returns the names at path; a single one may stand without a list.
func (c claims) groups(path string) (out []string, err error) {
	if names, ok := c["_claim_names"].(map[string]any); ok {
		if _, elsewhere := names[path]; elsewhere {
			return nil, fmt.Errorf("the provider leaves the claim %s out, for it has too many groups: %w", path, routing.ErrRefused)
		}
	}
	switch v := c.at(path).(type) {
	case string:
		return []string{v}, nil
	case []any:
		if len(v) > maxGroups {
			return nil, fmt.Errorf("%d groups: %w", len(v), routing.ErrRefused)
		}
		for _, each := range v {
			if s, ok := each.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

// person reads the claims by what the configuration calls them.
func (p *Port) person(c claims) (routing.Person, error) {
	groups, err := c.groups(p.cfg.GroupsClaim)
	return routing.Person{
		Source: routing.FromProvider, Subject: c.text("sub"), Login: strings.ToLower(c.text(p.cfg.LoginClaim)),
		Name: c.text(p.cfg.NameClaim), Grants: p.cfg.Map.Grants(groups),
	}, err
}

// complete says whether nothing needs to be asked for by itself.
func (p *Port) complete(c claims) bool {
	return c.text(p.cfg.LoginClaim) != "" && c.text(p.cfg.NameClaim) != "" && c.at(p.cfg.GroupsClaim) != nil
}
