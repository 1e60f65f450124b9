package wellfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/geobfdt/geobfdt/internal/csvmat"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/npz"
	"github.com/geobfdt/geobfdt/internal/pads"
	"github.com/geobfdt/geobfdt/internal/raster"
)

// Options say what a file cannot say of itself. The zero value leaves everything to the file.
type Options struct {
	// TopM and BaseM are the measured depths of an image's top and base edge, metres, for formats without depth: pictures, NPY, and
	// NPZ without depth_m. They do not cut an interval out of other files.
	TopM, BaseM *float64
	// Reference overrides the file's azimuth reference; "" keeps it.
	Reference imagelog.Reference
	// DeclinationDeg overrides the file's magnetic declination, degrees east; nil keeps it.
	DeclinationDeg *float64
	// NullValues are numbers that mean "no wall seen", besides those that the file and its format have.
	NullValues []float64
	// ImageChannel names the image where a file holds several: of numbered curves their names up to the number ("ABDC"), of a DLIS
	// file the channel, FRAME/CHANNEL, or NUMBER/FRAME/CHANNEL with the number of the logical file; of a LIS file the channel,
	// NUMBER/CHANNEL, or NUMBER/PASS/CHANNEL with the number of the format in the logical file.
	ImageChannel string
	// Tool is the tool whose raw pads are assembled to the image; nil assembles those of a built-in tool, where ImageChannel is
	// PadsChannel or the file has no finished image.
	Tool *pads.Tool
	// ReadDamaged reads what is left of a damaged DLIS or LIS file, with warnings, instead of failing.
	ReadDamaged bool
	// Storage says where the image is kept: in memory, or, if it is long, in a temporary file. Such a log must be closed.
	Storage imagelog.Storage
	// OnContents, if not nil, is told what is in a DLIS or LIS file, before an image is chosen.
	OnContents func(Contents)
}

const (
	// maxStdinBytes is the largest file that is read from standard input.
	maxStdinBytes = 2 << 30
	// An image with fewer columns cannot hold a sinusoid.
	minColumns = 8
)

// Open opens an image log; "-" is standard input, see Read. The log is valid in the sense of
// Log.Validate, has at least 8 columns, and has a well name: the file's base name where the file does not say. Every error is
// an *Error.
func Open(path string, opt Options) (*imagelog.Log, error) {
	if path == "-" {
		return Read("stdin", os.Stdin, opt)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{Path: path, What: "cannot be opened: " + reason(err), Err: err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, &Error{Path: path, What: reason(err), Err: err}
	}
	switch {
	case info.IsDir():
		return nil, &Error{Path: path, What: "is a folder", Remedy: "name a file", Err: ErrUnknownFormat}
	case !info.Mode().IsRegular(): // a pipe or a device has no size
		return Read(path, f, opt)
	}
	return read(path, f, info.Size(), opt)
}

// Read reads an image log from a stream, 2 GiB at most; name stands for the path. While it is read, all of the stream is in memory or,
// where it is longer than a quarter of Options.Storage.MemoryBytes, in a temporary file.
func Read(name string, r io.Reader, opt Options) (*imagelog.Log, error) {
	r = io.LimitReader(r, maxStdinBytes+1)
	inMemory := io.LimitedReader{R: r, N: maxStdinBytes + 1}
	if m := opt.Storage.MemoryBytes; m > 0 {
		inMemory.N = min(inMemory.N, m/4) // memory that grows is there twice, and more, for a moment
	}
	data, err := io.ReadAll(&inMemory)
	if err != nil {
		return nil, &Error{Path: name, What: reason(err), Err: err}
	}
	var src source = bytes.NewReader(data)
	size := int64(len(data))
	if inMemory.N == 0 {
		file, err := opt.Storage.TempFile()
		if err != nil {
			return nil, &Error{Path: name, What: err.Error(), Err: err}
		}
		defer file.Close() // what is wrong with it has shown when it was read
		size, err = io.Copy(file, io.MultiReader(src, r))
		if err == nil {
			_, err = file.Seek(0, io.SeekStart)
		}
		if err != nil {
			return nil, &Error{Path: name, What: reason(err), Err: err}
		}
		src = file
	}
	if size > maxStdinBytes {
		return nil, &Error{Path: name, What: fmt.Sprintf("is larger than %d GiB", maxStdinBytes>>30), Remedy: "write it to a file first", Err: ErrUnsupported}
	}
	return read(name, src, size, opt)
}

// reason returns the cause of a file system error without the path, which the Error says.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// source is a file, or one held in memory.
type source interface {
	io.Reader
	io.ReaderAt
}

func read(path string, src source, size int64, opt Options) (*imagelog.Log, error) {
	if size == 0 {
		return nil, &Error{Path: path, What: "is empty", Remedy: "export it again", Err: ErrEmptyFile}
	}
	start := make([]byte, min(size, sniffBytes))
	if _, err := src.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, &Error{Path: path, What: reason(err), Err: err}
	}
	f := sniff(start, path)
	log, err := decode(f, path, src, size, opt)
	if err != nil {
		return nil, failed(path, f, err)
	}
	if err := finish(log, path, opt); err != nil {
		_ = log.Close() // what is wrong with the log matters more
		return nil, failed(path, f, err)
	}
	return log, nil
}

// decode reads a file of a known format.
func decode(f format, path string, src source, size int64, opt Options) (*imagelog.Log, error) {
	var depths *npz.Depths
	if opt.TopM != nil && opt.BaseM != nil {
		depths = &npz.Depths{TopM: *opt.TopM, BaseM: *opt.BaseM}
	}
	nulls := append(las.DefaultNulls(), opt.NullValues...)
	switch f {
	case formatNPZ:
		return npz.ReadLog(src, size, depths, opt.Storage)
	case formatNPY:
		return npz.ReadArrayLog(src, size, depths, opt.Storage)
	case formatPicture:
		if depths == nil {
			return nil, &Error{Path: path, Where: f.name(), What: "a picture has no depth", Remedy: depthRemedy, Err: ErrNoDepth}
		}
		return raster.Read(src, depths.TopM, depths.BaseM, opt.Storage)
	case formatLAS:
		return fromLAS(path, src, nulls, opt)
	case formatTable:
		return csvmat.Read(src, csvmat.Options{NullValues: nulls, Storage: opt.Storage})
	case formatDLIS:
		return fromDLIS(path, src, size, nulls, opt)
	case formatLIS:
		return fromLIS(path, src, size, nulls, opt)
	case formatGzip:
		return nil, &Error{Path: path, What: "is compressed", Remedy: "decompress it first", Err: ErrUnsupported}
	}
	return nil, &Error{Path: path, What: "is of no known format",
		Remedy: "image logs are read from DLIS, LIS, LAS, NPZ, NPY, CSV, PNG and TIFF", Err: ErrUnknownFormat}
}

// finish fills in what the options and the path say of a log.
func finish(log *imagelog.Log, path string, opt Options) error {
	if log.Columns() < minColumns {
		return &Error{Path: path, What: fmt.Sprintf("the image has %d columns, at least %d are needed", log.Columns(), minColumns), Err: ErrNoImage}
	}
	log.Source = path
	if log.Well == "" {
		base := filepath.Base(path)
		log.Well = strings.TrimSuffix(base, filepath.Ext(base))
	}
	if opt.Reference != "" {
		log.Reference = opt.Reference
	}
	if opt.DeclinationDeg != nil {
		log.DeclinationDeg = *opt.DeclinationDeg
	}
	if log.Reference == imagelog.RefUnknown {
		log.Warn("the file does not say what azimuth 0 is: azimuths count from column 0, true dips stay empty; give --reference north, magnetic or highside")
	}
	if len(opt.NullValues) > 0 {
		log.MaskValues(opt.NullValues)
		return log.Validate()
	}
	switch gap, found, err := log.GapValue(); {
	case err != nil:
		return err
	case found:
		log.MaskValues([]float64{gap})
		log.Warn("%g stands where no wall was seen, by the looks of the image, and is taken for a gap; --null says which values are gaps, and then only these are", gap)
		return log.Validate()
	}
	return nil
}
