package synth

import "math"

// gaussian is one half of a normalised Gaussian kernel, the centre first, for a standard deviation in samples; only the centre
// for a blur far below a sample.
func gaussian(sigma float64) []float32 {
	if !(sigma > 0.2) {
		return []float32{1}
	}
	half := make([]float64, 1+int(math.Ceil(3*sigma)))
	sum := 0.0
	for i := range half {
		x := float64(i) / sigma
		half[i] = math.Exp(-x * x / 2)
		sum += half[i]
		if i > 0 {
			sum += half[i]
		}
	}
	kernel := make([]float32, len(half))
	for i := range half {
		kernel[i] = float32(half[i] / sum)
	}
	return kernel
}

// blur smooths the latent block in depth (ends repeated) and in azimuth (round the hole).
func (r *renderer) blur() {
	if len(r.kernel) > 1 {
		for j := range r.columns {
			blurLine(r.blurred[j*r.height:(j+1)*r.height], r.image[j*r.height:(j+1)*r.height], r.kernel)
		}
		r.image, r.blurred = r.blurred, r.image
	}
	if len(r.across) > 1 {
		r.blurAround()
		r.image, r.blurred = r.blurred, r.image
	}
}

// blurLine convolves a line with a symmetric kernel.
func blurLine(dst, src, kernel []float32) {
	last := len(src) - 1
	for i := range dst {
		sum := kernel[0] * src[i]
		if lo, hi := i-len(kernel)+1, i+len(kernel)-1; lo >= 0 && hi <= last {
			for k := 1; k < len(kernel); k++ {
				sum += kernel[k] * (src[i-k] + src[i+k])
			}
		} else {
			for k := 1; k < len(kernel); k++ {
				sum += kernel[k] * (src[max(0, i-k)] + src[min(last, i+k)])
			}
		}
		dst[i] = sum
	}
}

// blurAround convolves the columns of the latent block with the azimuth kernel.
func (r *renderer) blurAround() {
	for j := range r.columns {
		dst := r.blurred[j*r.height : (j+1)*r.height]
		src := r.image[j*r.height : (j+1)*r.height]
		for i, v := range src {
			dst[i] = r.across[0] * v
		}
		for k := 1; k < len(r.across); k++ {
			weight := r.across[k]
			left := ((j-k)%r.columns + r.columns) % r.columns
			right := (j + k) % r.columns
			a, b := r.image[left*r.height:(left+1)*r.height], r.image[right*r.height:(right+1)*r.height]
			for i := range dst {
				dst[i] += weight * (a[i] + b[i])
			}
		}
	}
}
