package npz

import (
	"bufio"
	"errors"
	"io"
)

// aheadBytes are unpacked ahead of what has been read: as much as is decoded at a time.
const aheadBytes = 4 * chunkElements

// ahead unpacks a member of an archive while what it gave before is being decoded.
type ahead struct {
	*io.PipeReader
	done chan struct{}
}

// readAhead takes r over, which Close closes.
func readAhead(r io.ReadCloser) io.ReadCloser {
	pipe, to := io.Pipe()
	a := ahead{pipe, make(chan struct{})}
	go func() {
		defer close(a.done)
		defer r.Close()
		w := bufio.NewWriterSize(to, aheadBytes)
		_, err := w.ReadFrom(r)
		to.CloseWithError(errors.Join(w.Flush(), err))
	}()
	return a
}

// Close stops unpacking, and waits until nothing reads the archive any more.
func (a ahead) Close() error {
	err := a.PipeReader.Close()
	<-a.done
	return err
}
