package routing

import (
	"mailroom/scanstation"
	"mailroom/storage"
)

// closed decides about a sealed letter by its address alone: what stands inside
// is nobody's to compare with a register, and no case number is kept.
func (r Router) closed(doc storage.Document) Decision {
	d := Decision{Document: doc.ID}
	var reasons []scanstation.Reason
	d.Department, _, reasons = r.department(doc)
	for _, reason := range reasons {
		d.Reasons = append(d.Reasons, scanstation.Reason{Code: reason.Code})
	}
	for _, doubt := range doc.Doubts {
		d.Reasons = append(d.Reasons, scanstation.Reason{Code: DoubtfulCut, Detail: doubt.Code})
	}
	if d.Department == "" && len(reasons) == 0 {
		d.Reasons = addReason(d.Reasons, UnknownDepartment, "")
	}
	switch {
	case doc.Seal.Doubt:
		d.Reasons = addReason(d.Reasons, SealDoubt, "")
	case len(doc.Seal.Recipients) == 0:
		d.Reasons = addReason(d.Reasons, NoRecipient, "")
	}
	if d.Sure = len(d.Reasons) == 0; d.Sure {
		d.Reasons = []scanstation.Reason{{Code: NoNumber}}
	}
	return d
}
