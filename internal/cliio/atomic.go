package cliio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// Output is a file that appears whole or not at all. What is written goes to a temporary file in the same folder; Commit
// makes it durable and renames it over the path, Abort removes it. Every path must end in one of the two:
//
//	out, err := cliio.CreateAtomic(path, stdout)
//	if err != nil { ... }
//	defer out.Abort()
//	... write ...
//	return out.Commit()
type Output struct {
	path   string        // final path; symbolic links are followed
	temp   *os.File      // nil for a stream
	buffer *bytes.Buffer // of a stream
	stream io.Writer
	done   bool
}

// CreateAtomic opens path for writing; "-" is stdout, which is held in memory and written by Commit. A path that exists and
// is neither a file nor a folder, such as /dev/null or a named pipe, is written to in the same way. The folder must exist.
func CreateAtomic(path string, stdout io.Writer) (*Output, error) {
	if path == "-" {
		return &Output{path: "stdout", buffer: new(bytes.Buffer), stream: stdout}, nil
	}
	if path == "" {
		return nil, Usagef("create output: no file name given")
	}
	// Replace what a link points to, not the link.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := fs.FileMode(0)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("create output: %w", err)
	case info.IsDir():
		return nil, Usagef("create output %s: it is a folder: give a file name", path)
	case !info.Mode().IsRegular():
		device, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("create output: %w", err)
		}
		return &Output{path: path, buffer: new(bytes.Buffer), stream: device}, nil
	default:
		mode = info.Mode().Perm()
	}
	o := &Output{path: path}
	temp, err := createTemp(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, Usagef("create output %s: the folder %s does not exist: make it first", path, filepath.Dir(path))
		}
		return nil, fmt.Errorf("create output: %w", o.failed(err))
	}
	o.temp = temp
	if mode != 0 {
		if err := temp.Chmod(mode); err != nil {
			o.Abort()
			return nil, fmt.Errorf("create output: %w", err)
		}
	}
	return o, nil
}

// createTemp makes a file beside path. Unlike os.CreateTemp it asks for mode 0666, so that the umask decides as for any file.
func createTemp(path string) (*os.File, error) {
	folder, base := filepath.Split(path)
	for range 100 {
		name := filepath.Join(folder, fmt.Sprintf(".%s.%08x.tmp", base, rand.Uint32()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("no free temporary name beside %s", path)
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	if o.temp == nil {
		return o.buffer.Write(p)
	}
	n, err := o.temp.Write(p)
	if err != nil {
		err = o.failed(err)
	}
	return n, err
}

// failed is an error of a write under the name that the user gave, not that of the temporary file.
func (o *Output) failed(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("write %s: %w", o.path, err)
}

// Commit makes the output appear under its path. After an error nothing is left behind.
func (o *Output) Commit() error {
	if o.done {
		return fmt.Errorf("commit %s: already closed", o.path)
	}
	if o.temp == nil {
		o.done = true
		_, err := o.stream.Write(o.buffer.Bytes())
		if err := errors.Join(err, o.closeStream()); err != nil {
			return o.failed(err)
		}
		return nil
	}
	defer o.Abort()
	if err := o.temp.Sync(); err != nil {
		return o.failed(err)
	}
	if err := o.temp.Close(); err != nil {
		return o.failed(err)
	}
	if err := os.Rename(o.temp.Name(), o.path); err != nil {
		return o.failed(err)
	}
	o.done = true
	return nil
}

// Abort drops the output. After Commit it does nothing, so it can be deferred.
func (o *Output) Abort() {
	if o.done {
		return
	}
	o.done = true
	if o.temp == nil {
		_ = o.closeStream()
		return
	}
	// The error that led here matters more than a file that could not be removed.
	_ = o.temp.Close()
	_ = os.Remove(o.temp.Name())
}

// closeStream closes a device; stdout stays open.
func (o *Output) closeStream() error {
	if device, ok := o.stream.(*os.File); ok && o.path != "stdout" {
		return device.Close()
	}
	return nil
}

// WriteFile writes one output with write, whole or not at all.
func WriteFile(path string, stdout io.Writer, write func(io.Writer) error) error {
	out, err := CreateAtomic(path, stdout)
	if err != nil {
		return err
	}
	defer out.Abort()
	if err := write(out); err != nil {
		return err
	}
	return out.Commit()
}

// DiskFull tells whether an error means that nothing more can be written where outputs go: no space, no quota, or a read-only disk.
// What else there is to do would end in the same way.
func DiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EROFS)
}
