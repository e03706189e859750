package discover

import "testing"

func BenchmarkDiscover(b *testing.B) {
	x := uniforms(1, 300, 100000)
	hit := planted(1, x, []Limit{{1, -inf, 0.5}, {3, 0.4, inf}, {6, 0.2, 0.8}}, 0.6, 0.05)
	for b.Loop() {
		if _, err := Discover(x, hit, Options{16, 1}); err != nil {
			b.Fatal(err)
		}
	}
}
