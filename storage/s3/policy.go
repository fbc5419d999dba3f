package s3

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed service.json
var servicePolicy []byte

//go:embed erasure.json
var erasurePolicy []byte

// Policy returns what the keys of the "service", which can end no protection, or
// those for "erasure" may do in a bucket, as IAM of AWS and MinIO take it.
func Policy(whose, bucket string) ([]byte, error) {
	var policy []byte
	switch whose {
	case "service":
		policy = servicePolicy
	case "erasure":
		policy = erasurePolicy
	default:
		return nil, fmt.Errorf("%q is neither service nor erasure", whose)
	}
	name, err := json.Marshal(bucket)
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(policy, []byte("BUCKET"), bytes.Trim(name, `"`)), nil
}
