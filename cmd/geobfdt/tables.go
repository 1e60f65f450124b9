package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// readPicks reads a table of picks or labels; "-" is stdin.
func (a *app) readPicks(path string) (*picks.Table, error) {
	if path == "-" {
		table, err := picks.ReadCSV(a.stdin, "stdin")
		if err != nil {
			return nil, &cliio.InputError{Err: err}
		}
		return table, nil
	}
	table, err := picks.ReadFile(path)
	if err != nil {
		var pathError *fs.PathError
		if errors.As(err, &pathError) {
			return nil, &cliio.InputError{Path: path, Err: pathError.Err}
		}
		return nil, &cliio.InputError{Err: err}
	}
	return table, nil
}

// baseName is the name of a file without folder and extension.
func baseName(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// isSVG tells whether a picture is asked for as SVG.
func isSVG(path string) bool { return strings.EqualFold(filepath.Ext(path), ".svg") }
