package ocr

import (
	"strconv"
	"strings"
)

// PensionNumber says whether n is a German pension insurance number
// (Versicherungsnummer, § 147 SGB VI): area, day of birth, letter, serial and
// check digit, without blanks.
func PensionNumber(n string) bool {
	if len(n) != 12 || n[8] < 'A' || n[8] > 'Z' || !digits(n[:8]) || !digits(n[9:]) {
		return false
	}
	letter := int(n[8]-'A') + 1
	plain := n[:8] + string([]byte{'0' + byte(letter/10), '0' + byte(letter%10)}) + n[9:11]
	weights := [...]int{2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1}
	sum := 0
	for i, w := range weights {
		product := w * int(plain[i]-'0')
		sum += product/10 + product%10
	}
	// The day may carry 50 more where the number was given twice, and be 0
	// where it is not known.
	month := n[4:6]
	return sum%10 == int(n[11]-'0') && month <= "12"
}

// TaxID says whether n is a German tax identification number (Steuer-ID, § 139b
// AO): eleven digits, ISO 7064 MOD 11,10, of the first ten one digit twice or
// three times, but not three times in a row, and the others at most once.
func TaxID(n string) bool {
	if len(n) != 11 || !digits(n) || n[0] == '0' {
		return false
	}
	var count [10]int
	repeated := 0
	for _, c := range n[:10] {
		count[c-'0']++
	}
	for d, k := range count {
		if k > 3 || k == 3 && strings.Contains(n[:10], strings.Repeat(strconv.Itoa(d), 3)) {
			return false
		}
		if k > 1 {
			repeated++
		}
	}
	product := 10
	for _, c := range n[:10] {
		sum := (product + int(c-'0')) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	return repeated == 1 && (11-product)%10 == int(n[10]-'0')
}

// ibanLengths is how long the account numbers of a country are, as the registry of
// ISO 13616 has it.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
	"BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
	"EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
	"GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
	"IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
	"LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
	"NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
	"RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25,
	"SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// IBAN says whether n, without blanks, is an account number of ISO 13616 with a
// right check and as long as those of its country are, where that is known.
func IBAN(n string) bool {
	if len(n) < 15 || len(n) > 34 || strings.HasPrefix(n, "DE") && !digits(n[2:]) {
		return false
	}
	if long, ok := ibanLengths[n[:2]]; ok && len(n) != long {
		return false
	}
	rest := 0
	for _, c := range n[4:] + n[:4] {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1 && digits(n[2:4]) && !digits(n[:1]) && !digits(n[1:2])
}

// How the last digit of a cash reference (Kassenzeichen) follows from the
// others. There is no standard; these two are the common ones.
const (
	Mod10 = "mod10" // weights 2 and 1 from the right, sums of digits (Luhn, DIN ISO/IEC 7812-1)
	Mod11 = "mod11" // weights 2 to 7 from the right, 10 and 11 give 0
)

// CheckDigit says whether the last of the digits of n is right. Other signs
// than digits group them and are passed over.
func CheckDigit(n, kind string) bool {
	var d []int
	for _, c := range n {
		if c >= '0' && c <= '9' {
			d = append(d, int(c-'0'))
		}
	}
	if len(d) < 2 {
		return false
	}
	check, sum := d[len(d)-1], 0
	for i := range len(d) - 1 {
		v := d[len(d)-2-i]
		switch kind {
		case Mod10:
			v *= 2 - i%2
			v = v/10 + v%10
		case Mod11:
			v *= 2 + i%6
		default:
			return false
		}
		sum += v
	}
	if kind == Mod10 {
		return (10-sum%10)%10 == check
	}
	return (11-sum%11)%11%10 == check
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }
