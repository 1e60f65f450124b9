package dlis

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// Options change how a file is read. The zero value is right for most files.
type Options struct {
	// Actions says what is done about the issues of a severity, where it is not: keep them all, and fail at the first critical one.
	Actions map[damage.Severity]damage.Action
	// Encodings are the encodings that texts which are not UTF-8 are tried in, in turn, by their WHATWG names. nil stands for
	// windows-1252; empty keeps the bytes as they are.
	Encodings []string
}

// File is an open DLIS file. It is not safe for concurrent use.
type File struct {
	Label        *Label // nil where it is missing
	TIF          bool   // the file is a tape image
	LogicalFiles []*LogicalFile

	src   tape
	log   damage.Log
	texts texts

	size  int64 // bytes
	taken int64 // bytes of memory, see charge

	largest int // bytes of the largest set
}

// LogicalFile is one of the files within a storage unit.
type LogicalFile struct {
	Number           int    // in the file, from 1
	Label            *Label // of its storage unit; nil where it is missing
	EncryptedRecords int    // they are skipped

	file     *File
	end      int64
	sets     []*set
	data     map[ObName]*samples // of frames, by name
	noFormat map[ObName]*samples // of NO-FORMAT objects, likewise

	// What Channels and Frames return from the second call on.
	channels                 []*Channel
	frames                   []*Frame
	channelsErr, framesErr   error
	channelsDone, framesDone bool
}

// samples says where the IFLRs of a frame are.
type samples struct {
	first   cursor
	records int
	bytes   int64 // of all bodies, without the name
}

const (
	kindData     = 0
	kindNoFormat = 1
	// maxObname is the longest OBNAME.
	maxObname = 4 + 1 + 256
)

// Open reads through a file and finds its logical files, sets and frames; r must stay open while the File is used. It fails with
// ErrFormat for what is not DLIS, with a *damage.Error for what Options.Actions does not let pass, and with errors of r.
func Open(r io.ReaderAt, size int64, opt Options) (*File, error) {
	names := opt.Encodings
	if names == nil {
		names = []string{"windows-1252"}
	}
	t, err := newTexts(names)
	if err != nil {
		return nil, err
	}
	f := &File{texts: t, size: size}
	if f.log, err = damage.NewLog(opt.Actions, ErrDamaged); err != nil {
		return nil, err
	}
	if f.src, err = untape(r, size, &f.log); err != nil {
		return nil, err
	}
	f.TIF = f.src.tif
	s := &scanner{src: &f.src, log: &f.log}
	if err := f.findStart(s); err != nil {
		return nil, err
	}
	if err := f.index(s); err != nil {
		return nil, err
	}
	return f, nil
}

// Issues returns what has been found wrong so far: reading sets and samples adds to it.
func (f *File) Issues() []damage.Issue { return f.log.Issues() }

// index finds the records.
func (f *File) index(s *scanner) error {
	var file *LogicalFile
	label, labelAt := f.Label, int64(0)
	var seen map[string]*samples // by kind and name as written
	limit := func(attrs, kind byte) int {
		switch {
		case attrs&bitEncrypted != 0:
			return 0
		case attrs&bitExplicit != 0:
			return 1 << 40 // all
		}
		return maxObname
	}
	for {
		rec, ok, err := s.next(limit)
		if err != nil || !ok {
			return err
		}
		// A FILE-HEADER starts a logical file, but for the first: there may be records before it where it is missing.
		if file == nil || rec.explicit && rec.kind == 0 && (len(file.sets) > 0 || file.EncryptedRecords > 0) {
			if s.label != labelAt {
				labelAt = s.label
				b := make([]byte, labelBytes)
				if b, err = f.src.readAt(b, labelAt); err != nil {
					return err
				}
				label = parseLabel(b, f.texts)
			}
			if !f.charge(fileBytes) {
				return f.log.Add(damage.Major, rec.at, file.where(), "it has far more logical files than content", "reading stops here")
			}
			file = &LogicalFile{
				Number: len(f.LogicalFiles) + 1, Label: label, file: f,
				data: map[ObName]*samples{}, noFormat: map[ObName]*samples{},
			}
			seen = map[string]*samples{}
			f.LogicalFiles = append(f.LogicalFiles, file)
		}
		file.end = s.cur.pos
		switch {
		case rec.encrypted:
			if file.EncryptedRecords++; file.EncryptedRecords == 1 {
				err = f.log.Add(damage.Info, rec.at, file.where(), "it has encrypted records", "they are skipped")
			}
		case rec.explicit:
			err = file.addSet(rec)
		case rec.kind == kindData || rec.kind == kindNoFormat:
			err = file.addSamples(rec, seen)
		}
		if err != nil {
			return err
		}
	}
}

func (l *LogicalFile) where() string { return fmt.Sprintf("logical file %d", l.Number) }

// addSamples counts an IFLR.
func (l *LogicalFile) addSamples(rec record, seen map[string]*samples) error {
	after, ok := skipObname(rec.body)
	if !ok {
		if rec.size == 0 {
			return nil
		}
		return l.file.log.Add(damage.Critical, rec.at, l.where(), "a record of samples does not say of which frame", "it was skipped")
	}
	raw := rec.body[:len(rec.body)-len(after)]
	s := seen[string(raw)]
	if s == nil || rec.kind == kindNoFormat {
		name, _ := l.file.texts.obname(raw)
		group := l.data
		if rec.kind == kindNoFormat {
			group = l.noFormat
		}
		if s = group[name]; s == nil {
			if !l.file.charge(samplesBytes) {
				return l.file.log.Add(damage.Major, rec.at, l.where(), "it has far more frames than samples", "the record was skipped")
			}
			s = &samples{first: rec.from}
			group[name] = s
		}
		if rec.kind == kindData && l.file.charge(samplesBytes) {
			seen[string(raw)] = s
		}
	}
	s.records++
	s.bytes += rec.size - int64(len(raw))
	return nil
}

// addSet keeps an EFLR.
func (l *LogicalFile) addSet(rec record) error {
	if len(rec.body) == 0 {
		return nil
	}
	// The buffer of the scanner grows to the largest record, and is there twice while it grows.
	growth := max(0, len(rec.body)-l.file.largest)
	l.file.largest += growth
	if !l.file.charge(setBytes + len(rec.body) + 2*growth) {
		return l.file.log.Add(damage.Major, rec.at, l.where(), "it has far more sets of objects than content", "the set was skipped")
	}
	set := &set{at: rec.at, file: l, body: bytes.Clone(rec.body)}
	if err := set.readHeader(); err != nil {
		var issue *damage.Error
		if !errors.As(err, &issue) {
			return l.file.log.Add(damage.Critical, rec.at, l.where(), err.Error(), "the record was skipped")
		}
		return err
	}
	l.sets = append(l.sets, set)
	return nil
}
