// Package crash holds tests that kill geobfdt -9 at random moments, and tests of full and unwritable disks. They take minutes and run
// with the build tag crash: make test-crash.
//
// The promise that they hold the program to: whatever the moment, every output is the old file or the new one, what was finished stays
// finished, and the same command goes on to the result of a run that nobody disturbed. Temporary files (.NAME.*.tmp) may be left.
package crash
