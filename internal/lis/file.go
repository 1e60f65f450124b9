package lis

import (
	"errors"
	"fmt"
	"io"
	"unsafe"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// What the headers of a file may cost in memory: four times the file's size, and spareBytes. Real files stay far below that, for
// their data pay for their headers.
const (
	bytesPerByte = 4
	spareBytes   = 1 << 19
	recordBytes  = 3 * int(unsafe.Sizeof(Record{})) // 3: of a list that grows
	fileBytes    = int(unsafe.Sizeof(LogicalFile{})) + recordBytes + 2*labelBytes
	formatBytes  = int(unsafe.Sizeof(Format{})) + 640 // and what is wrong with it
	entryBytes   = 3*int(unsafe.Sizeof(Entry{})) + 16
	channelBytes = int(unsafe.Sizeof(Channel{})) + 64 // and its names
	labelBytes   = 256                                // of a file, a reel or a tape
)

var errTooMany = errors.New("a file of nothing but headers")

// room returns how much memory may still be taken.
func (f *File) room() int64 { return max(0, bytesPerByte*f.s.w.size+spareBytes-f.taken) }

// charge counts memory that is about to be taken; the error is errTooMany.
func (f *File) charge(n int) error {
	if int64(n) > f.room() {
		return errTooMany
	}
	f.taken += int64(n)
	return nil
}

// Options change how a file is read.
type Options struct {
	// Actions say what is done about issues, by severity. Those not named are kept, but Critical ones fail: see Lenient.
	Actions map[damage.Severity]damage.Action
	// Encodings are tried in turn for text that is not UTF-8, by the names of the WHATWG encoding standard; then Latin-1.
	Encodings []string
}

// File is an open LIS79 file.
type File struct {
	TIF          bool // the file has tape marks (tape image format)
	LogicalFiles []*LogicalFile
	Issues       []damage.Issue // the first thousand, and how many more there are

	s     *scanner
	texts texts
	taken int64 // bytes of memory, see charge
}

// LogicalFile is one log run or pass.
type LogicalFile struct {
	Header, Trailer *FileLabel // nil where missing
	Reel, Tape      *Volume    // shared by the files on it, never nil
	Formats         []*Format
	Records         []Record // all but data, in file order, without the reel's and the tape's

	file *File
}

// Open walks over a file's records. size is the file's size in bytes; r must stay open as long as the File is used. The error wraps
// ErrFormat if nothing of the file is LIS79, else it is a *damage.Error or comes from r.
func Open(r io.ReaderAt, size int64, opt Options) (*File, error) {
	texts, err := newTexts(opt.Encodings)
	if err != nil {
		return nil, fmt.Errorf("open LIS79: %w", err)
	}
	log, err := damage.NewLog(opt.Actions, ErrDamaged)
	if err != nil {
		return nil, fmt.Errorf("open LIS79: %w", err)
	}
	s, err := newScanner(r, size, &issues{Log: log})
	if err != nil {
		return nil, fmt.Errorf("open LIS79: %w", err)
	}
	f := &File{TIF: s.order != nil, s: s, texts: texts}
	p := &partition{file: f, reader: newRecordReader(s, size), reel: &Volume{}, tape: &Volume{}}
	if err := p.run(); err != nil {
		return nil, fmt.Errorf("open LIS79: %w", err)
	}
	f.Issues = s.Issues()
	return f, nil
}

// partition sorts records into reels, tapes and logical files.
type partition struct {
	file       *File
	reader     *recordReader // of records that are read whole
	reel, tape *Volume
	open       *LogicalFile
	current    [2]*Format // by type of data record
	orphans    int        // data records without a format
}

func (p *partition) run() error {
	s := p.file.s
	for first := true; ; first = false {
		r, err := s.record()
		if errors.Is(err, io.EOF) {
			break
		}
		if first && (s.lost != "" || r.Type == NormalData || r.Type == AlternateData) && (err == nil || errors.Is(err, ErrDamaged)) {
			return fmt.Errorf("%w: it does not start with a whole record of the standard", ErrFormat)
		}
		if err != nil {
			return err
		}
		switch err := p.add(r); {
		case errors.Is(err, errTooMany):
			if err := s.report(damage.Critical, r.Offset, "%v: reading stops here", err); err != nil {
				return err
			}
			return p.end()
		case err != nil:
			return err
		}
	}
	if len(p.file.LogicalFiles) == 0 && p.reel.Header == nil && p.tape.Header == nil {
		return fmt.Errorf("%w: no record was found", ErrFormat)
	}
	return p.end()
}

// end says what is missing at the end of the file.
func (p *partition) end() error {
	if p.open != nil && p.open.Trailer == nil {
		if err := p.file.s.report(damage.Info, p.file.s.w.size, "the last logical file has no trailer"); err != nil {
			return err
		}
	}
	if p.orphans > 0 {
		return p.file.s.report(damage.Major, 0, "%d data records have no format before them: left out", p.orphans)
	}
	return nil
}

func (p *partition) add(r Record) error {
	switch r.Type {
	case NormalData, AlternateData:
		return p.data(r)
	}
	if r.cut {
		return nil // reported; what its bytes mean is not known
	}
	if err := p.file.charge(recordBytes); err != nil {
		return err
	}
	switch r.Type {
	case ReelHeader:
		p.close()
		p.reel, p.tape = &Volume{}, &Volume{}
		return p.volumeLabel(r, &p.reel.Header)
	case ReelTrailer:
		p.close()
		err := p.volumeLabel(r, &p.reel.Trailer)
		p.reel, p.tape = &Volume{}, &Volume{}
		return err
	case TapeHeader:
		p.close()
		p.tape = &Volume{}
		return p.volumeLabel(r, &p.tape.Header)
	case TapeTrailer:
		p.close()
		err := p.volumeLabel(r, &p.tape.Trailer)
		p.tape = &Volume{}
		return err
	case FileHeader:
		p.close()
		if err := p.start(); err != nil {
			return err
		}
		return p.fileLabel(r, &p.open.Header)
	}
	if err := p.needFile(r); err != nil {
		return err
	}
	switch r.Type {
	case FileTrailer:
		err := p.fileLabel(r, &p.open.Trailer)
		p.close()
		return err
	case FormatSpec:
		p.open.Records = append(p.open.Records, r)
		return p.format(r)
	}
	p.open.Records = append(p.open.Records, r)
	return nil
}

// start begins a logical file.
func (p *partition) start() error {
	if err := p.file.charge(fileBytes); err != nil {
		return err
	}
	p.open = &LogicalFile{Reel: p.reel, Tape: p.tape, file: p.file}
	p.file.LogicalFiles = append(p.file.LogicalFiles, p.open)
	return nil
}

// needFile begins a logical file without a header.
func (p *partition) needFile(r Record) error {
	if p.open != nil {
		return nil
	}
	if err := p.start(); err != nil {
		return err
	}
	return p.file.s.report(damage.Minor, r.Offset, "a logical file starts with a %s record: it has no header", r.Type)
}

func (p *partition) close() { p.open, p.current = nil, [2]*Format{} }

func (p *partition) fileLabel(r Record, to **FileLabel) error {
	p.open.Records = append(p.open.Records, r)
	b, err := p.label(r, fileLabelBytes)
	*to = p.file.texts.fileLabel(b)
	return err
}

func (p *partition) volumeLabel(r Record, to **VolumeLabel) error {
	if err := p.file.charge(labelBytes); err != nil {
		return err
	}
	b, err := p.label(r, volumeLabelBytes)
	*to = p.file.texts.volumeLabel(b)
	return err
}

// label reads a record of fixed size.
func (p *partition) label(r Record, size int64) ([]byte, error) {
	b, err := p.reader.whole(Record{Type: r.Type, Offset: r.Offset, end: r.end, size: min(r.size, size)})
	if err == nil && r.size != size {
		err = p.file.s.report(damage.Minor, r.Offset, "a %s of %d bytes: the standard has %d", r.Type, r.size, size)
	}
	return b, err
}

func (p *partition) format(r Record) error {
	if err := p.file.charge(formatBytes); err != nil {
		return err
	}
	b, err := p.reader.whole(r)
	if errors.Is(err, ErrDamaged) {
		return p.file.s.report(damage.Major, r.Offset, "%v", err)
	} else if err != nil {
		return err
	}
	format, err := p.file.parseFormat(r, b)
	if err != nil {
		return err
	}
	p.open.Formats = append(p.open.Formats, format)
	p.current[format.dataType] = format
	return nil
}

// data counts a data record's frames.
func (p *partition) data(r Record) error {
	if err := p.needFile(r); err != nil {
		return err
	}
	f := p.current[r.Type]
	if f == nil {
		// A format that leaves its type out is taken for either, as most readers do.
		if f = p.current[1-r.Type]; f == nil {
			p.orphans++
			return nil
		}
		f.anyType = true
	}
	if f.Err != nil {
		return nil
	}
	if f.Records == 0 {
		f.first = r
	}
	f.last = r
	f.Records++
	bytes := r.size
	if f.IndexInRecord {
		bytes -= int64(f.indexCode.Bytes())
	}
	f.Frames += max(0, bytes) / int64(f.frameBytes)
	if over := bytes % int64(f.frameBytes); over != 0 && !r.cut {
		return p.file.s.report(damage.Major, r.Offset, "a data record holds %d bytes beside its frames of %d: left out", over, f.frameBytes)
	}
	return nil
}
