package main

import (
	"runtime/debug"
	"testing"
	"time"
)

// Settings as `go version -m` shows them of a binary.
func TestCommitOfBuild(t *testing.T) {
	settings := []debug.BuildSetting{
		{Key: "GOARCH", Value: "amd64"}, {Key: "vcs", Value: "git"},
		{Key: "vcs.revision", Value: "c0fbdb3f646d1f0a9e8b7c6d5e4f3a2b1c0d9e8f"},
		{Key: "vcs.time", Value: "2026-03-01T10:20:30Z"}, {Key: "vcs.modified", Value: "false"},
	}
	day := time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)
	if commit, when := commitOf(settings); commit != "c0fbdb3f646d" || !when.Equal(day) {
		t.Errorf("commit %q of %v", commit, when)
	}
	settings[4].Value = "true"
	if commit, _ := commitOf(settings); commit != "c0fbdb3f646d-dirty" {
		t.Errorf("commit with changes is %q", commit)
	}
	if commit, when := commitOf(settings[:2]); commit != "" || !when.IsZero() {
		t.Errorf("a build outside of a repository has commit %q of %v", commit, when)
	}
}
