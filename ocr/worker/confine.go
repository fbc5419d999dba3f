package worker

import (
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/landlock-lsm/go-landlock/landlock"
	landlocksys "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// readable is all that a child may read and run: libraries, Tesseract's models,
// and what poppler needs.
var readable = []string{
	"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/bin", "/usr/bin", "/usr/local/bin",
	"/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/local/share/tessdata",
	"/usr/share/poppler", "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig",
	"/usr/share/ghostscript", "/usr/share/color", "/etc/fonts", "/var/cache/fontconfig",
	"/sys/devices/system/cpu",
}

// The environment of a child that may have LibreOffice draw a file: where that lies,
// and the one folder that it may write into. Such a child may read a little more, and
// make and remove the socket in /tmp without which LibreOffice does not start.
const (
	officeAt  = "MAILROOM_OFFICE"
	scratchAt = "MAILROOM_SCRATCH"
)

var officeDirs = []string{"/usr/share/libreoffice", "/etc/libreoffice", "/usr/share/hunspell", "/usr/share/mime", "/usr/share/locale", "/var/lib/libreoffice", "/var/spool/libreoffice", "/proc"}

// confine takes everything from the process that a decoder does not need, and
// returns in words what it achieved.
func confine(tessdata, scratch string) ([]string, error) {
	written, files := uint64(0), uint64(64)
	if scratch != "" {
		written, files = 256<<20, 1024
	}
	for _, l := range []struct {
		resource int
		max      uint64
	}{
		{unix.RLIMIT_CORE, 0}, {unix.RLIMIT_FSIZE, written}, {unix.RLIMIT_NOFILE, files},
	} {
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return nil, fmt.Errorf("set resource limit %d: %w", l.resource, err)
		}
	}
	signal.Ignore(unix.SIGXFSZ) // a library that tries to write gets an error
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("set no_new_privs: %w", err)
	}
	done := []string{"no_new_privs", "resource limits"}
	version, err := landlocksys.LandlockGetABIVersion()
	if err != nil || version < 1 {
		return append(done, "NO Landlock"), nil
	}
	dirs := readable
	if tessdata != "" {
		dirs = append(dirs[:len(dirs):len(dirs)], tessdata)
	}
	rules := []landlock.Rule{
		landlock.ROFiles("/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/zero").IgnoreIfMissing(),
		landlock.RWFiles("/dev/null").IgnoreIfMissing(),
	}
	if scratch != "" {
		dirs = append(dirs[:len(dirs):len(dirs)], officeDirs...)
		rules = append(rules, landlock.RWDirs(scratch),
			landlock.PathAccess(landlocksys.AccessFSMakeSock|landlocksys.AccessFSRemoveFile, "/tmp", "/var/tmp").IgnoreIfMissing())
	}
	err = landlock.V11.BestEffort().Restrict(append(rules, landlock.RODirs(dirs...).IgnoreIfMissing())...)
	if err != nil {
		return nil, fmt.Errorf("restrict by landlock: %w", err)
	}
	return append(done, fmt.Sprintf("Landlock %d", version)), nil
}

// takePipes moves the connection away from standard input and output, so that
// neither a library that prints nor a program that is started can disturb it.
func takePipes(in io.Reader, out io.Writer) (io.Reader, io.Writer, error) {
	if f, ok := in.(*os.File); ok {
		moved, err := move(f)
		if err != nil {
			return nil, nil, err
		}
		null, err := os.Open(os.DevNull)
		if err != nil {
			return nil, nil, err
		}
		defer null.Close()
		if err := unix.Dup3(int(null.Fd()), int(f.Fd()), 0); err != nil {
			return nil, nil, err
		}
		in = moved
	}
	if f, ok := out.(*os.File); ok {
		moved, err := move(f)
		if err != nil {
			return nil, nil, err
		}
		if err := unix.Dup3(int(os.Stderr.Fd()), int(f.Fd()), 0); err != nil {
			return nil, nil, err
		}
		out = moved
	}
	return in, out, nil
}

// move duplicates f above the descriptors that are handed over.
func move(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, batchFile+1)
	if err != nil {
		return nil, fmt.Errorf("duplicate %s: %w", f.Name(), err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
