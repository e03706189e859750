package reports

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"

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

// What axe is asked: what does not depend on colours, or that alone.
const (
	structure = `rules: {"color-contrast": {enabled: false}}`
	contrast  = `runOnly: ["color-contrast"]`
	findings  = `axe.run(document, {resultTypes: ["violations"], %s}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help,
	Where: v.nodes.slice(0, 5).map(n => n.target.join(" ") + ": " + n.failureSummary.split("\n").slice(1).join("; "))})))`
)

// axe returns what it finds in the page as it is shown now.
func (b *tab) axe(ask string) []finding {
	b.t.Helper()
	if !eval[bool](b, "typeof axe === 'object'") {
		script, err := os.ReadFile("testdata/axe/axe.min.js")
		if err != nil {
			b.t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(script)); got != axeSHA256 {
			b.t.Fatalf("axe.min.js has the SHA-256 %s", got)
		}
		eval[bool](b, string(script)+"\n;typeof axe === 'object'")
	}
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]finding](fmt.Sprintf(findings, ask), chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// accessible fails if the page, with everything unfolded, has a finding that axe calls serious or
// critical. Of each table it keeps the first rows, since the others are like them, and of the charts
// nothing but their place: their insides are pictures to it. The page is of no use afterwards.
func (b *tab) accessible(asks ...string) {
	b.t.Helper()
	eval[bool](b, "(document.querySelectorAll('details').forEach(d => d.open = true), document.querySelectorAll('[data-view]').forEach(v => v.hidden = false), document.querySelectorAll('main tbody').forEach(t => [...t.rows].slice(3).forEach(r => r.remove())), document.querySelectorAll('[data-chart]').forEach(e => e.replaceChildren()), true)")
	var all []finding
	for _, ask := range asks {
		all = append(all, b.axe(ask)...)
	}
	for _, f := range all {
		text := fmt.Sprintf("%s, %s: %s\n  %s", f.Impact, f.ID, f.Help, strings.Join(f.Where, "\n  "))
		if f.Impact == "serious" || f.Impact == "critical" {
			b.t.Error(text)
		} else {
			b.t.Log(text)
		}
	}
}

// finds fails if axe does not find what is wrong: a silent one would pass everything.
func (b *tab) finds() {
	b.t.Helper()
	eval[bool](b, `(document.querySelector("main").insertAdjacentHTML("beforeend", '<button></button><p class="lead" id="faint">faint</p>'),
		document.getElementById("faint").style.color = "#bbb", true)`)
	ids := map[string]bool{}
	for _, ask := range []string{structure, contrast} {
		for _, f := range b.axe(ask) {
			ids[f.ID] = true
		}
	}
	if !ids["button-name"] || !ids["color-contrast"] {
		b.t.Errorf("axe does not see a button without a name and pale words: %v", ids)
	}
}
