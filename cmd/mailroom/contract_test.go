package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// The lines of ingest --json as their contract has them; they are written down
// here once more so that a change of lines.go shows.
type batchJSON struct {
	Type       string   `json:"type"`
	Batch      string   `json:"batch"`
	Source     string   `json:"source"`
	SHA256     string   `json:"sha256"`
	Station    string   `json:"station"`
	Kind       string   `json:"kind"`
	Operator   string   `json:"operator"`
	ReceivedOn string   `json:"received_on"`
	Images     int      `json:"images"`
	Pages      int      `json:"pages"`
	Separators int      `json:"separators"`
	Blanks     int      `json:"blanks"`
	Rejected   int      `json:"rejected"`
	Documents  int      `json:"documents"`
	State      string   `json:"state"`
	Reasons    []string `json:"reasons"`
}

type documentJSON struct {
	Type       string  `json:"type"`
	Batch      string  `json:"batch"`
	Source     string  `json:"source"`
	Document   string  `json:"document"`
	State      string  `json:"state"`
	Department string  `json:"department"`
	Worker     string  `json:"worker"`
	CaseNumber *string `json:"case_number"`
	CaseSource string  `json:"case_source"`
	Confidence float64 `json:"confidence"`
	Evidence   *struct {
		Page int    `json:"page"`
		Box  [4]int `json:"box"`
		Text string `json:"text"`
	} `json:"evidence"`
	Pages []struct {
		Image      int     `json:"image"`
		Rotation   int     `json:"rotation"`
		Skew       float64 `json:"skew"`
		Confidence float64 `json:"confidence"`
		Language   string  `json:"language"`
	} `json:"pages"`
	Barcodes []struct {
		Page   int    `json:"page"`
		Format string `json:"format"`
		Text   string `json:"text"`
		Box    [4]int `json:"box"`
	} `json:"barcodes"`
	LetterDate string `json:"letter_date"`
	ReceivedOn string `json:"received_on"`
	Filings    []struct {
		CaseNumber string `json:"case_number"`
		Department string `json:"department"`
		Worker     string `json:"worker"`
	} `json:"filings"`
	Reasons []string `json:"reasons"`
	Text    string   `json:"text"`
	Object  string   `json:"object"`
	SHA256  string   `json:"object_sha256"`
	Bytes   int64    `json:"bytes"`
}

// lines is the output of ingest --json.
type lines struct {
	batches   []batchJSON
	documents []documentJSON
}

// parseLines decodes the output; a key that is missing, of another type or not
// in the contract is an error. The keys "same_as", "stage" and "enclosures", and of the
// evidence confidence, rule and alternatives, are additions to it.
func parseLines(output []byte) (l lines, err error) {
	for _, raw := range bytes.Split(bytes.TrimSpace(output), []byte("\n")) {
		var head struct{ Type string }
		if err := json.Unmarshal(raw, &head); err != nil {
			return l, fmt.Errorf("%.80s: %w", raw, err)
		}
		switch head.Type {
		case "batch":
			var b batchJSON
			err = strictly(raw, &b)
			l.batches = append(l.batches, b)
		case "document":
			var d documentJSON
			err = strictly(raw, &d)
			l.documents = append(l.documents, d)
		default:
			err = fmt.Errorf("type %q is not in the contract", head.Type)
		}
		if err != nil {
			return l, fmt.Errorf("%.120s: %w", raw, err)
		}
	}
	return l, nil
}

// strictly decodes raw into v and makes sure that nothing was lost or invented.
func strictly(raw []byte, v any) error {
	if err := json.Unmarshal(raw, v); err != nil {
		return err
	}
	again, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var got, want map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		return err
	}
	if err := json.Unmarshal(again, &want); err != nil {
		return err
	}
	delete(got, "same_as")
	delete(got, "stage")
	delete(got, "enclosures")
	if evidence, ok := got["evidence"].(map[string]any); ok {
		for _, more := range []string{"confidence", "rule", "alternatives"} {
			delete(evidence, more)
		}
	}
	for key := range want {
		if value, ok := got[key]; !ok || !reflect.DeepEqual(value, want[key]) {
			return fmt.Errorf("key %q is %v, in the contract's form %v", key, value, want[key])
		}
		delete(got, key)
	}
	for key := range got {
		return fmt.Errorf("key %q is not in the contract", key)
	}
	return nil
}
