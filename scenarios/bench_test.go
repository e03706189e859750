package scenarios

import "testing"

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load("baseline", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
