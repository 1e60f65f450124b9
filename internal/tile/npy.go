package tile

import (
	"fmt"
	"strings"
)

// npyHeaderLen is the length of a shard's NPY header: fixed, so that it can be rewritten when the number of tiles is known and a
// tile can be read by its offset.
const npyHeaderLen = 128

// npyHeader is the header of a little-endian float32 array [tiles, rows, columns, channels] in NPY format version 1.0
// (numpy.lib.format).
func npyHeader(tiles int, opt Options) []byte {
	dict := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d, %d, %d), }", tiles, opt.Rows, opt.Columns, opt.Channels())
	const prefix = 10 // magic, version, length of what follows
	pad := npyHeaderLen - prefix - 1 - len(dict)
	return []byte("\x93NUMPY\x01\x00" + string([]byte{npyHeaderLen - prefix, 0}) + dict + strings.Repeat(" ", pad) + "\n")
}

// npyOffset is where tile i of a shard begins.
func npyOffset(i int, opt Options) int64 { return npyHeaderLen + int64(i)*int64(opt.Size())*4 }
