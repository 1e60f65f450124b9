package lis

import (
	"errors"
	"fmt"
	"io"
)

// Bounds on what a file of nothing but headers costs in memory; real files stay far below them.
const (
	maxLogicalFiles = 4096
	maxRecords      = 1 << 16
	maxFormats      = 1 << 13
)

var errTooMany = errors.New("a file of nothing but headers")

// Options change how a file is read.
type Options struct {
	// Actions say what is done about issues, by severity. Those not named are kept, but Critical ones fail: see Lenient.
	Actions map[Severity]Action
	// Encodings are tried in turn for text that is not UTF-8, by the names of the WHATWG encoding standard; then Latin-1.
	Encodings []string
}

// File is an open LIS79 file.
type File struct {
	TIF          bool // the file has tape marks (tape image format)
	LogicalFiles []*LogicalFile
	Issues       []Issue // the first thousand

	s        *scanner
	texts    texts
	channels int // of all formats
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
// ErrFormat if nothing of the file is LIS79, else it is an *IssueError or comes from r.
func Open(r io.ReaderAt, size int64, opt Options) (*File, error) {
	texts, err := newTexts(opt.Encodings)
	if err != nil {
		return nil, fmt.Errorf("open LIS79: %w", err)
	}
	log := &issues{policy: strict()}
	for severity, action := range opt.Actions {
		if severity < Info || severity > Critical || action < Ignore || action > Fail {
			return nil, fmt.Errorf("open LIS79: no action %d for severity %d", action, severity)
		}
		log.policy[severity] = action
	}
	s, err := newScanner(r, size, log)
	if err != nil {
		return nil, fmt.Errorf("open LIS79: %w", err)
	}
	f := &File{TIF: s.order != nil, s: s, texts: texts}
	p := &partition{file: f, reel: &Volume{}, tape: &Volume{}}
	if err := p.run(); err != nil {
		return nil, fmt.Errorf("open LIS79: %w", err)
	}
	f.Issues = log.list
	return f, nil
}

// partition sorts records into reels, tapes and logical files.
type partition struct {
	file       *File
	reel, tape *Volume
	open       *LogicalFile
	records    int
	formats    int
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
			if err := s.report(Critical, r.Offset, "%v: reading stops here", err); err != nil {
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
		if err := p.file.s.report(Info, p.file.s.w.size, "the last logical file has no trailer"); err != nil {
			return err
		}
	}
	if p.orphans > 0 {
		return p.file.s.report(Major, 0, "%d data records have no format before them: left out", p.orphans)
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
	if p.records++; p.records > maxRecords {
		return fmt.Errorf("%w: more than %d records beside the data", errTooMany, maxRecords)
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
	if len(p.file.LogicalFiles) == maxLogicalFiles {
		return fmt.Errorf("%w: more than %d logical files", errTooMany, maxLogicalFiles)
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
	return p.file.s.report(Minor, r.Offset, "a logical file starts with a %s record: it has no header", r.Type)
}

func (p *partition) close() { p.open, p.current = nil, [2]*Format{} }

func (p *partition) fileLabel(r Record, to **FileLabel) error {
	p.open.Records = append(p.open.Records, r)
	b, err := p.label(r, fileLabelBytes)
	*to = p.file.texts.fileLabel(b)
	return err
}

func (p *partition) volumeLabel(r Record, to **VolumeLabel) error {
	b, err := p.label(r, volumeLabelBytes)
	*to = p.file.texts.volumeLabel(b)
	return err
}

// label reads a record of fixed size.
func (p *partition) label(r Record, size int64) ([]byte, error) {
	b, err := readWhole(p.file.s, Record{Type: r.Type, Offset: r.Offset, end: r.end, size: min(r.size, size)})
	if err == nil && r.size != size {
		err = p.file.s.report(Minor, r.Offset, "a %s of %d bytes: the standard has %d", r.Type, r.size, size)
	}
	return b, err
}

func (p *partition) format(r Record) error {
	if p.formats++; p.formats > maxFormats {
		return fmt.Errorf("%w: more than %d formats", errTooMany, maxFormats)
	}
	b, err := readWhole(p.file.s, r)
	if errors.Is(err, ErrDamaged) {
		return p.file.s.report(Major, r.Offset, "%v", err)
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
		return p.file.s.report(Major, r.Offset, "a data record holds %d bytes beside its frames of %d: left out", over, f.frameBytes)
	}
	return nil
}
