package npz

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Magic is how every .npy file starts.
const Magic = "\x93NUMPY"

// ErrFormat is wrapped by every error about a malformed or unsupported file.
var ErrFormat = errors.New("not a readable NumPy file")

const (
	maxHeaderBytes = 1 << 20
	maxDims        = 8
	maxArrayBytes  = 16 << 30 // 2 million rows of 192 float64 are 3 GiB
)

// Array is one NumPy array in C order.
type Array struct {
	Shape []int // empty for a scalar
	// Exactly one of the following holds the data; Floats of anything numeric but float32 and uint8.
	Floats   []float64
	Float32s []float32
	Bytes    []uint8
	Strings  []string
}

// Float64 returns numeric data as float64, or false for strings. It may be the array's own memory.
func (a *Array) Float64() ([]float64, bool) {
	switch {
	case a.Strings != nil:
		return nil, false
	case a.Float32s != nil:
		return convert[float32, float64](a.Float32s), true
	case a.Bytes != nil:
		return convert[uint8, float64](a.Bytes), true
	}
	return a.Floats, true
}

func convert[S, D uint8 | float32 | float64](in []S) []D {
	out := make([]D, len(in))
	for i, v := range in {
		out[i] = D(v)
	}
	return out
}

// readArray reads one .npy array: booleans, integers, floats of 2, 4 or 8 bytes, and strings (<U, S), either byte order, C or
// Fortran order. There is room for so many elements at once: more take memory only as they arrive. All errors wrap ErrFormat or come
// from r.
func readArray(r io.Reader, room int) (*Array, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	h, err := readHeader(buffered)
	if err != nil {
		return nil, err
	}
	elements, err := countElements(h.shape, h.kind.bytes)
	if err != nil {
		return nil, err
	}
	a := &Array{Shape: h.shape}
	k := h.kind
	switch {
	case k.code == 'f' && k.bytes == 4:
		a.Float32s, err = decode(buffered, h, elements, room, k.single())
	case k.bytes == 1 && (k.code == 'u' || k.code == 'b'):
		a.Bytes, err = decode(buffered, h, elements, room, func(b []byte) uint8 { return b[0] })
	case k.code == 'U' || k.code == 'S':
		a.Strings, err = decode(buffered, h, elements, room, k.text)
	default:
		a.Floats, err = decode(buffered, h, elements, room, k.number)
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// decode reads the elements in C order. Its result grows beyond room with what arrives, so a header that promises more than the file
// holds costs nothing.
func decode[T any](r io.Reader, h header, elements, room int, one func([]byte) T) ([]T, error) {
	var d decoder
	out, err := decodeTo(&d, make([]T, 0, min(elements, room)), r, h, 0, elements, one)
	if err != nil {
		return nil, err
	}
	return toC(out, h), nil
}

// chunkElements are decoded at a time.
const chunkElements = 1 << 14

// decoder holds the bytes of the elements that are decoded.
type decoder struct{ chunk []byte }

// decodeTo appends elements [first, end), which r stands before.
func decodeTo[T any](d *decoder, out []T, r io.Reader, h header, first, end int, one func([]byte) T) ([]T, error) {
	size := h.kind.bytes
	for first < end {
		n := min(end-first, max(1, chunkElements*min(size, 64)/size)) // wide strings are read one at a time
		if cap(d.chunk) < n*size {
			d.chunk = make([]byte, n*size)
		}
		chunk := d.chunk[:n*size]
		if _, err := io.ReadFull(r, chunk); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: array %v of %s ends before element %d; the file is cut short", ErrFormat, h.shape, h.kind.name, first+n)
		} else if err != nil {
			return nil, fmt.Errorf("read array data: %w", err)
		}
		out = slices.Grow(out, n)
		for i := 0; i < len(chunk); i += size {
			out = append(out, one(chunk[i:i+size]))
		}
		first += n
	}
	return out, nil
}

// toC reorders Fortran data (first index fastest) into C order.
func toC[T any](data []T, h header) []T {
	if !h.fortran || len(h.shape) < 2 {
		return data
	}
	out := make([]T, len(data))
	index := make([]int, len(h.shape))
	for _, v := range data {
		at := 0
		for d, i := range index {
			at = at*h.shape[d] + i
		}
		out[at] = v
		for d := range index {
			if index[d]++; index[d] < h.shape[d] {
				break
			}
			index[d] = 0
		}
	}
	return out
}

// kind is an element type, such as '<f4'.
type kind struct {
	name  string
	code  byte // b, i, u, f, U, S
	bytes int
	order binary.ByteOrder
}

func (k kind) number(b []byte) float64 {
	var bits uint64
	switch k.bytes {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(k.order.Uint16(b))
	case 4:
		bits = uint64(k.order.Uint32(b))
	default:
		bits = k.order.Uint64(b)
	}
	switch k.code {
	case 'u':
		return float64(bits)
	case 'i':
		shift := 64 - 8*k.bytes
		return float64(int64(bits<<shift) >> shift)
	}
	if k.bytes == 2 {
		return halfToFloat(uint16(bits))
	}
	return math.Float64frombits(bits)
}

// single returns what decodes numbers as float32.
func (k kind) single() func([]byte) float32 {
	switch {
	case k.code == 'f' && k.bytes == 4 && k.order == binary.LittleEndian: // as most files are
		return func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }
	case k.code == 'b', k.code == 'u' && k.bytes == 1:
		return func(b []byte) float32 { return float32(b[0]) }
	case k.code == 'f' && k.bytes == 4:
		return func(b []byte) float32 { return math.Float32frombits(k.order.Uint32(b)) }
	}
	return func(b []byte) float32 { return float32(k.number(b)) }
}

func (k kind) text(b []byte) string {
	if k.code == 'S' {
		return string(bytes.TrimRight(b, "\x00"))
	}
	var s strings.Builder
	for ; len(b) >= 4; b = b[4:] {
		r := rune(k.order.Uint32(b))
		if r == 0 {
			break
		}
		if !utf8.ValidRune(r) {
			r = utf8.RuneError
		}
		s.WriteRune(r)
	}
	return s.String()
}

// halfToFloat converts IEEE 754 binary16.
func halfToFloat(h uint16) float64 {
	sign := 1 - 2*float64(h>>15)
	exponent, fraction := int(h>>10&0x1f), float64(h&0x3ff)/1024
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -14)
	case 0x1f:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1+fraction, exponent-15)
}

type header struct {
	kind    kind
	fortran bool
	shape   []int
}

var (
	descrPattern   = regexp.MustCompile(`['"]descr['"]\s*:\s*['"]([<>|=]?)([a-zA-Z])(\d*)['"]`)
	fortranPattern = regexp.MustCompile(`['"]fortran_order['"]\s*:\s*(True|False)`)
	shapePattern   = regexp.MustCompile(`['"]shape['"]\s*:\s*\(([^()]*)\)`)
)

// readHeader reads the preamble of a .npy file: magic, version, length, and a Python dictionary.
func readHeader(r io.Reader) (header, error) {
	var start [8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil || string(start[:6]) != Magic {
		return header{}, fmt.Errorf("%w: no NUMPY signature", ErrFormat)
	}
	lengthBytes := 2
	if start[6] > 1 {
		lengthBytes = 4
	}
	var length [4]byte
	if _, err := io.ReadFull(r, length[:lengthBytes]); err != nil {
		return header{}, fmt.Errorf("%w: cut short in its header", ErrFormat)
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n > maxHeaderBytes {
		return header{}, fmt.Errorf("%w: header of %d bytes", ErrFormat, n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return header{}, fmt.Errorf("%w: cut short in its header", ErrFormat)
	}
	descr, fortran, shape := descrPattern.FindSubmatch(text), fortranPattern.FindSubmatch(text), shapePattern.FindSubmatch(text)
	if descr == nil || fortran == nil || shape == nil {
		return header{}, fmt.Errorf("%w: header %.120q; save a plain numeric array", ErrFormat, text)
	}
	h := header{fortran: string(fortran[1]) == "True"}
	var err error
	if h.kind, err = parseKind(string(descr[1]), descr[2][0], string(descr[3])); err != nil {
		return header{}, err
	}
	for field := range strings.SplitSeq(string(shape[1]), ",") {
		field = strings.TrimSpace(field)
		if field == "" {
			continue
		}
		size, err := strconv.Atoi(strings.TrimSuffix(field, "L")) // Python 2 wrote long integers so
		if err != nil || size < 0 || len(h.shape) == maxDims {
			return header{}, fmt.Errorf("%w: shape (%s)", ErrFormat, shape[1])
		}
		h.shape = append(h.shape, size)
	}
	return h, nil
}

func parseKind(order string, code byte, size string) (kind, error) {
	k := kind{name: order + string(code) + size, code: code, order: binary.LittleEndian}
	if order == ">" {
		k.order = binary.BigEndian
	}
	n, err := strconv.Atoi(size)
	if err != nil || n > maxHeaderBytes {
		return kind{}, fmt.Errorf("%w: element type %q", ErrFormat, k.name)
	}
	k.bytes = n
	ok := false
	switch code {
	case 'b':
		ok = n == 1
	case 'i', 'u':
		ok = n == 1 || n == 2 || n == 4 || n == 8
	case 'f':
		ok = n == 2 || n == 4 || n == 8
	case 'S':
		ok = n > 0
	case 'U':
		ok, k.bytes = n > 0, 4*n
	}
	if !ok {
		return kind{}, fmt.Errorf("%w: element type %q; save integers, floats or strings", ErrFormat, k.name)
	}
	return k, nil
}

// countElements multiplies a shape out, refusing what no log needs.
func countElements(shape []int, elementBytes int) (int, error) {
	elements := 1
	for _, n := range shape {
		if n > 0 && elements > maxArrayBytes/elementBytes/n {
			return 0, fmt.Errorf("%w: array %v is larger than %d GiB", ErrFormat, shape, maxArrayBytes>>30)
		}
		elements *= n
	}
	return elements, nil
}
