package disk

import (
	"fmt"
	"strings"
)

// checked returns an error unless key can be a path below the root: no empty,
// hidden or overlong part, nothing that means another place.
func checked(key string) error {
	if len(key) > 1024 {
		return fmt.Errorf("key of %d bytes is too long", len(key))
	}
	for part := range strings.SplitSeq(key, "/") {
		switch {
		case part == "":
			return fmt.Errorf("key %q has an empty part", key)
		case part[0] == '.':
			return fmt.Errorf("key %q has a part that starts with a dot", key)
		case len(part) > 255:
			return fmt.Errorf("key %.40q… has a part of more than 255 bytes", key)
		case strings.ContainsAny(part, "\\\x00"):
			return fmt.Errorf("key %q has a backslash or a zero byte", key)
		}
	}
	return nil
}
