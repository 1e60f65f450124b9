package batch

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"strings"
)

// Key says what a result was made from: two results of one key are the same. Both parts are the first 32 hex digits of a SHA-256.
type Key struct {
	Settings string // program, model, configuration and flags; known without opening the well
	Input    string // content of the image log and of the files that go with it
}

// headKey is the key of the comment line in the head of a result.
const headKey = "batch_key"

// hashDigits of each part: 128 bits, far from any chance of two wells sharing one.
const hashDigits = 32

// ErrNoKey means that a file is no result of a batch.
var ErrNoKey = errors.New("no result of a batch: its head has no line # " + headKey)

// String returns SETTINGS-INPUT.
func (k Key) String() string { return k.Settings + "-" + k.Input }

// Head is the comment line that carries the key, with its line end.
func (k Key) Head() string { return "# " + headKey + ": " + k.String() + "\n" }

// HashSettings hashes what decides a result beside its input. What the items are is the caller's; their order counts.
func HashSettings(items ...string) string {
	h := sha256.New()
	for _, s := range items {
		fmt.Fprintf(h, "%d:%s", len(s), s) // the length keeps "a","bc" and "ab","c" apart
	}
	return digits(h)
}

// HashFiles hashes the content of files, in their order. They must be regular files, as they are read again later.
func HashFiles(paths ...string) (string, error) {
	h := sha256.New()
	for _, path := range paths {
		if err := hashFile(h, path); err != nil {
			return "", err // the system's error names the file
		}
	}
	return digits(h), nil
}

func hashFile(h hash.Hash, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file", path)
	}
	fmt.Fprintf(h, "%d:", info.Size())
	_, err = io.Copy(h, f)
	return err
}

func digits(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil))[:hashDigits] }

// ReadKey reads the key in the head of a result. Without a file the error is fs.ErrNotExist, for a file without a key ErrNoKey.
func ReadKey(path string) (Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return Key{}, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() && strings.HasPrefix(lines.Text(), "#") {
		text, found := strings.CutPrefix(lines.Text(), "# "+headKey+": ")
		if !found {
			continue
		}
		settings, input, _ := strings.Cut(strings.TrimSpace(text), "-")
		if len(settings) == hashDigits && len(input) == hashDigits {
			return Key{settings, input}, nil
		}
	}
	// A line that is too long belongs to another kind of file.
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return Key{}, fmt.Errorf("read %s: %w", path, err)
	}
	return Key{}, fmt.Errorf("%s: %w", path, ErrNoKey)
}

// Done tells whether the result at path has the key and all files that were made with it are there. Picks are put in place after
// these, so the key vouches for all of them.
func Done(path string, key Key, with ...string) (bool, error) {
	found, err := ReadKey(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNoKey) {
		return false, nil
	}
	if err != nil || found != key {
		return false, err
	}
	for _, p := range with {
		if _, err := os.Stat(p); errors.Is(err, fs.ErrNotExist) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	return true, nil
}
