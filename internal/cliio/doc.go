// Package cliio is what every command of geobfdt does with the outside: exit codes, output files that appear whole or not at
// all, logs and progress on stderr, and interruption by signals.
//
// Results go to files or stdout; everything else, logs and progress included, goes to stderr.
package cliio
