"use strict";
(function () {
  var root = document.documentElement;
  var drawings = JSON.parse(document.getElementById("charts").textContent);
  var encode = echarts.format.encodeHTML;
  var plots = new Map(); // element -> chart
  var printing = false;
  var year = -1; // of the drawings that have one for each

  // Numbers of axes and of bins only: all others come with their digits already right.
  function plain(x) {
    var a = Math.abs(x);
    if (a !== 0 && a < 0.001) return x.toExponential(0).replace("-", "\u2212");
    var s = a >= 1000 ? Math.round(a).toLocaleString("en-US") : String(+a.toPrecision(3));
    return (x < 0 ? "\u2212" : "") + s;
  }
  function rows(title, pairs) {
    var h = '<div class="tip"><b>' + encode(title) + "</b><table>";
    pairs.forEach(function (p) { h += "<tr><td>" + encode(p[0]) + "</td><td>" + encode(p[1]) + "</td></tr>"; });
    return h + "</table></div>";
  }
  // A number with its error, or alone.
  function within(x, se) {
    if (x === null || isNaN(x)) return "\u2013";
    if (!(se > 1e-9 * Math.abs(x))) return plain(+x.toPrecision(4));
    var digits = Math.max(0, 1 - Math.floor(Math.log10(se)));
    return fixed(x, digits) + " \u00b1 " + fixed(se, digits);
  }
  function fixed(x, digits) {
    return (x < 0 ? "\u2212" : "") + Math.abs(x).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }
  // A colour that is so strong on paper, and what can be read on a colour: black or white, which
  // has the higher contrast by luminance (WCAG 2.2, relative luminance).
  function channels(hex) {
    var n = parseInt(hex.slice(1), 16);
    return [n >> 16, n >> 8 & 255, n & 255];
  }
  function mixed(hex, strength) {
    var paper = channels(colour("$paper"));
    return "#" + channels(hex).map(function (c, i) { return (256 + Math.round(paper[i] + (c - paper[i]) * strength)).toString(16).slice(1); }).join("");
  }
  function on(hex) {
    var l = channels(hex).map(function (c) { c /= 255; return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4); });
    return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2] > 0.179 ? "#111111" : "#ffffff";
  }
  function hatch(x, y, w, h, color) {
    var lines = [];
    for (var k = 6; k < w + h; k += 6) {
      lines.push({ type: "line", shape: { x1: x + Math.min(k, w), y1: y + Math.max(0, k - w), x2: x + Math.max(0, k - h), y2: y + Math.min(k, h) }, style: { stroke: color, lineWidth: 1, opacity: 0.35 } });
    }
    return lines;
  }
  function clip(points, box) {
    points.forEach(function (p) { p[1] = isFinite(p[1]) ? Math.max(box.y, Math.min(box.y + box.height, p[1])) : box.y + box.height; });
    return points;
  }

  // What the options name. Each takes the drawing and gives the function.
  var functions = {
    "@number": function () { // ticks are evenly spaced: all their digits
      return function (x) {
        var a = Math.abs(x);
        return a >= 1e6 || a < 0.001 ? plain(x) : (x < 0 ? "\u2212" : "") + (+a.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 8 });
      };
    },
    // The name of a parallel axis in lines, as long as there is room between two.
    "@name": function (d) {
      return function (name) {
        var el = document.querySelector('[data-chart="' + d.id + '"]'), n = [].concat(d.option.xAxis)[0].data.length;
        var most = Math.max(5, Math.floor((el.clientWidth - 20) / n / 6.3)), lines = [], line = "";
        (name.match(/[^._ ]*[._ ]?/g) || []).forEach(function (part) {
          if ((line + part).length > most && line) { lines.push(line); line = ""; }
          for (; part.length > most; part = part.slice(most)) lines.push(part.slice(0, most));
          line += part;
        });
        return lines.concat(line || []).join("\n");
      };
    },
    "@percent": function () { return function (x) { return plain(x) + " %"; }; },
    "@tips": function (d) {
      return function (ps) {
        var i = ps[0].dataIndex, t = d.tips && d.tips[i];
        if (t) return rows(t[0][0] + (t[0][1] ? ", " + t[0][1] : ""), t.slice(1));
        var fig = document.getElementById(d.id), table = fig.querySelector("table"), head = table.tHead.rows[0].cells;
        return rows(table.tBodies[0].rows[i].cells[0].textContent + ", " + fig.querySelector("figcaption span").textContent,
          Array.prototype.slice.call(table.tBodies[0].rows[i].cells, 1).map(function (c, k) { return [head[k + 1].textContent, c.textContent]; }));
      };
    },
    "@bins": function () {
      return function (ps) {
        var v = ps[0].value;
        return rows(plain(v[2]) + " to " + plain(v[3]), [["share of futures", (v[1] > 0 && v[1] < 0.1 ? "<0.1" : plain(Math.round(v[1] * 10) / 10)) + " %"]]);
      };
    },
    "@exceed": function () {
      return function (ps) {
        return rows("More than " + plain(ps[0].value[0]), ps.map(function (p) {
          return [p.seriesName, plain(+p.value[1].toPrecision(2)) + " % above " + plain(p.value[0])];
        }));
      };
    },
    "@below": function () {
      return function (ps) {
        return rows("At most " + plain(+ps[0].value[0].toPrecision(4)), ps.map(function (p) {
          return [p.seriesName, plain(+p.value[1].toPrecision(3)) + " % at or below " + plain(+p.value[0].toPrecision(4))];
        }));
      };
    },
    // A band between two quantiles: one polygon for each run of years that have both.
    "@band": function () {
      return function (params, api) {
        if (params.dataIndexInside > 0) return null;
        var n = params.dataInsideLength, runs = [], run = null, i;
        for (i = 0; i < n; i++) {
          var lo = api.value(1, i), hi = api.value(2, i);
          if (isNaN(lo) || isNaN(hi)) { run = null; continue; }
          if (!run) { run = { up: [], down: [] }; runs.push(run); }
          run.up.push(api.coord([i, hi]));
          run.down.unshift(api.coord([i, lo]));
        }
        var fill = api.visual("color");
        return { type: "group", children: runs.map(function (r) {
          if (r.up.length === 1) {
            var w = 9, u = clip(r.up, params.coordSys)[0], l = clip(r.down, params.coordSys)[0];
            return { type: "rect", shape: { x: u[0] - w, y: u[1], width: 2 * w, height: l[1] - u[1] }, style: { fill: fill } };
          }
          return { type: "polygon", shape: { points: clip(r.up.concat(r.down), params.coordSys) }, style: { fill: fill } };
        }) };
      };
    },
    // The chosen year, where the axis is of years.
    "@year": function () {
      return function (params, api) {
        var box = params.coordSys, x = Math.round(api.coord([api.value(0), 0])[0]) + 0.5;
        x = Math.max(box.x + 0.5, Math.min(box.x + box.width - 0.5, x)); // at the edges it would be cut off
        return { type: "line", shape: { x1: x, y1: box.y, x2: x, y2: box.y + box.height }, style: { stroke: api.visual("color"), lineWidth: 1, lineDash: [2, 2] } };
      };
    },
    // A dot on a line, beside the middle of its year.
    "@dot": function () {
      return function (params, api) {
        var at = api.coord([api.value(0), api.value(1)]), lo = api.coord([api.value(0), api.value(2)])[1], hi = api.coord([api.value(0), api.value(3)])[1];
        if (isNaN(at[1])) return null;
        var color = api.visual("color"), x = at[0] + api.size([1, 0])[0] * api.value(4), children = [];
        if (!isNaN(lo) && !isNaN(hi)) children.push({ type: "line", shape: { x1: x, y1: lo, x2: x, y2: hi }, style: { stroke: color, lineWidth: 2 } });
        children.push({ type: "circle", shape: { cx: x, cy: at[1], r: 3.2 }, style: { fill: color } });
        return { type: "group", children: children };
      };
    },
    // Of a sweep: what a line is at a value of the parameter, and how far off that may be.
    "@sweep": function () {
      return function (ps) {
        var at = ps[0], rowsOf = [], x = at.axisValueLabel;
        ps.forEach(function (p) {
          var v = p.value;
          if (p.seriesType === "line" || !v || v.length < 3 || isNaN(v[1])) return;
          rowsOf.push([p.seriesName, plain(+v[1].toPrecision(4)) + " to " + plain(+v[2].toPrecision(4))]);
        });
        ps.forEach(function (p) {
          if (p.seriesType === "line" && p.value && !isNaN(p.value[1])) rowsOf.unshift([p.seriesName, plain(+p.value[1].toPrecision(4))]);
        });
        return rows(at.axisType === "xAxis.value" ? plain(+at.value[0].toPrecision(6)) : x, rowsOf);
      };
    },
    // A band along an axis of numbers.
    "@along": function () {
      return function (params, api) {
        if (params.dataIndexInside > 0) return null;
        var up = [], down = [], i;
        for (i = 0; i < params.dataInsideLength; i++) {
          if (isNaN(api.value(1, i)) || isNaN(api.value(2, i))) continue;
          up.push(api.coord([api.value(0, i), api.value(2, i)]));
          down.unshift(api.coord([api.value(0, i), api.value(1, i)]));
        }
        return { type: "polygon", shape: { points: clip(up.concat(down), params.coordSys) }, style: { fill: api.visual("color") } };
      };
    },
    // A cell of a heat map, as strong as its fourth number, with its value where there is room.
    "@cell": function () {
      return function (params, api) {
        var at = api.coord([api.value(0), api.value(1)]), size = api.size([1, 1]), v = api.value(2), strength = api.value(3), mark = api.value(4);
        if (isNaN(v)) return null;
        var w = Math.max(1, size[0] - 1), h = Math.max(1, size[1] - 1), x = at[0] - size[0] / 2, y = at[1] - size[1] / 2;
        var fill = mixed(api.visual("color"), strength), ink = on(fill);
        var children = [{ type: "rect", shape: { x: x, y: y, width: w, height: h }, style: { fill: fill } }];
        if (mark === 1) children = children.concat(hatch(x, y, w, h, ink));
        if (mark === 2) children.push({ type: "rect", shape: { x: x + 1.5, y: y + 1.5, width: Math.max(0, w - 3), height: Math.max(0, h - 3) }, style: { fill: "none", stroke: ink, lineWidth: 1.5 } });
        // As many digits as the error supports, or as there is room for.
        var most = Math.max(0, api.value(5)), text = "", font = 0;
        for (var digits = most; digits >= 0 && !font; digits--) {
          text = fixed(v, digits);
          font = [11, 9].filter(function (f) { return text.length * f * 0.58 + 4 < w && f + 3 < h; })[0];
        }
        if (font) children.push({ type: "text", style: { x: x + w / 2, y: y + h / 2, text: text, align: "center", verticalAlign: "middle", fontSize: font, fill: ink, stroke: fill, lineWidth: 3 } });
        return { type: "group", children: children };
      };
    },
    // Above a heat map: what its colours are, and what hatched cells are.
    "@scale": function () {
      return function (params, api) {
        var x = params.coordSys.x, y = params.coordSys.y - 70, color = api.visual("color"), children = [], n = 24, i;
        var text = function (at, down, words) { return { type: "text", style: { x: at, y: y + down, text: words, verticalAlign: "middle", fontSize: 11, fill: colour("$muted") } }; };
        var lo = text(x, 6, plain(api.value(2))), wide = 6.4 * lo.style.text.length + 6;
        for (i = 0; i < n; i++) children.push({ type: "rect", shape: { x: x + wide + 4 * i, y: y, width: 4.5, height: 12 }, style: { fill: mixed(color, api.value(4) + (api.value(5) - api.value(4)) * i / (n - 1)) } });
        children.push(lo, text(x + wide + 4 * n + 6, 6, plain(api.value(3))));
        children.push({ type: "rect", shape: { x: x, y: y + 20, width: 18, height: 12 }, style: { fill: mixed(color, 0.1) } });
        children = children.concat(hatch(x, y + 20, 18, 12, on(mixed(color, 0.1))));
        children.push(text(x + 24, 26, "not told from point 1, which is framed"));
        return { type: "group", children: children };
      };
    },
    "@cells": function (d) {
      return function (p) {
        var x = [].concat(d.option.xAxis)[0], y = [].concat(d.option.yAxis)[0], v = p.value;
        return rows(p.seriesName, [[x.name, x.data[v[0]]], [y.name, y.data[v[1]]], ["mean", within(v[2], v[6])], ["difference to point 1", within(v[7], v[8])]]);
      };
    },
    // A point of a sweep as a line across one axis for each thing that is varied, and one for
    // what comes of it; behind them how strong it is.
    "@across": function () {
      return function (params, api) {
        var n = params.encode.y.length, points = [], i;
        for (i = 0; i < n; i++) {
          if (isNaN(api.value(i))) return null; // it has no mean
          points.push(api.coord([i, api.value(i)]));
        }
        return { type: "polyline", shape: { points: points }, style: { stroke: api.visual("color"), fill: "none", lineWidth: 1.5, opacity: api.value(n) }, emphasis: { style: { lineWidth: 3, opacity: 1 } } };
      };
    },
    // What the ends of such an axis are.
    "@ends": function () {
      return function (params, api) {
        var at = api.coord([api.value(0), api.value(1)]), top = api.value(1) > 0.5;
        return { type: "group", children: [
          { type: "line", shape: { x1: at[0], y1: params.coordSys.y, x2: at[0], y2: params.coordSys.y + params.coordSys.height }, style: { stroke: colour("$axis"), lineWidth: 1 } },
          { type: "text", style: { x: at[0], y: at[1] + (top ? -4 : 4), text: plain(+api.value(2).toPrecision(4)), align: "center", verticalAlign: top ? "bottom" : "top", fontSize: 10.5, fill: colour("$muted") } }] };
      };
    },
    // How far off a mean may be, beside the axis of means.
    "@off": function () {
      return function (params, api) {
        var lo = api.coord([api.value(0), api.value(1)]), hi = api.coord([api.value(0), api.value(2)]), x = lo[0] + 9, color = colour("$ink");
        var line = function (x1, y1, x2, y2) { return { type: "line", shape: { x1: x1, y1: y1, x2: x2, y2: y2 }, style: { stroke: color, lineWidth: 1.5 } }; };
        return { type: "group", children: [line(x, lo[1], x, hi[1]), line(x - 3, lo[1], x + 3, lo[1]), line(x - 3, hi[1], x + 3, hi[1])] };
      };
    },
    "@point": function (d) {
      return function (p) {
        var table = document.getElementById(d.id).querySelector("table"), head = table.tHead.rows[0].cells, row = table.tBodies[0].rows[p.dataIndex];
        var names = [].concat(d.option.xAxis)[0].data, n = names.length, v = p.value; // the table is of another year, and has an end
        var values = row ? Array.prototype.slice.call(row.cells, 1, n).map(function (c, k) { return [head[k + 1].textContent, c.textContent]; }) : [["values", "in sweep.csv"]];
        return rows("point " + (p.dataIndex + 1), values.concat([["mean", within(v[n + 1], v[n + 2])], ["difference to point 1", within(v[n + 3], v[n + 4])]]));
      };
    },
    "@bar": function () {
      return function (params, api) {
        var a = api.coord([api.value(2), api.value(1)]), b = api.coord([api.value(3), 0]);
        return { type: "rect", shape: { x: a[0] + 0.5, y: a[1], width: Math.max(1, b[0] - a[0] - 1), height: b[1] - a[1] }, style: { fill: api.visual("color") } };
      };
    }
  };

  // Whoever cannot tell the colours apart has dashes and patterns, one of each to a colour. The
  // style sheet has the same for legends.
  var dashes = [[], [6, 4], [2, 3], [9, 3, 2, 3], [14, 4], [4, 2], [9, 3, 2, 3, 2, 3]];
  var patterns = [
    null,
    { dashArrayX: [1, 0], dashArrayY: [1, 5], rotation: -Math.PI / 4 },
    { symbol: "circle", symbolSize: 0.8, dashArrayX: [[2, 5], [0, 3.5, 2, 1.5]], dashArrayY: [2, 1.5] },
    { dashArrayX: [1, 0], dashArrayY: [1, 5], rotation: Math.PI / 4 },
    { dashArrayX: [1, 0], dashArrayY: [1, 4] },
    { dashArrayX: [[1, 5]], dashArrayY: [1, 0] },
    { symbol: "circle", symbolSize: 0.8, dashArrayX: [[2, 3]], dashArrayY: [2, 3] }
  ];
  function place(name) { // of a colour: the second seven clouds have the hues of the first
    var m = /([cl])(\d+)/.exec(name), n = m ? +m[2] : 0;
    return (m && m[1] === "c" && n >= 7 ? n + 3 : n) % 7;
  }

  var named = { formatter: 1, renderItem: 1 };
  var coloured = { color: 1, borderColor: 1, backgroundColor: 1, textBorderColor: 1 };
  var style;
  function colour(name) { // "$c0" or "$c0/14"
    var part = name.slice(1).split("/");
    var hex = style.getPropertyValue("--" + part[0]).trim();
    if (part.length < 2) return hex;
    var n = parseInt(hex.slice(1), 16);
    return "rgba(" + (n >> 16) + "," + (n >> 8 & 255) + "," + (n & 255) + "," + part[1] / 100 + ")";
  }
  function bind(v, key, d) {
    if (Array.isArray(v)) return v.map(function (x) { return bind(x, key, d); });
    if (v && typeof v === "object") {
      var o = {};
      Object.keys(v).forEach(function (k) { o[k] = k === "data" ? v[k] : bind(v[k], k, d); });
      return o;
    }
    if (typeof v === "string") {
      if (named[key] && Object.prototype.hasOwnProperty.call(functions, v)) return functions[v](d);
      if (coloured[key] && v[0] === "$") return colour(v);
      if (key === "decal") return patterns[place(v)] && Object.assign({ color: colour("$paper/80") }, patterns[place(v)]);
      if (key === "type" && v.slice(0, 5) === "@dash") return dashes[v.slice(5)];
    }
    return v;
  }
  // What a year's option has of the first one, and what it has in place of that.
  function patched(first, by) {
    if (!by || typeof by !== "object" || Array.isArray(by) || !first || typeof first !== "object") return by;
    var o = Array.isArray(first) ? first.slice() : Object.assign({}, first);
    Object.keys(by).forEach(function (k) { o[k] = patched(o[k], by[k]); });
    return o;
  }
  // The option of a drawing, for the chosen year and the theme.
  function option(id) {
    var d = drawings[id];
    if (!d) return null;
    d.id = id;
    if (d.years) d = { id: id, option: patched(d.option, d.years[year < 0 ? d.years.length - 1 : Math.min(year, d.years.length - 1)]) };
    style = getComputedStyle(root);
    var o = bind(d.option, "", d);
    o.animation = false;
    o.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
    return o;
  }
  function draw(el) {
    var o = option(el.dataset.chart);
    if (!o) return;
    o.tooltip.confine = true;
    o.tooltip.backgroundColor = colour("$paper");
    o.tooltip.borderColor = colour("$axis");
    o.tooltip.borderWidth = 1;
    o.tooltip.padding = [6, 9];
    o.tooltip.extraCssText = "box-shadow:none;border-radius:2px;max-width:min(84vw,32em);white-space:normal;overflow-wrap:anywhere";
    o.tooltip.transitionDuration = 0;
    if (years.length > 1 && overYears(o)) {
      o.series.push({ type: "custom", renderItem: functions["@year"](), data: [[year]], encode: { x: 0 }, itemStyle: { color: colour("$muted") }, silent: true, clip: true, tooltip: { show: false } });
    }
    el.dataset.narrow = "";
    var y = bars(o);
    if (y) {
      // Where there is no room beside the bars, their names stand above them.
      var narrow = el.clientWidth < 480 && !printing;
      el.style.height = narrow ? 40 + 27 * y.data.length + "px" : "";
      if (narrow) {
        el.dataset.narrow = "yes";
        y.axisLabel = Object.assign({}, y.axisLabel, { inside: true, margin: 0, verticalAlign: "bottom", padding: [0, 0, 4, 0], width: el.clientWidth - 20, fontSize: 11, color: colour("$ink") });
        y.z = 3;
        o.grid[0].left = 20;
        o.series.forEach(function (s) { if (s.lineStyle.width > 4) s.lineStyle.width = 6; });
      }
    }
    o.tooltip.axisPointer = { type: "line", lineStyle: { color: colour("$axis"), type: "solid", width: 1 } };
    var c = plots.get(el);
    if (!c) {
      c = echarts.init(el, null, { renderer: "svg" });
      plots.set(el, c);
      if (overYears(o)) c.getZr().on("click", function (e) {
        var at = [e.offsetX, e.offsetY];
        if (c.containPixel("grid", at)) choose(c.convertFromPixel("grid", at)[0]);
      });
      if (window.ResizeObserver) new ResizeObserver(function () {
        if (printing) return;
        c.dispatchAction({ type: "hideTip" });
        c.resize();
        if (bars(o) && (el.clientWidth < 480) !== !!el.dataset.narrow) draw(el);
      }).observe(el);
    }
    c.setOption(o, true);
    if (plots.size === 1 && !el.dataset.drawn) performance.mark("first chart");
    el.dataset.drawn = root.dataset.theme;
    delete el.dataset.stale;
  }
  function bars(o) { // the axis that names them
    var y = [].concat(o.yAxis || [])[0];
    return y && y.type === "category" && o.series.some(function (s) { return s.type === "line"; }) ? y : null;
  }
  function overYears(o) {
    var x = [].concat(o.xAxis || [])[0];
    return !!x && x.type === "category" && years.length > 0 && String(x.data) === String(years);
  }
  var all = Array.prototype.slice.call(document.querySelectorAll("[data-chart]"));
  function each(list, f) { Array.prototype.forEach.call(list, f); }

  // Of several ways to look at the same, the reader chooses one.
  var choice = document.getElementById("views"), views = choice ? document.querySelectorAll("[data-view]") : [], viewed = "";
  function look(view) {
    if (!choice) return;
    viewed = view;
    press(choice, view);
    each(views, function (v) { v.hidden = v.dataset.view !== view; });
  }
  function press(group, value) {
    each(group.children, function (b) { b.setAttribute("aria-pressed", b.value === value ? "true" : "false"); });
  }
  if (choice) {
    choice.hidden = false;
    each(choice.children, function (b) { b.addEventListener("click", function () { look(b.value); }); });
    look(choice.children[0].value);
  }
  function again() { plots.forEach(function (c, el) { draw(el); }); }
  function drawAll() { all.forEach(function (el) { if (!plots.has(el)) draw(el); }); }

  // The theme is the system's until the reader chooses one; the page alone remembers it.
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var themes = document.getElementById("theme");
  var chosen = "auto";
  function theme(t) { root.dataset.theme = t; again(); }
  function fitting() { return chosen !== "auto" ? chosen : dark.matches ? "dark" : "light"; }
  function prefer(t) {
    chosen = t;
    press(themes, t);
    theme(fitting());
  }
  each(themes.children, function (b) { b.addEventListener("click", function () { prefer(b.value); }); });
  dark.addEventListener("change", function () { if (!printing) theme(fitting()); });
  themes.hidden = false;
  prefer("auto");

  // Charts are drawn when they come near.
  var near = null;
  if ("IntersectionObserver" in window) {
    near = new IntersectionObserver(function (es) {
      es.forEach(function (e) { if (e.isIntersecting) { near.unobserve(e.target); draw(e.target); } });
    }, { rootMargin: "400px" });
    all.forEach(function (el) { near.observe(el); });
  } else drawAll();

  // Paper has light charts as wide as the page, and everything on it that was folded or filtered, but what
  // is there in short as well.
  var shut = [], lines = [];
  function forPaper() {
    if (printing) return;
    shut = [];
    each(views, function (v) { v.hidden = false; });
    var told = {};
    each(document.querySelectorAll("main details:not(.save, .folded), main .printed"), function (d) {
      if (d.classList.contains("how")) { // how to read a kind of chart is said once
        if (told[d.textContent]) { d.dataset.told = ""; return; }
        told[d.textContent] = true;
      }
      if (!d.open) { d.open = true; shut.push(d); }
    });
    lines.forEach(function (l) { l.hidden = false; });
    theme("light");
    drawAll();
    printing = true;
    plots.forEach(function (c, el) {
      var h = c.getHeight();
      c.dispatchAction({ type: "hideTip" });
      c.resize({ width: 688, height: h });
      c.getZr().flush();
      el.querySelector("svg").setAttribute("viewBox", "0 0 688 " + h);
    });
  }
  function forScreen() {
    printing = false;
    shut.forEach(function (d) { d.open = false; });
    shut = [];
    look(viewed);
    plots.forEach(function (c, el) {
      el.querySelector("svg").removeAttribute("viewBox");
      c.resize({ width: "auto", height: "auto" });
    });
    theme(fitting());
    narrow();
  }
  var narrow = function () {};
  window.addEventListener("beforeprint", forPaper);
  window.addEventListener("afterprint", forScreen);

  // The year is one control for all charts that have one, and stands in the address:
  // "#azure-exposure?year=2031" is a place and a year. It has a second handle beside the contents,
  // where it is always in sight, and whoever clicks on a chart over the years chooses one, too.
  var slider = document.getElementById("year"), years = [], turn = function () {}, choose = turn;
  if (slider) {
    years = slider.dataset.years.split("|");
    var handles = [slider], outs = [document.getElementById("year-out")], inYear = years.map(function () { return []; });
    var aside = document.createElement("div"), label = document.createElement("label"), second = slider.cloneNode();
    aside.className = "control aside";
    second.id = "year-of-all";
    label.htmlFor = second.id;
    label.append("Year of the charts: ", outs[1] = document.createElement("output"));
    aside.append(label, second);
    document.querySelector(".contents").append(aside);
    handles.push(second);
    each(document.querySelectorAll("main tbody th[scope=row]"), function (th) {
      var y = years.indexOf(th.textContent);
      if (y >= 0) inYear[y].push(th.parentNode);
    });
    turn = function (to) {
      if (year >= 0) inYear[year].forEach(function (row) { row.classList.remove("chosen"); });
      year = to;
      inYear[year].forEach(function (row) { row.classList.add("chosen"); });
      outs.forEach(function (o) { o.textContent = years[year]; });
      handles.forEach(function (h) {
        h.value = year;
        h.setAttribute("aria-valuetext", "end of " + years[year]);
      });
      all.forEach(function (el) {
        var d = drawings[el.dataset.chart];
        if (!plots.has(el) || !d.years && !overYears(d.option)) return;
        el.dataset.stale = "yes";
        if (near) near.observe(el); // which draws it when it is in sight
        else draw(el);
      });
    };
    choose = function (to) {
      if (years.length < 2) return;
      turn(Math.max(0, Math.min(years.length - 1, to)));
      address(here().id || slider.closest("section").id);
    };
    handles.forEach(function (h) {
      h.parentNode.hidden = years.length < 2;
      h.addEventListener("input", function () { choose(+h.value); });
    });
    turn(years.length - 1);
  }
  function here() {
    var part = location.hash.slice(1).split("?"), p = { id: "", year: -1 };
    try {
      p.id = decodeURIComponent(part[0]);
      (part[1] || "").split("&").forEach(function (x) {
        if (x.slice(0, 5) === "year=") p.year = years.indexOf(decodeURIComponent(x.slice(5)));
      });
    } catch (e) { /* no address of this page */ }
    return p;
  }
  function link(id) {
    return "#" + encodeURIComponent(id) + (years.length > 1 && year !== years.length - 1 ? "?year=" + encodeURIComponent(years[year]) : "");
  }
  function address(id) {
    try { history.replaceState(null, "", link(id)); } catch (e) { /* the page is shown where it has no address */ }
  }
  function visit() {
    var p = here(), to = p.id && document.getElementById(p.id);
    each(document.querySelectorAll(".linked"), function (e) { e.classList.remove("linked"); });
    if (p.year >= 0 && p.year !== year) turn(p.year);
    if (!to) return;
    if (p.year < 0 && link(p.id) !== location.hash) address(p.id); // a link within the page keeps the year
    to.classList.add("linked");
    var turned = false;
    for (var up = to; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
      if (up.dataset.view && up.hidden) { look(up.dataset.view); turned = true; }
    }
    if (!turned && location.hash.indexOf("?") < 0) return; // the browser went there
    to.scrollIntoView({ behavior: "instant" });
    to.tabIndex = -1;
    to.focus({ preventScroll: true });
  }
  window.addEventListener("hashchange", visit);
  visit();

  // What a reader takes along: the numbers as CSV, the chart as SVG or PNG, its sentence, its link.
  var said = document.getElementById("said"), quiet;
  function say(text) {
    said.textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(function () { said.textContent = ""; }, 4000);
  }
  function save(blob, name) {
    var a = document.createElement("a");
    a.href = URL.createObjectURL(blob);
    a.download = name;
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(function () { URL.revokeObjectURL(a.href); }, 10000);
    say("Saved " + name);
  }
  function copyText(text, what) {
    var old = function () { // where there is no clipboard for pages from a disk
      var t = document.createElement("textarea"), at = document.activeElement;
      t.value = text;
      t.className = "skip";
      document.body.append(t);
      t.select();
      var done = document.execCommand("copy");
      t.remove();
      if (at) at.focus();
      say(done ? "Copied the " + what : "The browser does not let the page copy");
    };
    if (!navigator.clipboard) return old();
    navigator.clipboard.writeText(text).then(function () { say("Copied the " + what); }, old);
  }
  function fileName(text) {
    return "entente-" + (text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80) || "table");
  }

  // A cell that a spreadsheet could take for a formula begins with an apostrophe, after the
  // advice of OWASP on CSV injection; numbers are written as programs read them.
  var numeral = /^([−-]?)(\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)(?:\s±\s<?(\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?))?(\s?%)?$/;
  var formula = /^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-−@|%＝＋－＠]|^[\t\r\n]/;
  function csvCell(text) {
    if (numeral.test(text)) text = text.replace("−", "-").replace(/,/g, "").replace(/\s/g, "");
    else if (formula.test(text)) text = "'" + text;
    return /[",;\t\r\n]|^\s|\s$/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }
  function textOf(cell) {
    if (!cell) return "";
    if (cell.dataset.value) return cell.dataset.value;
    var t = cell.textContent.trim();
    return t === "–" ? "" : t;
  }
  // The numbers of a table to all their digits: what they are of (see Exact of tables) and, row by
  // row, their values and errors.
  function exact(table) {
    var part = (table.dataset.exact || ":").split(":"), bytes = atob(part[1].replace(/-/g, "+").replace(/_/g, "/")), view = new DataView(new ArrayBuffer(bytes.length)), at = 0;
    for (var i = 0; i < bytes.length; i++) view.setUint8(i, bytes.charCodeAt(i));
    function value() { at += 8; return view.getFloat64(at - 8, true); }
    function error() { at += 4; return +view.getFloat32(at - 4, true).toPrecision(7); }
    return {
      kinds: part[0],
      row: function () {
        return part[0].split("").map(function (kind) { return kind === "-" ? [] : kind === "v" ? [value()] : [value(), error()]; });
      }
    };
  }
  // The table as RFC 4180 has it. "12.3 ± 0.4" becomes two columns, and a heading within the
  // table a first column.
  function csv(table) {
    var head = table.tHead ? Array.prototype.map.call(table.tHead.rows[0].cells, textOf) : [];
    var body = Array.prototype.slice.call(table.tBodies[0].rows), group = null, wide = head.length, all = exact(table);
    var grouped = body.some(function (r) { return r.classList.contains("group"); });
    var found = [];
    body.forEach(function (r) {
      if (r.classList.contains("group")) { group = textOf(r.cells[0]); return; }
      found.push({ group: group || "", cells: Array.prototype.map.call(r.cells, textOf), exact: all.row() });
      wide = Math.max(wide, r.cells.length);
    });
    var columns = [];
    for (var i = 0; i < wide; i++) {
      if (body.some(function (r) { return r.cells[i] && r.cells[i].querySelector("svg"); })) continue;
      var parted = all.kinds[i] === "e" || found.some(function (r) { var m = numeral.exec(r.cells[i] || ""); return m && m[3]; });
      columns.push({ i: i, head: parted ? (head[i] || "").replace(/\s*± s\.e\.$/, "") : head[i] || "", of: parted ? 1 : 0 });
      if (parted) columns.push({ i: i, head: ((head[i] || "").replace(/\s*± s\.e\.$/, "") + " s.e.").trim(), of: 2 });
    }
    function cell(r, c) {
      var number = (r.exact[c.i] || [])[c.of === 2 ? 1 : 0];
      if (number !== undefined && !isNaN(r.exact[c.i][0])) return isNaN(number) ? "" : String(number);
      var t = r.cells[c.i] || "", m = c.of && numeral.exec(t);
      if (!m) return c.of < 2 ? t : "";
      return c.of === 1 ? m[1] + m[2] + (m[4] || "") : m[3] ? m[3] + (m[4] || "") : "";
    }
    var out = [];
    if (head.length) out.push((grouped ? [""] : []).concat(columns.map(function (c) { return c.head; })));
    found.forEach(function (r) {
      out.push((grouped ? [r.group] : []).concat(columns.map(function (c) { return cell(r, c); })));
    });
    // The mark at the front tells spreadsheets that this is UTF-8.
    return "\ufeff" + out.map(function (r) { return r.map(csvCell).join(",") + "\r\n"; }).join("");
  }
  function saveCSV(table, name) { save(new Blob([csv(table)], { type: "text/csv;charset=utf-8" }), fileName(name) + ".csv"); }

  // A picture of a chart: always as wide, with its title, legend and where it comes from.
  var NS = "http://www.w3.org/2000/svg";
  function picture(fig) {
    var plot = fig.querySelector("[data-chart]"), d = drawings[plot.dataset.chart], width = 800, margin = 24, y = 0;
    var family = getComputedStyle(document.body).fontFamily, pen = document.createElement("canvas").getContext("2d");
    var svg = document.createElementNS(NS, "svg");
    function put(tag, attributes, text) {
      var e = document.createElementNS(NS, tag);
      Object.keys(attributes).forEach(function (k) { e.setAttribute(k, attributes[k]); });
      if (text) e.textContent = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
      return svg.appendChild(e);
    }
    function write(text, size, weight, fill) {
      var line = "";
      pen.font = weight + " " + size + "px " + family;
      var flush = function () {
        y += Math.round(size * 1.35);
        put("text", { x: margin, y: y, "font-size": size, "font-weight": weight, fill: colour(fill) }, line);
        line = "";
      };
      text.trim().split(/\s+/).forEach(function (word) {
        while (pen.measureText(word).width > width - 2 * margin) { // one that fills more than a line
          var n = word.length;
          while (n > 1 && pen.measureText(word.slice(0, n)).width > width - 2 * margin) n--;
          if (line) flush();
          line = word.slice(0, n);
          flush();
          word = word.slice(n);
        }
        if (line && pen.measureText(line + " " + word).width > width - 2 * margin) flush();
        line += (line ? " " : "") + word;
      });
      if (line) flush();
    }
    var o = option(plot.dataset.chart), unit = fig.querySelector("figcaption span").textContent;
    var paper = put("rect", { width: width, fill: colour("$paper") });
    y = 16;
    write(fig.querySelector("figcaption b").textContent, 20, 600, "$ink");
    write(unit + (d.years ? (unit ? ", " : "") + "end of " + years[year] : ""), 14, 400, "$muted");

    // The legend of the row, or the section's where that fits: of bands, or of the year's views.
    var above = fig.parentNode.previousElementSibling, first = fig.closest("section").querySelector(".legend");
    var whole = first && (first.querySelector(".k-median") ? JSON.stringify(d).indexOf('"@band"') >= 0 : fig.closest("[data-view]"));
    var legend = above && above.matches(".legend") ? above : whole ? first : null;
    if (legend) {
      var x = margin;
      y += 24;
      each(legend.children, function (li) {
        var mark = li.querySelector("i"), s = getComputedStyle(mark), line = s.borderTopWidth !== "0px", name = li.textContent;
        pen.font = "400 13px " + family;
        var w = 34 + pen.measureText(name).width;
        if (x > margin && x + w > width - margin) { x = margin; y += 20; }
        if (mark.matches(".k-year")) return; // a picture is of no chosen year
        if (mark.matches(".line, .both")) {
          var hue = s.getPropertyValue("--hue").trim(), strokes = dashes[place(mark.className)];
          if (mark.matches(".both")) put("rect", { x: x, y: y - 13, width: 18, height: 8, fill: hue });
          put("line", { x1: x, x2: x + 20, y1: y - 2, y2: y - 2, stroke: hue, "stroke-width": 2, "stroke-dasharray": strokes.length ? strokes.join(" ") : "none" });
        } else if (line) put("line", { x1: x, x2: x + 18, y1: y - 5, y2: y - 5, stroke: s.borderTopColor, "stroke-width": 2, "stroke-dasharray": s.borderTopStyle === "solid" ? "none" : "2 3" });
        else put("rect", { x: x, y: y - 10, width: 18, height: 10, fill: s.backgroundColor, opacity: s.opacity });
        put("text", { x: x + 25, y: y, "font-size": 13, fill: colour("$soft") }, name);
        x += w + 8;
      });
    }
    y += 10;
    var room = document.createElement("div"), height = 400, c = echarts.init(room, null, { renderer: "svg", width: width - 2 * margin, height: height });
    c.setOption(o);
    c.getZr().flush();
    var chart = room.querySelector("svg").cloneNode(true);
    c.dispose();
    chart.removeAttribute("style");
    chart.setAttribute("x", margin);
    chart.setAttribute("y", y);
    svg.appendChild(chart);
    y += height + 6;
    write("entente " + document.querySelector("meta[name=generator]").content.replace(/^entente /, "") + " · " + document.querySelector("h1").textContent + " · " + document.querySelector(".facts").textContent, 12, 400, "$muted");
    y += 16;
    paper.setAttribute("height", y);
    svg.setAttribute("xmlns", NS);
    svg.setAttribute("width", width);
    svg.setAttribute("height", y);
    svg.setAttribute("viewBox", "0 0 " + width + " " + y);
    svg.setAttribute("font-family", family);
    svg.setAttribute("role", "img");
    var title = document.createElementNS(NS, "title");
    title.textContent = plot.getAttribute("aria-label");
    svg.insertBefore(title, paper);
    return { width: width, height: y, text: new XMLSerializer().serializeToString(svg) };
  }
  function png(fig) {
    return new Promise(function (done, fail) {
      var p = picture(fig), image = new Image();
      image.onerror = fail;
      image.onload = function () {
        var canvas = document.createElement("canvas");
        canvas.width = 2 * p.width;
        canvas.height = 2 * p.height;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(function (b) { if (b) done(b); else fail(); }, "image/png");
      };
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(p.text);
    });
  }
  function copyPNG(fig) {
    var made = png(fig), saved = function () { made.then(function (b) { save(b, fileName(fig.id) + ".png"); }, failed); };
    var failed = function () { say("The browser cannot make a PNG of it"); };
    if (!navigator.clipboard || !window.ClipboardItem) return saved();
    navigator.clipboard.write([new ClipboardItem({ "image/png": made })]).then(function () { say("Copied the picture"); }, saved);
  }

  function tool(parent, text, name, does) {
    var b = document.createElement("button");
    b.type = "button";
    b.textContent = text;
    b.dataset.does = text;
    b.setAttribute("aria-label", text + ": " + name);
    b.addEventListener("click", does);
    parent.append(b);
  }
  function tools(parent) {
    var t = document.createElement("div");
    t.className = "buttons";
    parent.append(t);
    return t;
  }
  each(document.querySelectorAll("figure.chart"), function (fig) {
    var d = document.createElement("details"), made = false;
    var name = fig.querySelector("figcaption b").textContent, summary = document.createElement("summary");
    d.className = "save";
    summary.textContent = "Save or copy";
    d.append(summary);
    d.addEventListener("toggle", function () {
      if (made) return;
      made = true;
      var sentence = fig.querySelector("[data-chart]").getAttribute("aria-label"), p = document.createElement("p");
      p.textContent = sentence;
      d.append(p);
      var t = tools(d), table = fig.querySelector("table");
      if (table) tool(t, "CSV", name, function () { saveCSV(table, fig.id); });
      tool(t, "SVG", name, function () { save(new Blob([picture(fig).text], { type: "image/svg+xml" }), fileName(fig.id) + ".svg"); });
      tool(t, "PNG", name, function () { png(fig).then(function (b) { save(b, fileName(fig.id) + ".png"); }, function () { say("The browser cannot make a PNG of it"); }); });
      tool(t, "Copy PNG", name, function () { copyPNG(fig); });
      tool(t, "Copy sentence", name, function () { copyText(sentence, "sentence"); });
      tool(t, "Copy link", name, function () { copyText(location.href.split("#")[0] + link(fig.id), "link"); });
    });
    fig.querySelector(".folds").append(d);
  });
  each(document.querySelectorAll("main table"), function (table) {
    if (table.closest("figure.chart")) return;
    var after = table.closest(".scroll") || table, name = table.caption ? table.caption.textContent : "table", t = tools(after.parentNode);
    tool(t, "CSV", name, function () { saveCSV(table, name); });
    if (after.nextElementSibling && after.nextElementSibling.matches(".fine")) after = after.nextElementSibling;
    after.after(t);
  });

  var filter = document.getElementById("filter");
  if (filter) {
    lines = Array.prototype.slice.call(document.querySelectorAll("#assumption-table tbody tr"));
    var texts = lines.map(function (l) { return l.textContent.toLowerCase(); });
    var told = document.getElementById("filter-out");
    filter.parentNode.hidden = false;
    narrow = function () {
      var want = filter.value.toLowerCase(), n = 0;
      lines.forEach(function (l, i) { var on = texts[i].indexOf(want) >= 0; l.hidden = !on; if (on) n++; });
      told.textContent = want ? n + " of " + lines.length : "";
    };
    filter.addEventListener("input", narrow);
  }
})();
