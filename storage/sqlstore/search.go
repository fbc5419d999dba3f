package sqlstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mailroom/storage"
)

// Search implements storage.Ledger. Whether near words are taken depends on
// what the filter may see alone.
func (s *Store) Search(ctx context.Context, tx storage.Tx, f storage.SearchFilter) ([]storage.DocumentID, error) {
	terms := storage.Terms(f.Text)
	if len(terms) == 0 && storage.NumberKey(f.Number) == "" && storage.NameKey(f.Person) == "" || (!f.All && !f.Unknown && len(f.Departments)+len(f.Also) == 0) {
		return nil, nil
	}
	f.Limit = min(bounded(f.Limit, 20), 100)
	among, err := departmentsOf(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	also, err := others(ctx, tx, f, among)
	if err != nil || len(among)+len(also) == 0 {
		return nil, err
	}
	hits, err := s.search(ctx, tx, hunt{f, among, also}, terms)
	if err != nil {
		return nil, fmt.Errorf("search documents: %w", err)
	}
	return hits, nil
}

// hunt is a search among departments, and some documents of others.
type hunt struct {
	storage.SearchFilter
	among []string
	also  map[string][]storage.DocumentID // by department
}

// others are the documents that are searched though not their departments.
func others(ctx context.Context, tx storage.Tx, f storage.SearchFilter, among []string) (map[string][]storage.DocumentID, error) {
	if len(f.Also) == 0 || f.All {
		return nil, nil
	}
	q := &query{}
	in(q, "document", f.Also[:min(len(f.Also), maxIDs)])
	type one struct {
		document   storage.DocumentID
		department string
	}
	list, err := collect(ctx, tx, `SELECT document, department FROM search_documents WHERE `+q.where[0]+` ORDER BY document LIMIT `+strconv.Itoa(maxIDs), q.args,
		func(r storage.Row) (o one, err error) {
			var id string
			err = r.Scan(&id, &o.department)
			o.document = storage.DocumentID(id)
			return o, err
		})
	out := map[string][]storage.DocumentID{}
	for _, o := range list {
		if !slices.Contains(among, o.department) {
			out[o.department] = append(out[o.department], o.document)
		}
	}
	return out, err
}

// departmentsOf are those among which f may search.
func departmentsOf(ctx context.Context, tx storage.Tx, f storage.SearchFilter) ([]string, error) {
	if f.All {
		return searchDepartments(ctx, tx)
	}
	out := slices.Clone(f.Departments)
	if f.Unknown {
		out = append(out, "")
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (s *Store) search(ctx context.Context, tx storage.Tx, f hunt, terms []string) ([]storage.DocumentID, error) {
	sets := make([][]int64, len(terms))
	for i, t := range terms {
		sets[i] = []int64{number(t)}
	}
	// The first page decides for all of them.
	first := f
	first.Before, first.Limit = "", max(f.Limit, storage.Few)
	if f.Before != "" {
		first.Limit = storage.Few
	}
	hits, err := first.found(ctx, tx, sets)
	if err != nil {
		return nil, err
	}
	if len(hits) >= storage.Few || len(terms) == 0 {
		if f.Before == "" {
			return hits[:min(len(hits), f.Limit)], nil
		}
		return f.found(ctx, tx, sets)
	}
	for i, t := range terms {
		var near []int64
		for _, w := range storage.Near(t) {
			near = append(near, number(w))
		}
		if near, err = exist(ctx, tx, "search_vocabulary", near); err != nil {
			return nil, err
		}
		sets[i] = append(sets[i], near[:min(len(near), maxNear)]...)
	}
	return f.found(ctx, tx, sets)
}

// maxNear is how many near words are taken, so that a statement stays within
// what engines take.
const maxNear = 40

// found lists the documents in which a word of each set stands: those of every
// department by themselves, along what leads to the fewest, and of them the last.
func (f hunt) found(ctx context.Context, tx storage.Tx, sets [][]int64) ([]storage.DocumentID, error) {
	lead, err := f.lead(ctx, tx, sets)
	if err != nil {
		return nil, err
	}
	q := &query{}
	before := ""
	if f.Before != "" {
		before = "(SELECT n FROM search_documents WHERE document = " + q.arg(f.Before) + ")"
	}
	var parts []string
	for _, department := range f.among {
		for _, along := range f.walks(sets, lead, department) {
			parts = append(parts, fmt.Sprintf("SELECT n FROM (%s) AS p%d", f.walk(q, sets, lead, department, along, before), len(parts)))
		}
	}
	for _, department := range slices.Sorted(maps.Keys(f.also)) {
		part := f.walk(q, sets, -1, department, nil, before, f.also[department]...)
		parts = append(parts, fmt.Sprintf("SELECT n FROM (%s) AS p%d", part, len(parts)))
	}
	text := "SELECT document FROM search_documents WHERE n IN (SELECT DISTINCT n FROM (" + strings.Join(parts, " UNION ALL ") +
		") AS p ORDER BY n DESC LIMIT " + strconv.Itoa(f.Limit) + ") ORDER BY n DESC"
	return collect(ctx, tx, text, q.args, id)
}

// maxArgs is how many values one statement is given, about.
const maxArgs = 20_000

// walks are the words to walk along in a department, each by itself: near words
// may be common ones. Too many for one statement are taken together.
func (f hunt) walks(sets [][]int64, lead int, department string) (out [][]int64) {
	if lead < 0 {
		return [][]int64{nil}
	}
	words, each := postings(sets[lead], department), 20
	for _, set := range sets {
		each += len(set)
	}
	if n := len(f.among) * len(words); n > 400 || n*each > maxArgs {
		return [][]int64{words}
	}
	for _, w := range words {
		out = append(out, []int64{w})
	}
	return out
}

// walk lists the last documents of a department in which a word of each set
// stands: along some words of the leading set or, without, along the rest of
// the filter. With only, it lists no others than those.
func (f hunt) walk(q *query, sets [][]int64, lead int, department string, along []int64, before string, only ...storage.DocumentID) string {
	from, n := "search_documents d", "d.n"
	q.where = nil
	q.and("d.department =", department)
	f.allowed(q)
	if len(only) > 0 {
		in(q, "d.document", only)
	}
	if along != nil {
		from, n = "search_words w", "w.document"
		q.where = []string{"EXISTS (SELECT 1 FROM search_documents d WHERE d.n = w.document AND " + strings.Join(q.where, " AND ") + oneByOne + ")"}
		if len(along) == 1 {
			q.and("w.word =", along[0])
		} else {
			from = "(SELECT DISTINCT document FROM search_words WHERE word IN (" + q.list(along) + ")) w"
		}
	}
	for k, set := range sets {
		if k != lead {
			q.where = append(q.where, "EXISTS (SELECT 1 FROM search_words o WHERE o.document = "+n+" AND o.word IN ("+q.list(postings(set, department))+")"+oneByOne+")")
		}
	}
	if before != "" {
		q.where = append(q.where, n+" < "+before)
	}
	return fmt.Sprintf("SELECT %s AS n FROM %s WHERE %s ORDER BY %s DESC LIMIT %d", n, from, strings.Join(q.where, " AND "), n, f.Limit)
}

// oneByOne ends a condition that is looked at for one row after the other: told
// so, PostgreSQL does not turn it into a join that may read a whole table.
const oneByOne = " LIMIT 1 OFFSET 0"

// allowed adds what f says beside its words and departments.
func (f hunt) allowed(q *query) {
	if len(f.States) > 0 {
		in(q, "d.state", f.States)
	}
	if f.Reader != "" {
		q.where = append(q.where, q.visible(f.Reader, "d.document"))
	}
	q.where = append(q.where, "d.state NOT IN ('archived', 'superseded')")
	chosen(q, "d.received_on >=", f.From)
	chosen(q, "d.received_on <=", f.To)
	chosen(q, "d.kind =", f.Kind)
	chosen(q, "d.number =", storage.NumberKey(f.Number))
	if person := storage.NameKey(f.Person); person != "" {
		q.and("d.person >=", person)
		q.and("d.person <", person+last)
	}
	for _, id := range f.Without {
		q.and("d.document <>", id)
	}
}

// in asks for one of values; none of them is nothing.
func in[T ~string](q *query, column string, values []T) {
	if len(values) == 0 {
		q.where = append(q.where, "1 = 0")
		return
	}
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = q.arg(string(v))
	}
	q.where = append(q.where, column+" IN ("+strings.Join(marks, ", ")+")")
}

// maxCounted is where a word is common.
const maxCounted = 2000

// lead returns which of the sets the search walks along, -1 for no word but the
// rest of the filter, which then leaves fewer.
func (f hunt) lead(ctx context.Context, tx storage.Tx, sets [][]int64) (lead int, err error) {
	if f.Number != "" || f.Person != "" || len(sets)*len(f.among) == 0 {
		return -1, nil
	}
	least := maxCounted + 1
	count := func(q *query, from string) (n int, err error) {
		err = tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+from+` LIMIT `+strconv.Itoa(maxCounted)+`) AS c`, q.args...).Scan(&n)
		return n, err
	}
	for i, set := range sets {
		q := &query{}
		var words []int64
		for _, d := range f.among {
			words = append(words, postings(set, d)...)
		}
		n, err := count(q, "search_words WHERE word IN ("+q.list(words)+")")
		if err != nil {
			return 0, err
		}
		if n < least {
			lead, least = i, n
		}
	}
	if least < maxCounted {
		return lead, nil
	}
	// All words are common: is what they are looked for among rare?
	for _, rare := range []struct {
		asked bool
		add   func(q *query)
	}{
		{true, func(q *query) {
			if len(f.States) > 0 {
				in(q, "d.state", f.States)
			}
		}},
		{f.From != "" || f.To != "", func(q *query) {
			chosen(q, "d.received_on >=", f.From)
			chosen(q, "d.received_on <=", f.To)
		}},
		{f.Kind != "", func(q *query) { chosen(q, "d.kind =", f.Kind) }},
	} {
		if !rare.asked {
			continue
		}
		q := &query{}
		in(q, "d.department", f.among)
		rare.add(q)
		if n, err := count(q, "search_documents d WHERE "+strings.Join(q.where, " AND ")); err != nil || n < maxCounted {
			return -1, err
		}
	}
	return lead, nil
}
