package kernel

// MaxPoolRow computes one row of n pixels of a 3 x 3 maximum with stride 2: the window of output pixel p covers the input pixels
// 2p, 2p+1 and 2p+2 of three rows, the first of which begins at x[0] and the others row floats further on each. A pixel is c
// contiguous floats, in y too. Where an input is NaN the result is unspecified.
func MaxPoolRow(y, x []float32, row, n, c int) {
	if n <= 0 || c <= 0 {
		return
	}
	y, x = y[:n*c], x[:2*row+(2*n+1)*c]
	for ch := maxPoolRowVec(y, x, row, n, c); ch < c; ch++ {
		for p := range n {
			m := x[2*p*c+ch]
			for k := range 9 {
				m = max(m, x[k/3*row+(2*p+k%3)*c+ch])
			}
			y[p*c+ch] = m
		}
	}
}

// MaxPoolRowGrad is the backward pass of MaxPoolRow: dx += dy at every input pixel that equals the maximum of its window. x and y
// are as they were forward, dx lies as x does, dy as y.
func MaxPoolRowGrad(dx, x, dy, y []float32, row, n, c int) {
	if n <= 0 || c <= 0 {
		return
	}
	dy, y = dy[:n*c], y[:n*c]
	x = x[:2*row+(2*n+1)*c]
	dx = dx[:len(x)]
	for ch := maxPoolRowGradVec(dx, x, dy, y, row, n, c); ch < c; ch++ {
		for p := range n {
			for k := range 9 {
				if at := k/3*row + (2*p+k%3)*c + ch; x[at] == y[p*c+ch] {
					dx[at] += dy[p*c+ch]
				}
			}
		}
	}
}
