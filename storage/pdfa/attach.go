package pdfa

import (
	"regexp"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/storage"
)

// attachmentObjects is how many objects an attachment takes: its specification
// and its bytes.
const attachmentObjects = 2

// attachmentAt is the number of the first object of the i-th attachment.
func attachmentAt(i int) int { return firstLeafObject + i*attachmentObjects }

// attach writes the attachments of a volume, which make it a PDF/A-3u.
func (b *binder) attach() error {
	date := literal([]byte(b.volume.Created.UTC().Format("D:20060102150405") + "+00'00'"))
	for i, a := range b.volume.Attachments {
		number := attachmentAt(i)
		spec := types.Dict{
			"Type": types.Name("Filespec"), "F": text(a.Name), "UF": text(a.Name), "Desc": text(printable(a.Description)),
			"AFRelationship": types.Name(a.Relationship), "EF": types.Dict{"F": ref(number + 1), "UF": ref(number + 1)},
		}
		if err := b.object(number, spec); err != nil {
			return err
		}
		d := types.Dict{
			"Type": types.Name("EmbeddedFile"), "Subtype": types.Name(a.MIME),
			"Params": types.Dict{"Size": types.Integer(len(a.Data)), "ModDate": date, "CreationDate": date},
		}
		if err := b.packed(number+1, d, a.Data); err != nil {
			return err
		}
	}
	return nil
}

var mimeType = regexp.MustCompile(`^[a-z]+/[a-z0-9.+-]+$`)

// attached names the attachments in the catalog: as files of the whole document,
// and in the tree of names, where readers look for them. The names are in order.
func attached(d types.Dict, attachments []storage.Attachment) {
	if len(attachments) == 0 {
		return
	}
	files, names := types.Array{}, types.Array{}
	for i, a := range attachments {
		files = append(files, ref(attachmentAt(i)))
		names = append(names, text(a.Name), ref(attachmentAt(i)))
	}
	d["AF"] = files
	d["Names"] = types.Dict{"EmbeddedFiles": types.Dict{"Names": names}}
}

// relationships are what an attachment may be to the document (ISO 19005-3, 6.8).
var relationships = map[types.Object]bool{
	types.Name("Source"): true, types.Name("Data"): true, types.Name("Alternative"): true, types.Name("Supplement"): true, types.Name("Unspecified"): true,
}

// attachments looks at what is attached: nothing to a PDF/A-2, and to a PDF/A-3
// files that say their kind and what they are to the document.
func (c *checker) attachments() error {
	catalog, _ := c.objects[catalogObject-1].(types.Dict)
	files, _ := c.resolve(catalog["AF"]).(types.Array)
	names, _ := c.resolve(c.dict(c.dict(catalog, "Names"), "EmbeddedFiles")["Names"]).(types.Array)
	found := 0
	err := c.each("Type", "Filespec", func(d types.Dict, _ types.Object) error {
		found++
		file, stream := c.resolve(c.dict(d, "EF")["F"]).(types.StreamDict)
		kind, _ := file.Dict["Subtype"].(types.Name)
		switch {
		case d["F"] == nil || d["UF"] == nil || !relationships[d["AFRelationship"]]:
			return broken("attachment without a name, or without its relationship")
		case !stream || file.Dict["Type"] != types.Name("EmbeddedFile") || !mimeType.MatchString(string(kind)):
			return broken("attachment of kind %q", string(kind))
		case c.dict(file.Dict, "Params")["ModDate"] == nil:
			return broken("attachment without a date")
		}
		_, err := c.decoded(file)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.level == "2u" && (found > 0 || files != nil || names != nil):
		return broken("a PDF/A-2 has %d attachments", found)
	case len(files) != found || len(names) != 2*found:
		return broken("%d attachments, %d in the catalog, %d among the names", found, len(files), len(names)/2)
	}
	for i, f := range files {
		if f != names[2*i+1] || c.dict(types.Dict{"f": f}, "f")["UF"] != names[2*i] {
			return broken("attachment %d has another name among the names", i+1)
		}
	}
	return nil
}
