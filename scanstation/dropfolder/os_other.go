//go:build !linux

package dropfolder

import (
	"errors"
	"io/fs"
	"os"
)

// identify returns what tells one state of a file from another. Without inodes
// only size and mtime are left; the mailroom runs on Linux.
func identify(info fs.FileInfo) identity {
	return identity{Size: info.Size(), Modified: info.ModTime().UnixNano(), Dev: 1}
}

// renameNoReplace renames and fails if the target exists.
func renameNoReplace(from, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrExist}
	}
	return os.Rename(from, to)
}

// hasWriter knows of no leases here.
func hasWriter(*os.File) bool { return false }

// openScan opens a regular file for reading.
func openScan(path string) (*os.File, error) {
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// syncDir is not possible everywhere.
func syncDir(string) error { return nil }
