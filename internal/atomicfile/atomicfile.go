// Package atomicfile writes files that appear whole or not at all, and stay after a power cut. Outputs that a user names, which may
// also be a stream or have a mode of their own, are written by package cliio.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write makes or replaces the file at path, readable for all, with what write writes. After an error nothing is left behind, and what was
// there stands.
func Write(path string, write func(io.Writer) error) (err error) {
	defer func() {
		var temporary *fs.PathError
		if errors.As(err, &temporary) { // its name says nothing to the user
			err = temporary.Err
		}
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temp.Close()
			os.Remove(temp.Name())
		}
	}()
	if err := write(temp); err != nil {
		return err
	}
	if err := temp.Chmod(0o644); err != nil { // CreateTemp makes private files
		return err
	}
	if err := temp.Sync(); err != nil { // else the name may outlive a power cut, and the contents not
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
