package dlis

import "unsafe"

// The smallest things in a file take far more in memory: an object of 5 bytes more than 100. So what is kept of a file is charged to
// a budget of three times its size and spareBytes, so that with the garbage that waits to be collected it is four times. Real files
// stay far below that, for their samples, which are not kept, pay for their sets.
const (
	bytesPerByte = 3
	spareBytes   = 1 << 19

	listBytes    = 5 * int(unsafe.Sizeof(uintptr(0))) // of a list of pointers that grows, with the shorter ones it leaves behind
	nameBytes    = int(unsafe.Sizeof(ObName{})) + 16
	fileBytes    = int(unsafe.Sizeof(LogicalFile{})) + listBytes + 512 // its maps
	samplesBytes = 2*nameBytes + 64
	setBytes     = int(unsafe.Sizeof(set{})) + listBytes + 256 // and what is said of it
	slotBytes    = 3*int(unsafe.Sizeof(slot{})) + 32
	objectBytes  = int(unsafe.Sizeof(Object{})) + 2*listBytes + nameBytes
	channelBytes = int(unsafe.Sizeof(Channel{})) + 2*listBytes + 2*nameBytes + 64
	frameBytes   = int(unsafe.Sizeof(Frame{})) + listBytes + nameBytes + 64
)

// charge counts memory that is about to be taken; false if there is none left.
func (f *File) charge(n int) bool {
	if f.taken+int64(n) > bytesPerByte*f.size+spareBytes {
		return false
	}
	f.taken += int64(n)
	return true
}
