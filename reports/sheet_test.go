package reports

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"
)

// A table has its numbers to all their digits, each cell's where it stands, and none of what is
// not a number.
func TestExact(t *testing.T) {
	var a, b, c tableRow
	a.text("2030")
	a.mean(scaleOf("share"), 1.0/3, 0.0025)
	a.value(scaleOf(money), math.Pi, 0.1)
	a.text("none")
	b.text("2031")
	b.value(scaleOf("share"), 0.5, 0)
	c.text("2032")
	c.text("–")
	c.value(scaleOf(money), -1e-17, math.NaN())
	table := &tableView{Rows: []tableRow{{Cells: []string{"Lab"}, Group: true}, a, b, c, {Cells: []string{"2033", "1"}}}}
	kinds, data, _ := strings.Cut(table.Exact(), ":")
	if kinds != "-ev-" {
		t.Fatalf("the columns are %q", kinds)
	}
	bytes, err := base64.URLEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for len(bytes) >= 20 { // a row: e has a value and its error, v a value
		got = append(got, math.Float64frombits(binary.LittleEndian.Uint64(bytes)),
			float64(math.Float32frombits(binary.LittleEndian.Uint32(bytes[8:]))),
			math.Float64frombits(binary.LittleEndian.Uint64(bytes[12:])))
		bytes = bytes[20:]
	}
	none := math.Inf(1) // in place of NaN, which equals nothing
	for i, x := range got {
		if math.IsNaN(x) {
			got[i] = none
		}
	}
	third := 1.0 / 3
	if want := []float64{third * 100, 0.25, math.Pi, 50, none, none, none, none, -1e-17, none, none, none}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v; want %v", got, want)
	}
	if got := (&tableView{Rows: []tableRow{{Cells: []string{"a", "b"}}}}).Exact(); got != "" {
		t.Errorf("a table of words has %q", got)
	}
}
