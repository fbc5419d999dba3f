package ocr

import (
	"regexp"
	"strings"
)

// The kinds of codes that others print on post for their own ends.
const (
	ParcelCode  = "parcel"  // of a parcel or of registered post: S10, Identcode, Leitcode, SSCC
	PaymentCode = "payment" // Girocode (EPC), Swiss and older payment codes
	CardCode    = "card"    // a visiting card or a date for a calendar
	LinkCode    = "link"    // an address in the net, by mail or by telephone
	GoodsCode   = "goods"   // of goods: EAN, UPC, GS1
)

var (
	s10      = regexp.MustCompile(`^[A-Z]{2}(\d{8})(\d)[A-Z]{2}$`)
	sscc     = regexp.MustCompile(`^(?:\(00\)|00)(\d{17})(\d)$`)
	gtin     = regexp.MustCompile(`^01(\d{13})(\d)`)
	gs1      = regexp.MustCompile("^(?:\\(\\d{2,4}\\)|\x1d|\\]C1|\\]d2)")
	identity = regexp.MustCompile(`^(\d{11}|\d{13})(\d)$`)
	link     = regexp.MustCompile(`(?i)^(?:https?://|www\.|mailto:|tel:|sms(?:to)?:|geo:|wifi:)`)
	card     = regexp.MustCompile(`(?i)^(?:BEGIN:V|MECARD:|BIZCARD:)`)
	payment  = regexp.MustCompile(`(?i)^(?:BCD\r?\n|SPC\r?\n|bank://|UPNQR|ST00012)`)
)

// Foreign returns what others have printed a code for; empty: it may be anything.
// Such a code never is a case number and never starts a letter, whatever the
// department's numbers look like.
func (c Barcode) Foreign() string {
	text := strings.TrimSpace(c.Text)
	switch {
	case strings.HasPrefix(c.Format, "EAN") || strings.HasPrefix(c.Format, "UPC"):
		return GoodsCode
	case payment.MatchString(text):
		return PaymentCode
	case card.MatchString(text):
		return CardCode
	case link.MatchString(text):
		return LinkCode
	case parcel(c.Format, text):
		return ParcelCode
	case gs1.MatchString(text):
		return GoodsCode
	}
	if m := gtin.FindStringSubmatch(text); m != nil && weighed(m[1], 3, 1) == m[2] {
		return GoodsCode
	}
	return ""
}

// parcel says whether text is the number of a parcel, with its check digit.
func parcel(format, text string) bool {
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if m := s10.FindStringSubmatch(text); m != nil {
		sum := 0
		for i, w := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
			sum += w * int(m[1][i]-'0')
		}
		check := (11 - sum%11) % 10 // 10 is written 0, and 11 is 5
		if sum%11 == 0 {
			check = 5
		}
		return check == int(m[2][0]-'0')
	}
	if m := sscc.FindStringSubmatch(text); m != nil {
		return weighed(m[1], 3, 1) == m[2]
	}
	if m := identity.FindStringSubmatch(text); m != nil && format == "ITF" {
		return weighed(m[1], 4, 9) == m[2]
	}
	return false
}

// weighed is the check digit modulo 10 of digits, whose weights alternate from the
// last one backwards.
func weighed(digits string, last, before int) string {
	sum := 0
	for i := range digits {
		w := last
		if (len(digits)-1-i)%2 == 1 {
			w = before
		}
		sum += w * int(digits[i]-'0')
	}
	return string(rune('0' + (10-sum%10)%10))
}
