package storage

import (
	"context"
	"fmt"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// dividerOf is what the sheets before a letter say about it; nil: nothing.
func dividerOf(images []Image) *scanstation.Divider {
	if i := slices.IndexFunc(images, func(img Image) bool { return img.Divider != nil }); i >= 0 {
		return images[i].Divider
	}
	return nil
}

// enclosuresOf are the pages of a letter with which its enclosures begin. Where a
// person let the letter begin with an enclosure, that is its first page.
func enclosuresOf(images []Image) (pages []int) {
	for i, img := range images {
		if img.Enclosure && i > 0 {
			pages = append(pages, i+1)
		}
	}
	return pages
}

// marksOf names the pages with which enclosures begin, and the letter before them.
func marksOf(enclosures []int) (marks []Bookmark) {
	if len(enclosures) == 0 {
		return nil
	}
	marks = []Bookmark{{"Schreiben", 1}}
	for i, page := range enclosures {
		marks = append(marks, Bookmark{fmt.Sprintf("Anlage %d", i+1), page})
	}
	return marks
}

// bySheets writes into a letter what the sheets before it and in it say. A volume of
// a file is found by the number on its file sheet alone, for its pages name many
// others.
func (a *Archive) bySheets(ctx context.Context, doc *Document, images []Image) error {
	doc.Divider, doc.Enclosures = dividerOf(images), enclosuresOf(images)
	if d := doc.Divider; d != nil && d.Department != "" {
		doc.Findings.Departments = append(doc.Findings.Departments, ocr.DepartmentFinding{
			Department: d.Department, Zone: ocr.SheetZone, Evidence: ocr.Evidence{Text: d.Department, Confidence: 1, Rule: ocr.RuleSheet},
		})
	}
	if len(images) == 0 || images[0].Volume == "" {
		return nil
	}
	var found []FileVolume
	err := a.View(ctx, func(tx Tx) (err error) {
		found, err = a.Ledger.Volumes(ctx, tx, VolumeFilter{ID: images[0].Volume, Limit: 1})
		return err
	})
	if err != nil || len(found) == 0 {
		return err
	}
	doc.Findings = ocr.Findings{Seals: doc.Findings.Seals, Candidates: []ocr.Candidate{{
		Number: found[0].Number, Department: found[0].Department, Source: ocr.FromSheet, Whose: ocr.Ours,
		Evidence: ocr.Evidence{Text: fmt.Sprintf("%s, Band %d", found[0].Number, found[0].Volume), Confidence: 1, Rule: ocr.RuleSheet},
	}}}
	return nil
}
