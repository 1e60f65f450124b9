package lis

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// FrameReader reads the frames of a format one by one, in file order. It is not safe for concurrent use, but several readers of a
// file are.
type FrameReader struct {
	format *Format
	reader *recordReader
	record Record
	frame  []byte
	values []float64
	index  float64
	step   float64 // from the frame before, NaN at the first
	inRec  float64 // index at the start of the record
	count  int64   // frames read of the record
	done   int64   // frames read in all
	err    error
}

// NewReader returns a reader at the first frame. The error is the format's Err, or from the file.
func (f *Format) NewReader() (*FrameReader, error) {
	r := &FrameReader{format: f, index: math.NaN(), step: math.NaN()}
	if f.Err != nil {
		return nil, f.Err
	}
	if f.Frames == 0 {
		return r, nil
	}
	r.reader = newRecordReader(f.file.s, f.last.Offset+f.last.size-f.first.Offset)
	r.frame = make([]byte, f.frameBytes) // not larger than a record of the file
	return r, r.enter(f.first)
}

// enter starts with a data record.
func (r *FrameReader) enter(record Record) error {
	if err := r.reader.start(record); err != nil {
		return fmt.Errorf("read frames: %w", err)
	}
	r.record, r.count = record, 0
	if !r.format.IndexInRecord {
		return nil
	}
	code := r.format.indexCode
	var b [8]byte
	n, err := r.reader.read(b[:code.Bytes()])
	if err != nil {
		return fmt.Errorf("read frames: %w", err)
	}
	r.inRec = math.NaN()
	if n == code.Bytes() {
		r.inRec = code.number(b[:])
	}
	return nil
}

// Next moves to the next frame; false at the end or at an error, see Err.
func (r *FrameReader) Next() bool {
	for r.err == nil && r.done < r.format.Frames {
		n, err := r.reader.read(r.frame)
		if err != nil {
			r.err = fmt.Errorf("read frames: %w", err)
			return false
		}
		if n == len(r.frame) {
			r.place()
			r.count++
			r.done++
			return true
		}
		record, ok, err := r.nextData()
		if err != nil || !ok {
			r.err = err
			return false
		}
		r.err = r.enter(record)
	}
	return false
}

// place finds the frame's index.
func (r *FrameReader) place() {
	before := r.index
	if f := r.format; f.IndexInRecord {
		step := f.Spacing * float64(r.count)
		if f.Direction == Up {
			step = -step
		}
		r.index = r.inRec + step
	} else {
		index := &f.Channels[0]
		r.index = index.Code.number(r.frame[index.offset:])
	}
	r.step = r.index - before
}

// nextData walks on to the format's next data record.
func (r *FrameReader) nextData() (Record, bool, error) {
	s := &r.reader.s
	// The scanner stands behind the physical record that was read last; what is left of the logical record goes by as
	// continuations without a start.
	for r.record.Offset < r.format.last.Offset {
		record, err := s.record()
		if err != nil {
			return Record{}, false, notEOF(err)
		}
		if r.format.holds(record) {
			return record, true, nil
		}
		if record.Offset >= r.format.last.Offset {
			break
		}
	}
	return Record{}, false, nil
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("read frames: %w", err)
}

// holds tells whether a record has data of the format.
func (f *Format) holds(r Record) bool {
	return r.Type == f.dataType || f.anyType && (r.Type == NormalData || r.Type == AlternateData)
}

// Err returns what ended Next, nil at the end of the data.
func (r *FrameReader) Err() error { return r.err }

// Index returns the index of the frame in Format.IndexUnit, NaN if it is absent.
func (r *FrameReader) Index() float64 {
	if r.index == r.format.Absent {
		return math.NaN()
	}
	return r.index
}

// SampleIndex returns the index of sample k of a channel. A fast channel's last sample is the one at the frame's index, the others
// lie evenly between it and the frame before (LIS79, 3.3.2.2). Where the file does not say the spacing it is
// that from the frame before, and NaN in the first.
func (r *FrameReader) SampleIndex(channel, k int) float64 {
	n := r.format.Channels[channel].Samples
	if k == n-1 || n <= 1 {
		return r.Index()
	}
	step := r.format.Spacing
	switch {
	case math.IsNaN(step) || r.format.Direction == NoDirection:
		step = r.step
	case r.format.Direction == Up:
		step = -step
	}
	return r.Index() - step*float64(n-1-k)/float64(n)
}

// Values returns the numbers of a channel in the current frame, [samples * entries], NaN where absent or not numbers. They are
// valid until the next call.
func (r *FrameReader) Values(channel int) []float64 {
	c := &r.format.Channels[channel]
	n := c.Values()
	if cap(r.values) < n {
		r.values = make([]float64, n)
	}
	r.values = r.values[:n]
	size := c.Code.Bytes()
	for i := range r.values {
		r.values[i] = math.NaN()
		if c.Err != nil || !c.Code.numeric() {
			continue
		}
		v := c.Code.number(r.frame[c.offset+i/c.Entries*c.stride+i%c.Entries*size:])
		if !r.format.absent(v, c.Code) {
			r.values[i] = v
		}
	}
	return r.values
}

// absent tells the missing value, which F16 holds only roughly (-999.25 becomes -999.5).
func (f *Format) absent(v float64, code Code) bool {
	if code == F16 {
		return math.Abs(v-f.Absent) <= math.Abs(f.Absent)*precisionF16
	}
	return v == f.Absent
}

// Bytes returns the bytes of a sample of a channel in the current frame, for text and masks; valid until the next call of Next.
func (r *FrameReader) Bytes(channel, sample int) []byte {
	c := &r.format.Channels[channel]
	if c.Err != nil || sample < 0 || sample >= c.Samples {
		return nil
	}
	from := c.offset + sample*c.stride
	return r.frame[from : from+min(c.stride, c.bytes)]
}

// Text returns a sample of a text channel, without padding.
func (r *FrameReader) Text(channel, sample int) string {
	return r.format.file.texts.name(r.Bytes(channel, sample))
}
