package pdfa

import (
	"context"

	"mailroom/storage"
)

// Inspect returns Check as an inspector of new copies; by is the name and
// version of this software.
func Inspect(by string) storage.Inspector {
	return func(_ context.Context, c storage.Copy) (storage.Inspection, error) {
		level, rules, err := inspect(c, c.Size)
		return storage.Inspection{By: by, Level: level, Rules: rules}, err
	}
}
