// Package desktest opens a small office for tests of the desk and its pages:
// a real archive on SQLite and a folder, one clerk for each role, a register,
// and stacks in every state, driven through the archive as the line does it.
//
//	Open --> Office{Desk, Archive, Clerks} --Stack--> letters in inbox and review
//
// The pages are drawn here, so that words and boxes are known exactly and no
// engine is needed.
package desktest
