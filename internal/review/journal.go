package review

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The journal is JSON lines: a header that names the picks, then one line for each change in the order in which they were made. It is
// only ever appended to, and each line is on the disk before the change counts. A program that was killed may leave a part of a line at
// the end: that change was never acknowledged, and is dropped.

// ErrOtherPicks is wrapped where a journal belongs to picks other than those that are reviewed.
var ErrOtherPicks = errors.New("the journal belongs to other picks")

// ErrTaken is wrapped where another program has written to an open journal.
var ErrTaken = errors.New("another program writes to the journal")

// DamageError is a journal that cannot be read to its end.
type DamageError struct {
	Path  string
	Line  int // from 1
	Cause error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("journal %s, line %d: %v: nothing was changed; keep a copy, then cut the file before that line to go on from there", e.Path, e.Line, e.Cause)
}

func (e *DamageError) Unwrap() error { return e.Cause }

const (
	journalFormat  = "geobfdt review journal"
	journalVersion = 1
	// maxLine bounds the memory that a file which is no journal can claim.
	maxLine = 1 << 20
)

// Header is the first line of a journal.
type Header struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Picks   string    `json:"picks"`  // name of the picks file
	SHA256  string    `json:"sha256"` // of the picks file
	Started time.Time `json:"started"`
}

// NewHeader is the header of a journal about a picks file with the given contents.
func NewHeader(picksPath string, contents []byte) Header {
	return Header{journalFormat, journalVersion, filepath.Base(picksPath), hash(contents), time.Now().UTC().Truncate(time.Second)}
}

// Op is what a line of a journal did.
type Op string

// Operations. All but the last two carry the item as it is after them.
const (
	OpAccept Op = "accept"
	OpReject Op = "reject"
	OpReopen Op = "reopen"
	OpClass  Op = "class"
	OpMove   Op = "move"
	OpSnap   Op = "snap"
	OpAdd    Op = "add"
	OpUndo   Op = "undo"
	OpRedo   Op = "redo"
)

// Entry is one line of a journal after the header.
type Entry struct {
	Seq  int       `json:"seq"` // from 1, without holes
	Time time.Time `json:"time"`
	Op   Op        `json:"op"`
	Item *Item     `json:"item,omitempty"` // nil for undo and redo
}

func (e *Entry) check(seq int) error {
	switch e.Op {
	case OpAccept, OpReject, OpReopen, OpClass, OpMove, OpSnap, OpAdd:
		if e.Item == nil {
			return fmt.Errorf("a change %q without its item", e.Op)
		}
	case OpUndo, OpRedo:
	default:
		return fmt.Errorf("unknown change %q: the journal may be of a newer geobfdt", e.Op)
	}
	if e.Seq != seq {
		return fmt.Errorf("change %d stands where %d should", e.Seq, seq)
	}
	return nil
}

// Journal is a journal open for writing. It is not safe for concurrent use.
type Journal struct {
	path string
	file *os.File
	size int64 // bytes of whole lines
}

// ReadJournal reads the changes of a journal and leaves it as it is. A file that does not exist has none. It fails with ErrOtherPicks where
// want has another hash, and with a *DamageError where a line before the last cannot be read.
func ReadJournal(path string, want Header) ([]Entry, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	defer file.Close()
	entries, _, err := readJournal(file, path, want)
	return entries, err
}

// OpenJournal opens a journal, making it where it does not exist, and returns the changes that it holds. A part of a line at its end is
// cut off. It fails as ReadJournal does.
func OpenJournal(path string, header Header) (*Journal, []Entry, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{path: path, file: file}
	entries, err := j.resume(header)
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return j, entries, nil
}

func (j *Journal) resume(header Header) (entries []Entry, err error) {
	if entries, j.size, err = readJournal(j.file, j.path, header); err != nil {
		return nil, err
	}
	if err := j.file.Truncate(j.size); err != nil {
		return nil, fmt.Errorf("journal: cut the unfinished line: %w", err)
	}
	if j.size > 0 {
		return entries, nil
	}
	if err := j.appendLine(header); err != nil {
		return nil, err
	}
	// The name of a new file is on the disk only once its folder is; where a system cannot do that, there is no other way either.
	if folder, err := os.Open(filepath.Dir(j.path)); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
	return nil, nil
}

// readJournal returns the changes and the length of what can be read, which is 0 where not even the header is whole.
func readJournal(r io.Reader, path string, want Header) (entries []Entry, size int64, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	for number := 1; ; number++ {
		line, err := readLine(in)
		switch {
		case err == io.EOF: // also of a last line without its end: it was never finished
			return entries, size, nil
		case err != nil:
			return nil, 0, &DamageError{path, number, err}
		}
		if number == 1 {
			err = checkHeader(line, path, want)
		} else {
			var e Entry
			if err = json.Unmarshal(line, &e); err == nil {
				err = e.check(len(entries) + 1)
			}
			entries = append(entries, e)
		}
		if errors.Is(err, ErrOtherPicks) {
			return nil, 0, err
		}
		if err != nil {
			return nil, 0, &DamageError{path, number, err}
		}
		size += int64(len(line))
	}
}

// readLine returns a line with its end; io.EOF where none ends.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, fmt.Errorf("longer than %d bytes: this is no journal", maxLine)
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

func checkHeader(line []byte, path string, want Header) error {
	var h Header
	if err := json.Unmarshal(line, &h); err != nil || h.Format != journalFormat {
		return errors.New("this is no review journal")
	}
	if h.Version != journalVersion {
		return fmt.Errorf("version %d, this geobfdt knows %d", h.Version, journalVersion)
	}
	if h.SHA256 != want.SHA256 {
		return fmt.Errorf("%w: %s was begun on %s with the picks %s, and these have other contents: bring those back, or move the journal away to begin anew",
			ErrOtherPicks, path, h.Started.Format(time.DateOnly), h.Picks)
	}
	return nil
}

// Append writes one change. When it returns without an error, the change is on the disk; after an error the journal is as before.
func (j *Journal) Append(e Entry) error { return j.appendLine(e) }

func (j *Journal) appendLine(v any) error {
	var line bytes.Buffer
	if err := json.NewEncoder(&line).Encode(v); err != nil { // ends the line
		return fmt.Errorf("journal: %w", err)
	}
	if err := j.checkOurs(); err != nil {
		return err
	}
	_, err := j.file.WriteAt(line.Bytes(), j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		// A part of a line would be dropped when the journal is read, but not once another follows it.
		return errors.Join(fmt.Errorf("write journal: %w", err), j.file.Truncate(j.size))
	}
	j.size += int64(line.Len())
	return nil
}

// checkOurs finds a journal that another program has written to, replaced or removed since our last line. Locks that every system and
// network drive knows do not exist, and those of a killed program may stay; people work slowly enough for this.
func (j *Journal) checkOurs() error {
	open, err := j.file.Stat()
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	there, err := os.Stat(j.path)
	if err != nil || !os.SameFile(open, there) || there.Size() != j.size {
		return fmt.Errorf("%w: %s is not as this review left it: end one of the two reviews and open this page anew", ErrTaken, j.path)
	}
	return nil
}

// Close closes the journal. All of it is on the disk already.
func (j *Journal) Close() error { return j.file.Close() }
