package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// State is what became of a well.
type State string

// States.
const (
	StateDone    State = "done"    // picked now
	StateSkipped State = "skipped" // was done before, with the same key
	StateFailed  State = "failed"
)

// Status is the status line of a well.
type Status struct {
	Time    time.Time `json:"time"` // when the well ended
	Index   int       `json:"index"`
	Well    string    `json:"well"`  // name of the row
	Input   string    `json:"input"` // image log
	State   State     `json:"state"`
	Picks   int       `json:"picks"` // in the result; 0 if it failed
	Seconds float64   `json:"seconds"`
	Output  string    `json:"output"`        // path of the picks, whether they are there or not
	Key     string    `json:"key,omitempty"` // empty if the input could not be read
	Error   string    `json:"error,omitempty"`
}

// ResultPath is where the picks of a row are.
func ResultPath(dir, name string) string { return filepath.Join(dir, name+".csv") }

// FailurePath is where the status of a row's last attempt is, if that failed.
func FailurePath(dir, name string) string { return filepath.Join(dir, name+".failed.json") }

// maxStatusBytes bounds a status file: an error of ours is a line.
const maxStatusBytes = 1 << 20

// ReadFailure reads the status of a row whose last attempt failed; nil where there is none.
func ReadFailure(dir, name string) (*Status, error) {
	path := FailurePath(dir, name)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if info.Size() > maxStatusBytes {
		return nil, fmt.Errorf("%s: longer than %d bytes, so no status: remove it", path, maxStatusBytes)
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) { // another process has just done the well
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := new(Status)
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, fmt.Errorf("%s: %w: remove it", path, err)
	}
	return s, nil
}
