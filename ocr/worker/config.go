package worker

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// Config says how the children are run. Zero fields take the defaults named.
type Config struct {
	// Command starts a child; default: this binary with the argument "worker".
	Command []string `yaml:"-"`
	// Workers is how many pages are read at a time; default: one per CPU.
	Workers int `yaml:"workers"`
	// Renderers is how many pictures are made at a time; default: half of Workers.
	Renderers int `yaml:"renderers"`
	// PagesPerChild is after how many pages a child is replaced; default 200.
	PagesPerChild int `yaml:"pages_per_child"`
	// Timeout is the longest that a page may take, beside PixelTimeout for each
	// million of its pixels; defaults 120 s and 2 s.
	Timeout      time.Duration `yaml:"timeout"`
	PixelTimeout time.Duration `yaml:"pixel_timeout"`
	// MemoryBase and MemoryPerPixel, in bytes, limit a child that works on a
	// page; defaults 110 MiB and 8 (180 MB for A4 at 300 dpi).
	MemoryBase     int64 `yaml:"memory_base"`
	MemoryPerPixel int64 `yaml:"memory_per_pixel"`
	// OpenMemory, in bytes, limits a child that takes a file apart, whose pages
	// nobody has measured yet; default 1 GiB.
	OpenMemory int64 `yaml:"open_memory"`
	// Office is LibreOffice's program, which draws files of office programs that come
	// without paper; default: where Debian puts it, if it is there. "none": they are
	// refused.
	Office string `yaml:"office"`
	// Temp is where it may write; default: the system's.
	Temp string `yaml:"-"`
	// Tessdata is where Tesseract's models lie; default: TESSDATA_PREFIX, and
	// without it the library's own place.
	Tessdata string `yaml:"tessdata"`
}

// Validate returns an error naming the key that is wrong.
func (c Config) Validate() error {
	for _, v := range []struct {
		key   string
		value int64
	}{
		{"workers", int64(c.Workers)}, {"renderers", int64(c.Renderers)},
		{"pages_per_child", int64(c.PagesPerChild)},
		{"timeout", int64(c.Timeout)}, {"pixel_timeout", int64(c.PixelTimeout)},
		{"memory_base", c.MemoryBase}, {"memory_per_pixel", c.MemoryPerPixel},
		{"open_memory", c.OpenMemory},
	} {
		if v.value < 0 {
			return fmt.Errorf("%s: %d is negative", v.key, v.value)
		}
	}
	if c.Office != "" && c.Office != "none" {
		if info, err := os.Stat(c.Office); err != nil || !info.Mode().IsRegular() {
			return fmt.Errorf("office: %s is no program", c.Office)
		}
	}
	if c.MemoryBase > 0 && c.MemoryBase < 32<<20 {
		return fmt.Errorf("memory_base: no child can live on %d bytes", c.MemoryBase)
	}
	return nil
}

// debianOffice is where the packages libreoffice-writer-nogui and
// libreoffice-calc-nogui put the program.
const debianOffice = "/usr/lib/libreoffice/program/soffice.bin"

// HasOffice says whether files of office programs can be drawn.
func (c Config) HasOffice() bool {
	c, err := c.withDefaults()
	return err == nil && c.Office != ""
}

// withDefaults returns c with its zero fields replaced.
func (c Config) withDefaults() (Config, error) {
	if len(c.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return c, fmt.Errorf("find this binary: %w", err)
		}
		c.Command = []string{self, "worker"}
	}
	orDefault(&c.Workers, runtime.NumCPU())
	orDefault(&c.Renderers, max(1, c.Workers/2))
	orDefault(&c.PagesPerChild, 200)
	orDefault(&c.Timeout, 120*time.Second)
	orDefault(&c.PixelTimeout, 2*time.Second)
	orDefault(&c.MemoryBase, 110<<20)
	orDefault(&c.MemoryPerPixel, 8)
	orDefault(&c.OpenMemory, 1<<30)
	switch c.Office {
	case "":
		if info, err := os.Stat(debianOffice); err == nil && info.Mode().IsRegular() {
			c.Office = debianOffice
		}
	case "none":
		c.Office = ""
	}
	if c.Tessdata == "" {
		c.Tessdata = os.Getenv("TESSDATA_PREFIX")
	}
	return c, nil
}

func orDefault[T int | int64 | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

// limits bound one request.
type limits struct {
	memory int64 // resident bytes
	wall   time.Duration
}

// forPage are the limits of a page by its size.
func (c Config) forPage(width, height int) limits {
	pixels := int64(max(width, 0)) * int64(max(height, 0))
	pixels = min(pixels, 1<<31) // more cannot be decoded anyway
	return limits{
		memory: c.MemoryBase + c.MemoryPerPixel*pixels,
		wall:   c.Timeout + time.Duration(float64(c.PixelTimeout)*float64(pixels)/1e6),
	}
}

// forFile are the limits up to each next page of a file of this size.
func (c Config) forFile(size int64) limits {
	return limits{memory: c.OpenMemory, wall: c.Timeout + time.Duration(size>>23)*time.Second}
}

// environment is all that a child gets to know of its surroundings.
func (c Config) environment() []string {
	env := []string{"OMP_THREAD_LIMIT=1"}
	if c.Tessdata != "" {
		env = append(env, "TESSDATA_PREFIX="+c.Tessdata)
	}
	return env
}
