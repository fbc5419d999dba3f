package imaging

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"mailroom/scanstation"
)

// OfficeAt and ScratchAt are in the environment of a child that may have LibreOffice
// draw a file: where its program lies, and the one folder that it may write into.
const (
	OfficeAt  = "MAILROOM_OFFICE"
	ScratchAt = "MAILROOM_SCRATCH"
)

// The bounds of what LibreOffice may take.
const (
	officeTime   = 90 * time.Second
	officeCPU    = 90 // seconds
	officeMemory = 1 << 30
	officeFile   = 256 << 20 // of a file that it writes
)

// officeKind names the kind of a file that an office program writes, by its head, and
// what such a file's name ends in; "" for any other.
func officeKind(head []byte) (kind, end string) {
	switch {
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return "Office 97-2003", ".doc"
	case bytes.HasPrefix(head, []byte("{\\rtf")):
		return "RTF", ".rtf"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && bytes.Contains(head, []byte("mimetypeapplication/vnd.oasis.opendocument")):
		return "OpenDocument", ".odt"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && (bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("_rels/"))):
		return "Office Open XML", ".docx"
	}
	return "", ""
}

// office yields the pages of a file of an office program as LibreOffice draws them:
// without a network, without macros, and with a folder to write into that goes
// afterwards. Where that is not permitted the file is refused.
func (k *keeper) office(kind, end string, f io.ReaderAt, size int64) error {
	program, scratch := os.Getenv(OfficeAt), os.Getenv(ScratchAt)
	if program == "" || scratch == "" {
		return scanstation.Refuse(scanstation.NoProgram, kind+": LibreOffice")
	}
	data, err := io.ReadAll(io.NewSectionReader(f, 0, min(size, mailBytes+1)))
	if err != nil {
		return fmt.Errorf("read %s: %w", kind, err)
	}
	active, err := officeParts(data)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(scratch, "office-")
	if err != nil {
		return fmt.Errorf("draw %s: %w", kind, err)
	}
	defer os.RemoveAll(dir)
	pdf, err := k.drawOffice(program, dir, kind, end, data)
	if err != nil {
		return err
	}
	defer pdf.Close()
	info, err := pdf.Stat()
	if err != nil {
		return fmt.Errorf("draw %s: %w", kind, err)
	}
	was := *k
	k.enclosed, k.drawn = true, kind
	defer func() { k.enclosed, k.drawn = was.enclosed, was.drawn }()
	if active {
		k.left = append(k.left, scanstation.Reason{Code: scanstation.LeftAction, Detail: "Makros"})
	}
	return k.pdf(pdf, info.Size())
}

// officeParts looks at what a file is made of before a large program does: locked
// ones and bombs are refused, and active says that there are macros.
func officeParts(data []byte) (active bool, err error) {
	wide := func(s string) []byte { return []byte(strings.Join(strings.Split(s, ""), "\x00")) }
	if len(data) > mailBytes {
		return false, scanstation.Refuse(scanstation.FileTooBig, fmt.Sprintf("more than %d bytes", mailBytes))
	}
	if !bytes.HasPrefix(data, []byte("PK")) {
		if bytes.Contains(data, wide("EncryptedPackage")) {
			return false, scanstation.Refuse(scanstation.Encrypted, "the file asks for a password")
		}
		old := bytes.HasPrefix(data, []byte("\xD0\xCF"))
		if old && !slices.ContainsFunc([]string{"WordDocument", "Workbook", "Book", "PowerPoint Document"}, func(part string) bool { return bytes.Contains(data, wide(part)) }) {
			return false, damaged("the file holds no document") // LibreOffice would show it as text
		}
		return bytes.Contains(data, wide("_VBA_PROJECT")), nil
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false, damaged("the file cannot be unpacked: %v", err)
	}
	var total uint64
	for _, part := range z.File {
		if total += part.UncompressedSize64; total > mailBytes || part.UncompressedSize64 > mailBytes || len(z.File) > 10_000 {
			return false, scanstation.Refuse(scanstation.Bomb, fmt.Sprintf("unpacks to more than %d bytes", mailBytes))
		}
		active = active || strings.HasSuffix(part.Name, "vbaProject.bin") || strings.HasPrefix(part.Name, "Basic/") || strings.HasPrefix(part.Name, "Scripts/")
	}
	return active, nil
}

// tame are the settings of LibreOffice: no macros, whoever signed them, nothing
// fetched that a document links to, nothing drawn anew from elsewhere.
const tame = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
`

// drawOffice has LibreOffice write a PDF of data.
func (k *keeper) drawOffice(program, dir, kind, end string, data []byte) (*os.File, error) {
	in := filepath.Join(dir, "in"+end)
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "profile", "user"), 0o700),
		os.WriteFile(filepath.Join(dir, "profile", "user", "registrymodifications.xcu"), []byte(tame), 0o600),
		os.WriteFile(in, data, 0o600)); err != nil {
		return nil, fmt.Errorf("draw %s: %w", kind, err)
	}
	ctx, cancel := context.WithTimeout(k.ctx, officeTime)
	defer cancel()
	said, failed := runOffice(ctx, program, dir, in)
	var exit *exec.ExitError
	if errors.As(failed, &exit) && exit.ExitCode() == officeAgain {
		said, failed = runOffice(ctx, program, dir, in)
	}
	pdf, err := os.Open(filepath.Join(dir, "in.pdf"))
	switch {
	case k.ctx.Err() != nil:
		return nil, k.ctx.Err()
	case ctx.Err() != nil:
		return nil, scanstation.Refuse(scanstation.TimedOut, fmt.Sprintf("LibreOffice took longer than %v", officeTime))
	case err != nil:
		return nil, damaged("LibreOffice draws no pages of it: %v %.200s", failed, named(said))
	}
	return pdf, nil
}

// officeAgain is how LibreOffice ends after it has made itself a new profile.
const officeAgain = 81

// runOffice runs LibreOffice once, within its limits.
func runOffice(ctx context.Context, program, dir, in string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--norestore", "--nologo", "--nodefault",
		"--convert-to", "pdf", "--outdir", dir, in)
	cmd.Dir, cmd.Env = dir, []string{"HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8", "SAL_USE_VCLPLUGIN=svp"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &said, &said, time.Second
	// The signal comes when the thread ends that started the program.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("run LibreOffice: %w", err)
	}
	for resource, most := range map[int]uint64{unix.RLIMIT_DATA: officeMemory, unix.RLIMIT_CPU: officeCPU} {
		if err := unix.Prlimit(cmd.Process.Pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
			cancel() // without a limit it must not run
		}
	}
	err := cmd.Wait()
	return said.String(), err
}
