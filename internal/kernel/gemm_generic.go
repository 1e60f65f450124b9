package kernel

import "unsafe"

// gemmGeneric is Gemm in portable Go: blocks of 4 x 2, whose 8 sums and 6 operands fit the 16 float registers of
// amd64 (tried and slower: 2 x 4 and 1 x 8). Addresses are always base + offset: a pointer that runs past its object would be a hazard
// to the garbage collector.
func gemmGeneric(a *Args, m, columns int) {
	i := 0
	for ; i+4 <= m; i += 4 {
		for j := 0; j < columns; j += 2 {
			block4x2(a, i, j)
		}
	}
	for ; i < m; i++ {
		for j := 0; j < columns; j += 4 {
			block1x4(a, i, j)
		}
	}
}

func block4x2(a *Args, i, j int) {
	bias := (*[2]float32)(unsafe.Add(a.Bias, 4*j))
	s00, s01 := bias[0], bias[1]
	s10, s11 := s00, s01
	s20, s21 := s00, s01
	s30, s31 := s00, s01
	row := uintptr(i) * a.ARow
	a0, a1 := unsafe.Add(a.A, row), unsafe.Add(a.A, row+a.ARow)
	a2, a3 := unsafe.Add(a.A, row+2*a.ARow), unsafe.Add(a.A, row+3*a.ARow)
	bCol := unsafe.Add(a.B, 4*j)
	aK, bK := a.AK, a.BK
	for ko := range a.KOut {
		aOff, bOff := ko*a.AOut, ko*a.BOut
		for range a.KIn {
			b := (*[2]float32)(unsafe.Add(bCol, bOff))
			b0, b1 := b[0], b[1]
			x0, x1 := *(*float32)(unsafe.Add(a0, aOff)), *(*float32)(unsafe.Add(a1, aOff))
			x2, x3 := *(*float32)(unsafe.Add(a2, aOff)), *(*float32)(unsafe.Add(a3, aOff))
			s00 += x0 * b0
			s01 += x0 * b1
			s10 += x1 * b0
			s11 += x1 * b1
			s20 += x2 * b0
			s21 += x2 * b1
			s30 += x3 * b0
			s31 += x3 * b1
			aOff += aK
			bOff += bK
		}
	}
	store(a, i, j, []float32{s00, s01})
	store(a, i+1, j, []float32{s10, s11})
	store(a, i+2, j, []float32{s20, s21})
	store(a, i+3, j, []float32{s30, s31})
}

func block1x4(a *Args, i, j int) {
	s := *(*[4]float32)(unsafe.Add(a.Bias, 4*j))
	s0, s1, s2, s3 := s[0], s[1], s[2], s[3]
	aRow := unsafe.Add(a.A, uintptr(i)*a.ARow)
	bCol := unsafe.Add(a.B, 4*j)
	for ko := range a.KOut {
		aOff, bOff := ko*a.AOut, ko*a.BOut
		for range a.KIn {
			b := (*[4]float32)(unsafe.Add(bCol, bOff))
			x := *(*float32)(unsafe.Add(aRow, aOff))
			s0 += x * b[0]
			s1 += x * b[1]
			s2 += x * b[2]
			s3 += x * b[3]
			aOff += a.AK
			bOff += a.BK
		}
	}
	store(a, i, j, []float32{s0, s1, s2, s3})
}

// store finishes the sums of C[i][j:j+len(sums)]: residual, ReLU, write.
func store(a *Args, i, j int, sums []float32) {
	off := uintptr(i)*a.CRow + uintptr(4*j)
	c := unsafe.Slice((*float32)(unsafe.Add(a.C, off)), len(sums))
	for k, s := range sums {
		if a.Res != nil {
			s += *(*float32)(unsafe.Add(a.Res, off+uintptr(4*k)))
		}
		if a.ReLU != 0 && s < 0 {
			s = 0
		}
		c[k] = s
	}
}
