package ocr_test

import (
	"testing"

	"mailroom/ocr"
)

func TestForeignKnowsTheCodesOfOthers(t *testing.T) {
	girocode := "002\n1\nSCT\nMARKDEF1860\nTier und Natur e.V.\nDE02120300000000202051"
	tests := map[string]struct {
		code ocr.Barcode
		want string
	}{
		"a franking":                      {ocr.Barcode{Format: "DataMatrix", Text: "DEA\x12", Raw: []byte("DEA\x12\x90\x00")}, ocr.FrankingCode},
		"a franking taken for text":       {ocr.Barcode{Format: "DataMatrix", Text: "DEA\x10\"\aA1B2C3D4"}, ocr.FrankingCode},
		"a label that begins like one":    {ocr.Barcode{Format: "DataMatrix", Text: "DEA-2026-0815"}, ""},
		"a parcel of UPS":                 {ocr.Barcode{Format: "Code128", Text: "1Z999AA10123456784"}, ocr.ParcelCode},
		"a parcel of UPS, in groups":      {ocr.Barcode{Format: "Code128", Text: "1Z 999 AA1 01 2345 6784"}, ocr.ParcelCode},
		"not with this check digit":       {ocr.Barcode{Format: "Code128", Text: "1Z999AA10123456785"}, ""},
		"a licence plate of DHL":          {ocr.Barcode{Format: "Code128", Text: "JJD000390007788992233"}, ocr.ParcelCode},
		"another one":                     {ocr.Barcode{Format: "Code128", Text: "JVGL0612345678901234"}, ocr.ParcelCode},
		"a Girocode":                      {ocr.Barcode{Format: "QRCode", Text: "BCD\n" + girocode}, ocr.PaymentCode},
		"a Girocode with bare returns":    {ocr.Barcode{Format: "QRCode", Text: "BCD\r002\r1\rSCT"}, ocr.PaymentCode},
		"a Girocode behind a mark":        {ocr.Barcode{Format: "QRCode", Text: "\ufeffBCD\r\n" + girocode}, ocr.PaymentCode},
		"a number of the house":           {ocr.Barcode{Format: "Code128", Text: "WG-2023-004711"}, ""},
		"a separator":                     {ocr.Barcode{Format: "Code39", Text: "PATCHT"}, ""},
		"a registered letter, as ever":    {ocr.Barcode{Format: "Code128", Text: "RR473124829DE"}, ocr.ParcelCode},
		"a number that begins like a UPS": {ocr.Barcode{Format: "Code128", Text: "1Z-2026-000123"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.code.Foreign(); got != tt.want {
				t.Errorf("Foreign(%+v) = %q, want %q", tt.code, got, tt.want)
			}
		})
	}
}
