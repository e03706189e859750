package sense

import "math"

// ishigami is Y = sin X₁ + 7 sin² X₂ + 0.1 X₃⁴ sin X₁ of uniforms on (−π, π).
func ishigami(us [][]float64) []float64 {
	y := make([]float64, len(us[0]))
	for i := range y {
		x := func(k int) float64 { return (2*us[k][i] - 1) * math.Pi }
		y[i] = math.Sin(x(0)) + 7*math.Pow(math.Sin(x(1)), 2) + 0.1*math.Pow(x(2), 4)*math.Sin(x(0))
	}
	return y
}
