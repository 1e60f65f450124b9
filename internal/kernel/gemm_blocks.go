//go:build amd64 || arm64

package kernel

import "unsafe"

// gemmVec runs the product on a panel, or on half of one, with microkernels and reports whether it did. They take their arguments from a
// copy, whose addresses move on from block to block of rows.
func gemmVec(a *Args, m, columns int) bool {
	if active == generic {
		return false
	}
	block := *a
	if block.KIn == 1 { // those of amd64 do the last two steps of the inner loop apart: let the outer one be it
		block.KIn, block.AK, block.BK, block.KOut = a.KOut, a.AOut, a.BOut, 1
	}
	if block.KIn < 2 {
		return false
	}
	most := gemmMost(columns)
	blocks := (m + most - 1) / most
	for i := range blocks {
		rows := blockRows(m, blocks, i)
		gemmBlock(&block, rows, columns)
		if i < blocks-1 { // an address past the last row could point outside of every object
			block.advance(rows)
		}
	}
	return true
}

// blockRows is the number of rows of the i-th of the blocks that m rows are split into.
func blockRows(m, blocks, i int) int {
	if i < m%blocks {
		return m/blocks + 1
	}
	return m / blocks
}

// advance moves a on by some rows.
func (a *Args) advance(rows int) {
	a.A = unsafe.Add(a.A, uintptr(rows)*a.ARow)
	a.C = unsafe.Add(a.C, uintptr(rows)*a.CRow)
	if a.Res != nil {
		a.Res = unsafe.Add(a.Res, uintptr(rows)*a.CRow)
	}
}
