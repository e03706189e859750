package scenarios

import (
	"go/ast"
	"go/token"
)

// unitOf says in which unit an expression is, given those of metrics; plain says that it is
// made of numbers alone. Where units differ, or are multiplied, it has none: "".
//
//	unit ± unit = unit,   unit · number = unit / number = unit,   unit / unit = a ratio
func unitOf(e ast.Expr, units map[string]string) (unit string, plain bool) {
	if name, ok := metricName(e); ok {
		return units[name], false
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		return "", true
	case *ast.ParenExpr:
		return unitOf(e.X, units)
	case *ast.UnaryExpr:
		return unitOf(e.X, units)
	case *ast.BinaryExpr:
		x, xPlain := unitOf(e.X, units)
		y, yPlain := unitOf(e.Y, units)
		switch {
		case xPlain && yPlain:
			return "", true
		case e.Op == token.MUL && xPlain:
			return y, false
		case (e.Op == token.MUL || e.Op == token.QUO) && yPlain:
			return x, false
		case e.Op == token.QUO && x == y && x != "":
			return "ratio", false
		case e.Op == token.ADD || e.Op == token.SUB:
			return common(x, y, xPlain, yPlain), false
		}
	case *ast.CallExpr: // min, max, abs
		unit, plain = "", true
		for i, arg := range e.Args {
			x, xPlain := unitOf(arg, units)
			if i == 0 {
				unit, plain = x, xPlain
				continue
			}
			unit, plain = common(unit, x, plain, xPlain), plain && xPlain
		}
		return unit, plain
	}
	return "", false
}

// common is the unit of things that are added or compared: a number takes the other's.
func common(x, y string, xPlain, yPlain bool) string {
	switch {
	case xPlain:
		return y
	case yPlain || x == y:
		return x
	}
	return ""
}
