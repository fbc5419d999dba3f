package ocr

import "strings"

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
// three times and the others at most once.
func TaxID(n string) bool {
	if len(n) != 11 || !digits(n) || n[0] == '0' {
		return false
	}
	var count [10]int
	repeated := 0
	for _, c := range n[:10] {
		count[c-'0']++
	}
	for _, k := range count {
		if k > 3 {
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

// IBAN says whether n, without blanks, is an account number of ISO 13616 with a
// right check; of German ones the length counts, too.
func IBAN(n string) bool {
	if len(n) < 15 || len(n) > 34 || strings.HasPrefix(n, "DE") && (len(n) != 22 || !digits(n[2:])) {
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
