package main

import "testing"

// TestInTurn: all kinds are taken equally often, every other well of each disturbed, whether their number is odd or even.
func TestInTurn(t *testing.T) {
	for kinds := 1; kinds <= 16; kinds++ {
		taken := map[int][2]int{}
		for i := range 10 * kinds {
			kind, disturb := inTurn(i, kinds)
			n := taken[kind]
			if disturb {
				n[1]++
			} else {
				n[0]++
			}
			taken[kind] = n
		}
		if len(taken) != kinds {
			t.Errorf("%d kinds of %d taken", len(taken), kinds)
		}
		for kind, n := range taken {
			if n != [2]int{5, 5} {
				t.Errorf("kind %d of %d: %d as they are, %d disturbed", kind, kinds, n[0], n[1])
			}
		}
	}
}
