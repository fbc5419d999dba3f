// Package signontest starts the peers that people are asked for by: a real
// OpenID provider and a real directory, both on this machine, each with a folder
// of its own.
package signontest
