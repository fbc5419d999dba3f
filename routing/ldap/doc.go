// Package ldap is the office's directory by LDAP: Active Directory, OpenLDAP and
// their like.
//
//	log-in name --Find--> one entry, not closed --groups--> routing.Person
//	name, password --Check--> the same, and a bind as that entry
//	subject --Still--> the person as they are today, every few minutes
//
// Decisions:
//   - People are found by a service account that may read; a password is tried by
//     a bind on a connection of its own. An empty password is refused before:
//     directories take such a bind for an anonymous one and say yes.
//   - Plain connections reach this machine only; others are LDAPS or StartTLS
//     with a certificate that is checked.
//   - Groups within groups count. Active Directory follows them itself by its
//     rule 1.2.840.113556.1.4.1941; elsewhere they are walked upwards, each group
//     once, so that a circle ends, and within bounds.
//   - A mapping names a group by its DN or, within group_base, by its cn.
//   - An account counts as closed by the marks of all directories at once:
//     userAccountControl, accountExpires, pwdAccountLockedTime for good,
//     nsAccountLock, loginDisabled, shadowExpire; user_filter may say more.
//   - A base that is not there, or a service account that is refused, is a fault
//     of the settings and shuts nobody out: the directory counts as unavailable.
package ldap
