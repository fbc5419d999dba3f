package desk

import (
	"context"
	"fmt"
	"io"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// MakeBatchSheets gives numbers to so many sheets that lie before one stack each.
func (d *Desk) MakeBatchSheets(ctx context.Context, who routing.Clerk, says scanstation.Divider, n int) ([]storage.BatchSheet, error) {
	if !May(who, RunStations, Thing{}) {
		return nil, missing("batch sheets")
	}
	if n < 1 || n > storage.MaxBatchSheets || !d.sayable(says) {
		return nil, invalid(SheetsWrong, "%d", storage.MaxBatchSheets)
	}
	return d.cfg.Archive.MakeBatchSheets(ctx, says, n, string(who.ID))
}

// PrintBatchSheets makes so many sheets and writes them as a PDF.
func (d *Desk) PrintBatchSheets(ctx context.Context, who routing.Clerk, says scanstation.Divider, n int, w io.Writer) error {
	if d.cfg.Printer == nil {
		return missing("batch sheets")
	}
	made, err := d.MakeBatchSheets(ctx, who, says, n)
	if err != nil {
		return err
	}
	pages := make([]scanstation.Print, len(made))
	for i, sheet := range made {
		if pages[i], err = d.cfg.Printer.Divider(d.cfg.Archive.DividerSheet(sheet.Says, d.DepartmentName(says.Department))); err != nil {
			return fmt.Errorf("print batch sheets: %w", err)
		}
	}
	return d.compose(w, "Stapelblätter", pages)
}

// PrintDividers writes so many sheets, to be used again and again, as a PDF: those
// of a department or class, or those before enclosures.
func (d *Desk) PrintDividers(_ context.Context, who routing.Clerk, says scanstation.Divider, copies int, w io.Writer) error {
	if !May(who, RunStations, Thing{}) || d.cfg.Printer == nil {
		return missing("separator sheets")
	}
	if says.Level == scanstation.EnclosureLevel {
		says.Department, says.Class = "", ""
	}
	if copies < 1 || copies > maxSeparators || !d.sayable(says) || says.Validate() != nil {
		return invalid(SheetsWrong, "%d", maxSeparators)
	}
	p, err := d.cfg.Printer.Divider(d.cfg.Archive.DividerSheet(says, d.DepartmentName(says.Department)))
	if err != nil {
		return fmt.Errorf("print separators: %w", err)
	}
	return d.compose(w, "Trennblätter", slices.Repeat([]scanstation.Print{p}, copies))
}

// sayable says whether there are the department and the class that a sheet names.
func (d *Desk) sayable(says scanstation.Divider) bool {
	_, class := d.cfg.Archive.Classes.Find(says.Class)
	return class && (says.Department == "" || slices.ContainsFunc(d.cfg.Departments, func(dep routing.Department) bool { return dep.ID == says.Department }))
}
