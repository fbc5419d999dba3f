package ldap

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// marks are the attributes by which directories close an account.
var marks = []string{"userAccountControl", "accountExpires", "pwdAccountLockedTime", "nsAccountLock", "loginDisabled", "shadowExpire"}

const (
	adDisabled = 0x2
	// lockedForGood is the time by which a password policy says "until somebody
	// opens it"; any other time is a lock against guessing, which must not end
	// the log-in of the person who is guessed at.
	lockedForGood = "000001010000Z"
)

// closed returns the mark by which an account is closed at now, or nothing.
func closed(e *ldap.Entry, now time.Time) string {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(e.GetEqualFoldAttributeValue(name), 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	yes := func(name string) bool { return strings.EqualFold(e.GetEqualFoldAttributeValue(name), "true") }
	switch {
	case number("userAccountControl")&adDisabled != 0:
		return "userAccountControl"
	case expired(number("accountExpires"), now):
		return "accountExpires"
	case e.GetEqualFoldAttributeValue("pwdAccountLockedTime") == lockedForGood:
		return "pwdAccountLockedTime"
	case yes("nsAccountLock"):
		return "nsAccountLock"
	case yes("loginDisabled"):
		return "loginDisabled"
	}
	if days := number("shadowExpire"); days > 0 && !now.Before(time.Unix(0, 0).UTC().AddDate(0, 0, int(min(days, 1e6)))) {
		return "shadowExpire"
	}
	return ""
}

// expired reads a time as Active Directory writes it: 100 ns since 1601; 0 and
// the greatest number mean never.
func expired(ticks int64, now time.Time) bool {
	const since1601 = 11_644_473_600 // seconds until 1970
	if ticks <= 0 || ticks == 1<<63-1 {
		return false
	}
	return !now.Before(time.Unix(ticks/1e7-since1601, 0))
}
