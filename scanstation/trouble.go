package scanstation

import (
	"errors"
	"io/fs"
	"syscall"
)

// The codes that say why a folder cannot be used: one that a station scans into,
// or one through which letters go to another system.
const (
	FolderMissing = "folder-missing" // it is not there, or no longer
	FolderDenied  = "folder-denied"  // it may not be read or written
	FolderFull    = "folder-full"    // nothing more fits
	FolderAway    = "folder-away"    // the machine or the disk that has it does not answer
	FolderTrouble = "folder-trouble" // anything else
	FolderUnseen  = "folder-unseen"  // nobody has looked yet
	NotReceived   = "not-received"   // it is in order, but what keeps the scans is not
)

// troubles are the errors of the file system behind the codes.
var troubles = []struct {
	code string
	errs []error
}{
	{FolderMissing, []error{fs.ErrNotExist, syscall.ENOTDIR}},
	{FolderDenied, []error{fs.ErrPermission, syscall.EROFS}},
	{FolderFull, []error{syscall.ENOSPC, syscall.EDQUOT}},
	{FolderAway, []error{syscall.EIO, syscall.ESTALE, syscall.ENOTCONN, syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ETIMEDOUT}},
}

// Trouble says why a folder cannot be used: the code is for people, the detail
// is err for those who mend it.
func Trouble(err error) Reason {
	if err == nil {
		return Reason{}
	}
	for _, one := range troubles {
		for _, e := range one.errs {
			if errors.Is(err, e) {
				return Reason{one.code, err.Error()}
			}
		}
	}
	return Reason{FolderTrouble, err.Error()}
}
