package tesseract

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// installed returns an error naming the first language without a model.
// Tesseract itself only complains if none of several languages can be loaded.
func installed(languages []string) error {
	dirs := modelDirs()
	for _, l := range languages {
		if !hasModel(dirs, l) {
			return fmt.Errorf("language %q is not installed in %s: install the package %s",
				l, strings.Join(dirs, ", "), debianPackage(l))
		}
	}
	return nil
}

// modelDirs lists where the models may lie: TESSDATA_PREFIX alone if it is
// set, else the places that Debian, Ubuntu and a build from source use.
func modelDirs() []string {
	if prefix := os.Getenv("TESSDATA_PREFIX"); prefix != "" {
		return []string{prefix}
	}
	versions, _ := filepath.Glob("/usr/share/tesseract-ocr/*/tessdata") // the pattern is well formed
	return append(versions, "/usr/share/tessdata", "/usr/local/share/tessdata")
}

func hasModel(dirs []string, language string) bool {
	if !filepath.IsLocal(language) {
		return false
	}
	for _, d := range dirs {
		if _, err := os.Stat(filepath.Join(d, language+".traineddata")); err == nil {
			return true
		}
	}
	return false
}

// debianPackage names the package of a model: chi_sim is in
// tesseract-ocr-chi-sim. Those of whole scripts go by codes of four letters.
func debianPackage(language string) string {
	if strings.HasPrefix(language, "script/") {
		return "tesseract-ocr-script-… of that script"
	}
	return "tesseract-ocr-" + strings.ReplaceAll(language, "_", "-")
}
