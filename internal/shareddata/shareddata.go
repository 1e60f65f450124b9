// Package shareddata finds the real files that tests read: image logs, surveys and dip tables of others, which are not part of the
// repository. It is for tests only.
package shareddata

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Path is a file or folder of the shared data, name with slashes; the test is skipped where it is not at hand. The folder is
// GEOBFDT_SHARED_DATA or, for packages two levels below the root of the module, shared/data beside the repository.
func Path(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(folder(), filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no shared data: %v: set GEOBFDT_SHARED_DATA", err)
	}
	return path
}

// Has tells whether a file or folder is at hand, for tests that do something else without it.
func Has(name string) bool {
	_, err := os.Stat(filepath.Join(folder(), filepath.FromSlash(name)))
	return err == nil
}

// Bytes is the content of a file; the test is skipped where it is not at hand.
func Bytes(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Small returns the contents of the files of a folder and those below it, by path: the ones with an extension such as ".las", in any
// case, and at most so many bytes. There are none where the folder is not at hand: seeds of fuzz targets.
func Small(t testing.TB, name, extension string, most int64) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if !Has(name) {
		return out
	}
	err := filepath.WalkDir(Path(t, name), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.EqualFold(filepath.Ext(path), extension) {
			return err
		}
		info, err := entry.Info()
		if err != nil || info.Size() > most {
			return err
		}
		out[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func folder() string {
	if folder := os.Getenv("GEOBFDT_SHARED_DATA"); folder != "" {
		return folder
	}
	return filepath.Join("..", "..", "..", "shared", "data")
}
