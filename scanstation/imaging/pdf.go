package imaging

import (
	"os"

	"mailroom/scanstation"
)

func (k *keeper) pdf(f *os.File, size int64) error {
	return scanstation.Refuse(scanstation.Unsupported, "PDF")
}
