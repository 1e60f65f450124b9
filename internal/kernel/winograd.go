package kernel

import "math"

// The Winograd convolution F(4x4, 3x3) (A. Lavin and S. Gray, Fast algorithms for convolutional neural networks, 2016) computes
// 4 x 4 pixels of a 3 x 3 convolution with 36 products per pair of channels instead of 144:
//
//	Y = A^T [ (G g G^T) * (B^T d B) ] A
//
// with d the 6 x 6 pixels of input, g the 3 x 3 weights and * taken element by element. With many tiles and channels, * is 36
// matrix products. Its error in float32 is some 1e-5 of the largest output, ten times that of the direct sum. Transposed, it gives the
// gradient of the weights from that of the output, in as few products:
//
//	dg = G^T [ (A dY A^T) * (B^T d B) ] G, summed over the tiles
const (
	WinogradTile   = 4  // output pixels of a tile in each direction
	WinogradInput  = 6  // input pixels of a tile in each direction
	WinogradPoints = 36 // matrix products
)

// WinogradScratch is the number of floats that the transforms need to work in.
const WinogradScratch = WinogradPoints * 16

// WinogradWeights transforms n products of weights at a time: u[k*uStep : k*uStep+n] = (G g G^T)[k] for the 36 points k, where tap t of
// the 3 x 3 weights, row by row, is g[t*gStep : t*gStep+n].
func WinogradWeights(u []float32, uStep int, g []float32, gStep, n int) {
	if n <= 0 {
		return
	}
	_, _ = u[(WinogradPoints-1)*uStep+n-1], g[8*gStep+n-1]
	for l := winogradWeightsVec(u, uStep, g, gStep, n); l < n; l++ {
		var t [WinogradInput * 3]float32
		for b := range 3 {
			for i, v := range winogradWeights3(g[b*gStep+l], g[(3+b)*gStep+l], g[(6+b)*gStep+l]) {
				t[3*i+b] = v
			}
		}
		for i := range WinogradInput {
			for j, v := range winogradWeights3(t[3*i], t[3*i+1], t[3*i+2]) {
				u[(i*WinogradInput+j)*uStep+l] = v
			}
		}
	}
}

func winogradWeights3(a, b, c float32) [WinogradInput]float32 {
	s, d := (a+c)/-6, b/6
	e, f := a/24+c/6, b/12
	return [WinogradInput]float32{a / 4, s - d, s + d, e + f, e - f, c}
}

// WinogradIn transforms one tile of c channels: v[k*vStep : k*vStep+c] = (B^T x B)[k] for the 36 points k. The input pixel (i, j)
// begins at x[i*row+j*pixel]. tmp holds WinogradScratch floats, best aligned to 64 bytes.
func WinogradIn(v []float32, vStep int, x []float32, row, pixel, c int, tmp []float32) {
	_, _, _ = v[(WinogradPoints-1)*vStep+c-1], x[(WinogradInput-1)*(row+pixel)+c-1], tmp[WinogradScratch-1]
	for ch := winogradInVec(v, vStep, x, row, pixel, c, tmp); ch < c; ch++ {
		winogradSpread(v[ch:], vStep, x[ch:], row, pixel, WinogradInput, winogradIn6)
	}
}

// winogradSpread transforms size x size pixels of one channel to 36 points, columns first.
func winogradSpread(v []float32, vStep int, x []float32, row, pixel, size int, transform func(d *[WinogradInput]float32) [WinogradInput]float32) {
	var t [WinogradInput][WinogradInput]float32
	for j := range size {
		var d [WinogradInput]float32
		for i := range size {
			d[i] = x[i*row+j*pixel]
		}
		for i, s := range transform(&d) {
			t[i][j] = s
		}
	}
	for i := range t {
		for j, s := range transform(&t[i]) {
			v[(i*WinogradInput+j)*vStep] = s
		}
	}
}

func winogradIn6(d *[WinogradInput]float32) [WinogradInput]float32 {
	a, b, e, f := d[4]-4*d[2], d[3]-4*d[1], d[4]-d[2], d[3]-d[1]
	return [WinogradInput]float32{4*d[0] - 5*d[2] + d[4], a + b, a - b, e + 2*f, e - 2*f, 4*d[1] - 5*d[3] + d[5]}
}

// WinogradOut transforms one tile of c channels back: y = act(A^T m A + bias + res). Point k of the products begins at m[k*mStep],
// pixel (i, j) of y, and of res where it is not nil, at i*row+j*pixel. bias has c floats; act is the ReLU where relu is set. tmp is
// as for WinogradIn.
func WinogradOut(y, res []float32, row, pixel int, m []float32, mStep int, bias []float32, relu bool, c int, tmp []float32) {
	last := (WinogradTile-1)*(row+pixel) + c - 1
	_, _, _, _ = y[last], m[(WinogradPoints-1)*mStep+c-1], bias[c-1], tmp[WinogradScratch-1]
	if res != nil {
		_ = res[last]
	}
	floor := float32(math.Inf(-1))
	if relu {
		floor = 0
	}
	for ch := winogradOutVec(y, res, row, pixel, m, mStep, bias, floor, c, tmp); ch < c; ch++ {
		var t [WinogradInput * WinogradTile]float32
		for i := range WinogradInput {
			var d [WinogradInput]float32
			for j := range d {
				d[j] = m[(i*WinogradInput+j)*mStep+ch]
			}
			for j, s := range winogradOut6(&d) {
				t[i*WinogradTile+j] = s
			}
		}
		for j := range WinogradTile {
			var d [WinogradInput]float32
			for i := range d {
				d[i] = t[i*WinogradTile+j]
			}
			for i, s := range winogradOut6(&d) {
				at := i*row + j*pixel + ch
				s += bias[ch]
				if res != nil {
					s += res[at]
				}
				if s < floor {
					s = floor
				}
				y[at] = s
			}
		}
	}
}

func winogradOut6(m *[WinogradInput]float32) [WinogradTile]float32 {
	a, b, e, f := m[1]+m[2], m[1]-m[2], m[3]+m[4], m[3]-m[4]
	return [WinogradTile]float32{m[0] + a + e, b + 2*f, a + 4*e, m[5] + b + 8*f}
}

// WinogradGrad transforms the gradient of one tile of c channels: z[k*zStep : k*zStep+c] = (A dy A^T)[k] for the 36 points k. Pixel
// (i, j) of dy begins at i*row+j*pixel. tmp is as for WinogradIn.
func WinogradGrad(z []float32, zStep int, dy []float32, row, pixel, c int, tmp []float32) {
	_, _, _ = z[(WinogradPoints-1)*zStep+c-1], dy[(WinogradTile-1)*(row+pixel)+c-1], tmp[WinogradScratch-1]
	for ch := winogradGradVec(z, zStep, dy, row, pixel, c, tmp); ch < c; ch++ {
		winogradSpread(z[ch:], zStep, dy[ch:], row, pixel, WinogradTile, winogradGrad4)
	}
}

func winogradGrad4(d *[WinogradInput]float32) [WinogradInput]float32 {
	a, b, e, f := d[0]+d[2], d[1]+d[3], d[0]+4*d[2], 2*d[1]+8*d[3]
	return [WinogradInput]float32{d[0], a + b, a - b, e + f, e - f, d[3]}
}

// WinogradWeightGrad transforms n sums of products back and adds them: dw[t*wStep : t*wStep+n] += (G^T u G)[t] for the nine taps t,
// row by row, where the sums of point k are u[k*uStep : k*uStep+n]. tmp is as for WinogradIn.
func WinogradWeightGrad(dw []float32, wStep int, u []float32, uStep, n int, tmp []float32) {
	if n <= 0 {
		return
	}
	_, _, _ = dw[8*wStep+n-1], u[(WinogradPoints-1)*uStep+n-1], tmp[WinogradScratch-1]
	for l := winogradWeightGradVec(dw, wStep, u, uStep, n, tmp); l < n; l++ {
		var t [3 * WinogradInput]float32
		for j := range WinogradInput {
			var d [WinogradInput]float32
			for i := range d {
				d[i] = u[(i*WinogradInput+j)*uStep+l]
			}
			for a, s := range winogradWeightGrad6(&d) {
				t[a*WinogradInput+j] = s
			}
		}
		for a := range 3 {
			d := [WinogradInput]float32(t[a*WinogradInput:])
			for b, s := range winogradWeightGrad6(&d) {
				dw[(3*a+b)*wStep+l] += s
			}
		}
	}
}

func winogradWeightGrad6(u *[WinogradInput]float32) [3]float32 {
	s, d, e, f := u[1]+u[2], u[2]-u[1], u[3]+u[4], u[3]-u[4]
	return [3]float32{u[0]/4 - s/6 + e/24, d/6 + f/12, (e-s)/6 + u[5]}
}
