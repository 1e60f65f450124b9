package lis

// FileLabel is a file header or trailer record. Fields are as written, without padding.
type FileLabel struct {
	Name          string // such as HDT   .001
	ServiceName   string
	Version       string
	Date          string
	MaxRecord     string // longest physical record, bytes
	FileType      string
	OtherFileName string // header: the previous file; trailer: the next
}

// VolumeLabel is a reel or tape header or trailer record. Fields are as written, without padding.
type VolumeLabel struct {
	ServiceName  string
	Date         string
	Origin       string
	Name         string
	Continuation string
	OtherName    string // header: the previous volume; trailer: the next
	Comment      string
}

// Volume is a reel or a tape; each label may be missing.
type Volume struct {
	Header, Trailer *VolumeLabel
}

// field is one of a label's fixed fields; blanks stand between them.
type field struct {
	at, n int
	to    *string
}

const (
	fileLabelBytes   = 56
	volumeLabelBytes = 126
)

func (t texts) fileLabel(b []byte) *FileLabel {
	l := &FileLabel{}
	t.fields(b, []field{{0, 10, &l.Name}, {12, 6, &l.ServiceName}, {18, 8, &l.Version}, {26, 8, &l.Date}, {35, 5, &l.MaxRecord},
		{42, 2, &l.FileType}, {46, 10, &l.OtherFileName}})
	return l
}

func (t texts) volumeLabel(b []byte) *VolumeLabel {
	l := &VolumeLabel{}
	t.fields(b, []field{{0, 6, &l.ServiceName}, {12, 8, &l.Date}, {22, 4, &l.Origin}, {28, 8, &l.Name}, {38, 2, &l.Continuation},
		{42, 8, &l.OtherName}, {52, 74, &l.Comment}})
	return l
}

// fields cuts a label; what is behind its end stays empty.
func (t texts) fields(b []byte, fields []field) {
	for _, f := range fields {
		from := min(f.at, len(b))
		*f.to = t.name(b[from:min(f.at+f.n, len(b))])
	}
}
