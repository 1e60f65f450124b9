//go:build amd64 || arm64

package kernel

// whole returns n rounded down to whole vectors.
func whole(n int) int {
	if active == generic {
		return 0
	}
	return n &^ (active.lanes() - 1)
}
