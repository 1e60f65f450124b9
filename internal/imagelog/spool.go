package imagelog

import (
	"fmt"
	"os"
	"unsafe"
)

// TempFile is a temporary file that only this process uses. Its name is removed as soon as it is open, where the system allows
// that: then nothing stays behind however the program ends.
type TempFile struct {
	*os.File
	path string // that Close has to remove; "" where it is gone already
}

// TempFile makes a temporary file where the storage says.
func (s Storage) TempFile() (*TempFile, error) {
	file, err := os.CreateTemp(s.Dir, "geobfdt-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w; name another folder for it", err)
	}
	f := &TempFile{File: file}
	if os.Remove(file.Name()) != nil {
		f.path = file.Name()
	}
	return f, nil
}

// Close closes and removes the file.
func (f *TempFile) Close() error {
	err := f.File.Close()
	if f.path != "" {
		return os.Remove(f.path)
	}
	return err
}

// spool holds rows of pixels in a temporary file, in the order in which they were written, as they lie in memory.
type spool struct {
	file    *TempFile
	columns int
	rows    int // written
}

func newSpool(storage Storage, columns int) (*spool, error) {
	file, err := storage.TempFile()
	if err != nil {
		return nil, err
	}
	return &spool{file: file, columns: columns}, nil
}

// append writes whole rows.
func (s *spool) append(pixels []float32) error {
	if _, err := s.file.Write(bytesOf(pixels)); err != nil {
		return fmt.Errorf("write the image to a temporary file: %w; make room there, or name another folder for it", err)
	}
	s.rows += len(pixels) / s.columns
	return nil
}

// read reads the rows from first on that fill dst. It may be called by several goroutines.
func (s *spool) read(dst []float32, first int) error {
	if _, err := s.file.ReadAt(bytesOf(dst), int64(first)*int64(s.columns)*4); err != nil {
		return fmt.Errorf("read the image back from its temporary file: %w", err)
	}
	return nil
}

func (s *spool) close() error { return s.file.Close() }

// bytesOf is the memory of pixels.
func bytesOf(pixels []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(pixels))), 4*len(pixels))
}
