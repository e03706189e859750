package reports

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe-core 4.14.1 (MPL-2.0, https://github.com/dequelabs/axe-core) as npm serves it; only the
// tests load it.
const axeSHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"

// A finding is a rule of axe that the page breaks, and where.
type finding struct {
	ID, Impact, Help string
	Where            []string
}

const findings = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help,
	Where: v.nodes.slice(0, 5).map(n => n.target.join(" ") + ": " + n.failureSummary.split("\n").slice(1).join("; "))})))`

// axe returns what it finds in the page as it is shown now.
func (b *tab) axe() []finding {
	b.t.Helper()
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]finding](findings, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// The page has no finding that axe calls serious or critical, in either theme, with everything
// unfolded, wide and narrow, and with texts that mean no good.
func TestAccessibility(t *testing.T) {
	ctx := browser(t)
	script, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(script)); got != axeSHA256 {
		t.Fatalf("axe.min.js has the SHA-256 %s", got)
	}
	load := func(t *testing.T, b *tab) {
		t.Helper()
		eval[bool](b, "(document.querySelectorAll('details').forEach(d => d.open = true), document.querySelectorAll('[data-view]').forEach(v => v.hidden = false), true)")
		eval[bool](b, string(script)+"\n;typeof axe === 'object'")
	}
	check := func(t *testing.T, b *tab) {
		t.Helper()
		for _, f := range b.axe() {
			text := fmt.Sprintf("%s, %s: %s\n  %s", f.Impact, f.ID, f.Help, strings.Join(f.Where, "\n  "))
			if f.Impact == "serious" || f.Impact == "critical" {
				t.Error(text)
			} else {
				t.Log(text)
			}
		}
		b.quiet()
	}
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			b := open(t, ctx, realistic(), scheme)
			b.readThrough()
			load(t, b)
			check(t, b)
		})
	}
	t.Run("hostile and narrow", func(t *testing.T) {
		b := open(t, ctx, hostile(), "light")
		b.size(360, 800)
		load(t, b)
		check(t, b)
	})
	t.Run("axe finds", func(t *testing.T) { // or a silent axe would pass everything
		b := open(t, ctx, small(), "light")
		load(t, b)
		eval[bool](b, `(document.querySelector("main").insertAdjacentHTML("beforeend", '<button></button><p class="lead" id="faint">faint</p>'),
			document.getElementById("faint").style.color = "#bbb", true)`)
		ids := map[string]bool{}
		for _, f := range b.axe() {
			ids[f.ID] = true
		}
		if !ids["button-name"] || !ids["color-contrast"] {
			t.Errorf("it does not see a button without a name and pale words: %v", ids)
		}
	})
}
