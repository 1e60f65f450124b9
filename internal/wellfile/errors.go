package wellfile

import (
	"errors"
	"strings"

	"github.com/geobfdt/geobfdt/internal/csvmat"
	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/npz"
	"github.com/geobfdt/geobfdt/internal/raster"
)

// Sentinels of what can be wrong with a file. An Error wraps one of them, imagelog.ErrNoData, or an error of the file system.
var (
	ErrUnknownFormat = errors.New("unknown format")
	ErrUnsupported   = errors.New("unsupported format")
	ErrEmptyFile     = errors.New("file is empty")
	ErrDamaged       = errors.New("file is damaged")
	ErrNoImage       = errors.New("no image")
	ErrNoDepth       = errors.New("no depth")
	ErrAmbiguous     = errors.New("several images")
)

// Error says which file could not be read, where in it, what is wrong and what to do about it.
type Error struct {
	Path   string
	Where  string // part of the file or format, may be empty
	What   string
	Remedy string // may be empty
	Err    error  // for errors.Is; may be nil
}

// Error returns "path: where: what; remedy".
func (e *Error) Error() string {
	parts := []string{e.Path}
	if e.Where != "" {
		parts = append(parts, e.Where)
	}
	text := strings.Join(append(parts, e.What), ": ")
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// failed makes an Error of a reader's error.
func failed(path string, f format, err error) error {
	var typed *Error
	if errors.As(err, &typed) {
		return err
	}
	e := &Error{Path: path, Where: f.name(), What: err.Error(), Err: err}
	switch {
	case errors.Is(err, imagelog.ErrNoData):
		e.Remedy = "check the interval and the null values"
	case errors.Is(err, npz.ErrNoImage):
		e.Err = errors.Join(ErrNoImage, err)
		e.Remedy = "store the image under the key image"
	case errors.Is(err, npz.ErrNoDepth):
		e.Err = errors.Join(ErrNoDepth, err)
		e.Remedy = depthRemedy
	case errors.Is(err, las.ErrNoDepth):
		e.Err = errors.Join(ErrNoDepth, err)
		e.Remedy = "export the log against measured depth"
	case errors.Is(err, dlis.ErrDamaged):
		e.Err = errors.Join(ErrDamaged, err)
		e.Remedy = "read what is left of it with --on-damage warn"
	case errors.Is(err, dlis.ErrLayout):
		e.Err = errors.Join(ErrNoImage, err)
		e.Remedy = "choose a channel of another frame with --image-channel"
	case errors.Is(err, dlis.ErrFormat):
		e.Err = errors.Join(ErrDamaged, err)
		e.Remedy = "check that the file is complete"
	case f == formatTable && errors.Is(err, csvmat.ErrFormat):
		e.Err = errors.Join(ErrDamaged, err)
	case errors.Is(err, npz.ErrFormat), errors.Is(err, las.ErrFormat), errors.Is(err, raster.ErrFormat):
		e.Err = errors.Join(ErrDamaged, err)
		e.Remedy = "check that the file is complete, or export it again"
	}
	return e
}

const depthRemedy = "give the depths of its top and base (--image-top, --image-base)"
