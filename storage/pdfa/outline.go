package pdfa

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/storage"
)

// outlineObjects is how many objects the outline of so many marks takes: its root
// and an entry each.
func outlineObjects(marks []storage.Bookmark) int {
	if len(marks) == 0 {
		return 0
	}
	return 1 + len(marks)
}

// outlineAt is the number of the root of the outline, behind the attachments.
func outlineAt(attachments []storage.Attachment) int { return attachmentAt(len(attachments)) }

// outlined names the outline in the catalog, and has readers show it.
func outlined(d types.Dict, f facts) {
	if len(f.Marks) > 0 {
		d["Outlines"], d["PageMode"] = ref(outlineAt(f.Attachments)), types.Name("UseOutlines")
	}
}

// outline writes the marks of a volume as one level of entries.
func (b *binder) outline() error {
	marks, root := b.volume.Marks, outlineAt(b.volume.Attachments)
	if len(marks) == 0 {
		return nil
	}
	d := types.Dict{"Type": types.Name("Outlines"), "First": ref(root + 1), "Last": ref(root + len(marks)), "Count": types.Integer(len(marks))}
	if err := b.object(root, d); err != nil {
		return err
	}
	for i, m := range marks {
		d := types.Dict{"Title": text(printable(m.Title)), "Parent": ref(root), "Dest": types.Array{ref(b.pages[m.Page-1]), types.Name("Fit")}}
		if i > 0 {
			d["Prev"] = ref(root + i)
		}
		if i < len(marks)-1 {
			d["Next"] = ref(root + i + 2)
		}
		if err := b.object(root+1+i, d); err != nil {
			return err
		}
	}
	return nil
}

// outline looks at the outline, if there is one: entries of one level, each with a
// title and the page that it leads to, and nothing that happens.
func (c *checker) outline() error {
	catalog, _ := c.objects[catalogObject-1].(types.Dict)
	root := c.dict(catalog, "Outlines")
	if catalog["Outlines"] == nil {
		return nil
	}
	var last types.Object
	n := 0
	for at := root["First"]; at != nil; n++ {
		r, ok := at.(types.IndirectRef)
		d, _ := c.resolve(r).(types.Dict)
		dest, _ := d["Dest"].(types.Array)
		switch {
		case !ok || n > len(c.objects) || d["Parent"] != catalog["Outlines"] || d["Prev"] != last:
			return broken("entry %d of the outline does not stand in its row", n+1)
		case d["Title"] == nil || d["A"] != nil || len(dest) != 2 || c.dict(types.Dict{"to": dest[0]}, "to")["Type"] != types.Name("Page"):
			return broken("entry %d of the outline has no title or leads to no page", n+1)
		}
		last, at = r, d["Next"]
	}
	if n == 0 || root["Last"] != last || integer(root["Count"]) != n {
		return broken("an outline of %d entries says that it has %v", n, root["Count"])
	}
	return nil
}
