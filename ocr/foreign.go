package ocr

import (
	"regexp"
	"strings"
)

// The kinds of codes that others print on post for their own ends.
const (
	ParcelCode   = "parcel"   // of a parcel or of registered post: S10, Identcode, Leitcode, SSCC, UPS, DHL
	FrankingCode = "franking" // paid postage: the matrix of Deutsche Post (DEA), also by machine
	PaymentCode  = "payment"  // Girocode (EPC), Swiss and older payment codes
	CardCode     = "card"     // a visiting card or a date for a calendar
	LinkCode     = "link"     // an address in the net, by mail or by telephone
	GoodsCode    = "goods"    // of goods: EAN, UPC, GS1
)

var (
	s10      = regexp.MustCompile(`^[A-Z]{2}(\d{8})(\d)[A-Z]{2}$`)
	sscc     = regexp.MustCompile(`^(?:\(00\)|00)(\d{17})(\d)$`)
	gtin     = regexp.MustCompile(`^01(\d{13})(\d)`)
	gs1      = regexp.MustCompile("^(?:\\(\\d{2,4}\\)|\x1d|\\]C1|\\]d2)")
	identity = regexp.MustCompile(`^(\d{11}|\d{13})(\d)$`)
	ups      = regexp.MustCompile(`^1Z([0-9A-Z]{15})(\d)$`)
	plate    = regexp.MustCompile(`^(?:JJD[0-9A-Z]{8,32}|JVGL[0-9A-Z]{6,31})$`) // DHL's, ISO 15459
	link     = regexp.MustCompile(`(?i)^(?:https?://|www\.|mailto:|tel:|sms(?:to)?:|geo:|wifi:)`)
	card     = regexp.MustCompile(`(?i)^(?:BEGIN:V|MECARD:|BIZCARD:)`)
	payment  = regexp.MustCompile(`(?i)^(?:BCD[\r\n]|SPC[\r\n]|bank://|UPNQR|ST00012)`)
)

// Foreign returns what others have printed a code for; empty: it may be anything.
// Such a code never is a case number and never starts a letter, whatever the
// department's numbers look like.
func (c Barcode) Foreign() string {
	text := strings.TrimSpace(strings.TrimPrefix(c.Text, "\ufeff"))
	switch {
	case c.franking():
		return FrankingCode
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

// franking says whether c is paid postage. Its bytes are binary behind the first
// three; so short a beginning says nothing of a code of letters.
func (c Barcode) franking() bool {
	content := c.Text
	if len(c.Raw) > 0 {
		content = string(c.Raw)
	}
	return c.Format == "DataMatrix" && strings.HasPrefix(content, "DEA") &&
		strings.ContainsFunc(content, func(r rune) bool { return r < ' ' || r >= 0x7f })
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
	if m := ups.FindStringSubmatch(text); m != nil {
		return upsCheck(m[1]) == m[2]
	}
	if plate.MatchString(text) {
		return true
	}
	if m := sscc.FindStringSubmatch(text); m != nil {
		return weighed(m[1], 3, 1) == m[2]
	}
	if m := identity.FindStringSubmatch(text); m != nil && format == "ITF" {
		return weighed(m[1], 4, 9) == m[2]
	}
	return false
}

// upsCheck is the check digit of a number of UPS behind its 1Z, in which letters
// count as digits: A as 2, up to H as 9, I as 0.
func upsCheck(number string) string {
	digits := []byte(number)
	for i, c := range digits {
		if c >= 'A' {
			digits[i] = '0' + (c-'A'+2)%10
		}
	}
	return weighed(string(digits), 1, 2)
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
