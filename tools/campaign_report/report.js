/* SPDX-License-Identifier: Apache-2.0 */
/* The page of `make report`: draws what scripts/report.py has put into it, by uPlot, and makes each figure a
 * table too. Knows nothing of campaigns but the names of the fields; all that it shows it makes of text nodes. */
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

/* ---- The DOM. ---------------------------------------------------------------------------- */

/* An element; an attribute that is null or false is not there. */
function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
        if (value !== null && value !== false)
            element.setAttribute(name, value === true ? "" : value);
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== false));
    return element;
}

/* A table that scrolls by itself. `columns`: [title, is a number]. */
function table(caption, columns, rows) {
    const cell = (content, column) => make("td", { class: columns[column][1] ? "number" : null }, [content]);
    return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
        make("table", { class: "plain" },
            make("caption", { class: "unseen" }, caption),
            make("thead", {}, make("tr", {}, columns.map(([title, isNumber]) => make("th", { scope: "col", class: isNumber ? "number" : null }, title)))),
            make("tbody", {}, rows.map((row) => make("tr", {}, row.map(cell))))));
}

/* ---- Words and numbers. ------------------------------------------------------------------ */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const tenths = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const number = (value) => value === null || value === undefined ? "–" : whole.format(value);
const percent = (part, all) => all === 0 ? "–" : `${fine.format(100 * part / all)} %`;
const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;
const last = (list) => list.findLast((value) => value !== null) ?? null;
const first = (list) => list.find((value) => value !== null) ?? null;
const median = (list) => list.filter((value) => value !== null).toSorted((a, b) => a - b).at(Math.floor(list.length / 2)) ?? last(list);

/* What stands in `backquotes` is code. */
const coded = (sentence) => sentence.split("`").map((part, index) => index % 2 === 1 ? make("code", {}, part) : part);

function duration(seconds) {
    if (seconds < 120)
        return `${fine.format(seconds)} s`;
    return seconds < 7200 ? `${tenths.format(seconds / 60)} min` : `${tenths.format(seconds / 3600)} h`;
}

const moment = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC";

/* ---- Plots. ------------------------------------------------------------------------------ */

/* Lines are told apart by their dashes as well. */
const strokes = [["--accent", []], ["--bad", [8, 4]], ["--naive", [2, 3]], ["--good", [10, 3, 2, 3]], ["--change", [5, 2]]];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const plots = [];

function keyOf(names) {
    const line = (index) => {
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        svg.setAttribute("width", "34");
        svg.setAttribute("height", "8");
        svg.setAttribute("aria-hidden", "true");
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("d", "M0 4H34");
        path.setAttribute("stroke-width", "2.5");
        path.setAttribute("stroke-dasharray", strokes[index][1].join(" "));
        path.style.stroke = `var(${strokes[index][0]})`;
        svg.append(path);
        return svg;
    };
    return make("div", { class: "key" }, names.map((name, index) => make("span", {}, line(index), name)));
}

/* `lines`: { name, values, lower, upper } on the common `x`. `axis`: { title, format, isLog }. */
function plot(parent, title, summary, x, lines, { xAxis, yAxis, rows, columns, marks = [] }) {
    const canvas = make("div", { class: "canvas", role: "img", "aria-label": `${title}. ${summary}` });
    parent.append(make("div", { class: "plot" },
        make("figure", {}, make("figcaption", {}, make("h3", {}, title), make("p", { class: "quiet" }, summary)),
            keyOf(lines.map((line) => line.name)), canvas),
        make("details", {}, make("summary", {}, `${title}: the figures`), table(title, columns, rows))));
    plots.push({ canvas, x, lines, xAxis, yAxis, marks, drawn: null });
}

const fromZero = (_plot, _low, high) => [0, Math.max((high ?? 0) * 1.05, 1)];
/* For figures that start high and grow by little. */
const around = (_plot, low, high) => uPlot.rangeNum(low ?? 0, high ?? 1, 0.1, true);

/* `marks`: { x, name }, each a line from top to bottom with its name above. */
function drawMarks(drawn, marks) {
    const { ctx, bbox: { left, top, width, height } } = drawn;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour("--change");
    ctx.lineWidth = 2 * ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.font = `bold ${12 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    for (const { x, name } of marks) {
        const place = Math.round(drawn.valToPos(x, "x", true));
        if (place < left || place > left + width)
            continue;
        ctx.beginPath();
        ctx.moveTo(place, top);
        ctx.lineTo(place, top + height);
        ctx.stroke();
        ctx.fillText(name, place, top - 4 * ratio);
    }
    ctx.restore();
}

function options({ canvas, lines, xAxis, yAxis, marks }) {
    const axis = ({ title, format, isLog }, size) => ({ label: title, size, labelSize: 18, labelGap: 0, stroke: colour("--quiet"),
        labelFont: "12px system-ui, sans-serif", font: "12px system-ui, sans-serif",
        grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 },
        values: (_plot, values) => values.map((value) => value === null ? "" : format(value)),
        ...(isLog ? { filter: (_plot, splits) => splits.map((value) => Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? value : null) } : {}) });
    const series = [], bands = [];
    for (const [index, line] of lines.entries()) {
        const [name, dash] = strokes[index];
        const at = series.push({ label: line.name, stroke: colour(name), width: 2, dash, spanGaps: true, points: { show: false },
            paths: line.isStep ? uPlot.paths.stepped({ align: 1 }) : undefined,
            value: (_plot, value) => value === null ? "–" : yAxis.format(value) });
        if (line.lower) {
            const edge = { label: line.name, class: "edge", stroke: `${colour(name)}66`, width: 1, points: { show: false }, paths: uPlot.paths.stepped({ align: 1 }) };
            series.push(edge, { ...edge });
            bands.push({ series: [at + 1, at + 2], fill: `${colour(name)}2e` });
        }
    }
    return { width: Math.max(canvas.clientWidth, 200), height: 260, bands, padding: [marks.length > 0 ? 20 : 8, 14, 0, 0],
        hooks: { draw: [(drawn) => drawMarks(drawn, marks)] },
        series: [{ label: xAxis.title, value: (_plot, value) => value === null ? "–" : xAxis.format(value) }, ...series],
        scales: { x: { time: false, distr: xAxis.isLog ? 3 : 1, range: (_plot, low, high) => [low, high] }, y: { range: yAxis.range ?? fromZero } },
        axes: [axis(xAxis, 40), axis(yAxis, 66)], legend: { live: true } };
}

function draw(entry) {
    entry.drawn?.destroy();
    const values = entry.lines.flatMap((line) => line.lower ? [line.values, line.upper, line.lower] : [line.values]);
    entry.drawn = new uPlot(options(entry), [entry.x, ...values], entry.canvas);
    for (const row of entry.canvas.querySelectorAll(".u-series.edge"))
        row.hidden = true;
}

function drawAll() {
    for (const entry of plots)
        draw(entry);
}

function follow() {
    const resized = new ResizeObserver((changes) => {
        for (const { target } of changes) {
            const { drawn } = plots.find((entry) => entry.canvas === target);
            if (drawn && drawn.width !== target.clientWidth && target.clientWidth > 0)
                drawn.setSize({ width: target.clientWidth, height: 260 });
        }
    });
    for (const { canvas } of plots)
        resized.observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}

/* ---- Head. ------------------------------------------------------------------------------- */

const ENGINES = { libfuzzer: "libFuzzer", afl: "AFL++" };
const engines = Object.entries(data.series);
const total = Math.max(...engines.map(([, figures]) => last(figures.at) ?? 0));

function showHead() {
    const found = data.findings.length;
    const executions = engines.reduce((sum, [, figures]) => sum + (last(figures.executions) ?? 0), 0);
    const begin = data.starts[0], now = data.starts.at(-1);
    const outcome = byId("outcome");
    outcome.textContent = found === 0 ? "✓ nothing found" : `✖ ${plural(found, "finding")}`;
    outcome.classList.add(found === 0 ? "good" : "bad");
    byId("sentence").textContent = `${duration(total)} of fuzzing, ${number(executions)} executions, ${found === 0 ? "no disagreement" : plural(found, "finding")}`;
    document.title = `cachemap campaign: ${duration(total)}, ${plural(found, "finding")}`;
    const libfuzzer = data.series.libfuzzer;
    const facts = [["edges", number(last(libfuzzer?.coverage ?? []))], ["features", number(last(libfuzzer?.features ?? []))],
        ["inputs", number(data.inputs.all)], ["engines", engines.map(([name]) => ENGINES[name] ?? name).join(", ")]];
    if (begin)
        facts.push(["state", data.state], ["begun", moment(begin.time)], ["last figure", moment(data.last_time)], ["jobs", number(now.jobs)], ["commit", now.commit]);
    byId("facts").append(...facts.map(([name, value]) => make("li", {}, `${name} `, make("b", {}, value))));
    byId("contents").append(...Array.from(document.querySelectorAll("section h2"), (title) =>
        make("li", {}, make("a", { href: `#${title.id}` }, title.textContent))));
}

/* ---- Findings. --------------------------------------------------------------------------- */

const LINKS = { "report.html": "page", "report.txt": "report", "reduced.trace": "shortest trace", "test.c": "C program", artifact: "input" };

function showFindings() {
    const body = byId("findings-body");
    if (data.findings.length === 0) {
        body.append(make("p", {}, "None. Each failure would stand here once, however often it was met."));
        return;
    }
    const links = (finding) => make("span", { class: "links" }, Object.entries(finding.links).map(([name, link]) =>
        make("a", { href: link, "aria-label": `${LINKS[name]} of ${finding.signature}` }, LINKS[name])));
    body.append(table("All findings", [["signature", false], ["first after", true], ["inputs", true], ["what is wrong", false]],
        data.findings.map((finding) => [[make("code", {}, finding.signature), links(finding)], duration(finding.at), number(finding.count), finding.meaning || "its folder is not there any more"])));
}

/* ---- Progress. --------------------------------------------------------------------------- */

/* Figure, title, unit, meaning; how its axis begins, and what is said of its values. */
const FIGURES = [
    ["coverage", "Edges covered", "edges", "Distinct edges of the instrumented code, each engine by its own count. The axis does not start at 0.", true, "ends"],
    ["features", "Features", "features", "Edges by how often they were taken, and the state counters. libFuzzer only. The axis does not start at 0.", true, "ends"],
    ["executions_per_second", "Executions per second", "per second", "All jobs of the engine together, over the last minute.", false, "median"],
    ["corpus_count", "Corpus", "inputs", "Inputs that are kept.", false, "ends"],
    ["corpus_bytes", "Corpus size", "KiB", "Bytes of the inputs that are kept.", false, "ends"],
    ["memory_mib", "Memory", "MiB", "Resident, of all processes of the engine.", false, "median"],
];
const TABLE_ROWS_MAX = 40;
const nameOf = (engine) => ENGINES[engine] ?? engine;
const [timeUnit, timeDivisor] = total < 120 ? ["seconds of fuzzing", 1] : total < 7200 ? ["minutes of fuzzing", 60] : ["hours of fuzzing", 3600];

/* The engines' samples on one axis. */
function joined(figure, named) {
    const columns = named.map(([, figures]) => new Map(figures.at.map((at, index) => [at, figures[figure][index]])));
    const at = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
    return { at, values: columns.map((column) => at.map((time) => column.get(time) ?? null)) };
}

function saidOf(kind, unit, named, lists) {
    const each = named.map(([name], index) => {
        const [from, to] = [number(first(lists[index])), number(last(lists[index]))];
        return `${nameOf(name)} ${kind === "median" ? number(median(lists[index])) : from === to ? `${to} throughout` : `from ${from} to ${to}`}`;
    });
    return `${kind === "median" ? "The median, " : "In "}${unit}: ${each.join(", ")}.`;
}

/* Marks that would stand on each other share a line; each has its number in the list above the plots. */
function marksOnAxis() {
    const marks = [];
    for (const [index, { at }] of data.marks.entries()) {
        const before = marks.at(-1);
        if (before && at - before.at < total / 50)
            before.to = index + 1;
        else
            marks.push({ at, from: index + 1, to: index + 1 });
    }
    return marks.map(({ at, from, to }) => ({ x: at / timeDivisor, name: from === to ? `${from}` : `${from}–${to}` }));
}

function showFigure([figure, title, unit, meaning, isAround, kind], parent) {
    const named = engines.filter(([, figures]) => last(figures[figure]) !== null);
    if (named.length === 0)
        return;
    const scale = figure === "corpus_bytes" ? 1024 : 1;
    const { at, values } = joined(figure, named);
    const scaled = values.map((list) => list.map((value) => value === null ? null : value / scale));
    const step = Math.ceil(at.length / TABLE_ROWS_MAX);
    const rows = at.map((_, index) => index).reverse().filter((_, place) => place % step === 0).reverse()
        .map((index) => [duration(at[index]), ...scaled.map((list) => number(list[index]))]);
    // The axis begins where fuzzing began, which has no figures yet.
    plot(parent, title, `${meaning} ${saidOf(kind, unit, named, scaled)}`, [0, ...at.map((time) => time / timeDivisor)],
        named.map(([name], index) => ({ name: nameOf(name), values: [null, ...scaled[index]] })),
        { xAxis: { title: timeUnit, format: (value) => fine.format(value) }, yAxis: { title: unit, format: number, range: isAround ? around : fromZero }, marks: marksOnAxis(),
            columns: [["after", true], ...named.map(([name]) => [`${nameOf(name)}, ${unit}`, true])], rows });
}

const MARKS_MAX = 12;

function showMarks() {
    const { marks } = data;
    if (marks.length === 0)
        return byId("marks").append(make("p", { class: "quiet" }, "Fuzzing was not interrupted."));
    byId("marks").append(make("p", { class: "quiet" }, `What broke in, as numbered in the plots${marks.length > MARKS_MAX ? `; ${marks.length - MARKS_MAX} more are in the table below` : ""}:`),
        make("ol", { class: "marks" }, marks.slice(0, MARKS_MAX).map(({ at, text }, index) => make("li", {}, make("b", {}, `${index + 1}`), ` after ${duration(at)}: ${text}`))));
}

function showProgress() {
    showMarks();
    for (const figure of FIGURES)
        showFigure(figure, byId("progress-plots"));
    const happened = [...data.starts.map((line) => [line, "start", `campaign ${line.campaign}, ${plural(line.jobs, "job")}, commit ${line.commit}`]),
        ...data.events.map((line) => [line, line.event, line.detail])].sort((a, b) => a[0].time - b[0].time);
    byId("events").append(table("Events", [["when", false], ["after", true], ["event", false], ["what", false]],
        happened.map(([line, event, detail]) => [moment(line.time), duration(line.at), event, detail])));
}

/* ---- States. ----------------------------------------------------------------------------- */

/* More are folded away. */
const HOLES_MAX = 24;
const SHARES = [0.01, 0.05, 0.2, 0.5];

function heatCell(count, all) {
    if (count === null)
        return make("td", { class: "never" }, make("span", { "aria-hidden": "true" }, "·"), make("span", { class: "unseen" }, "cannot be"));
    if (count === 0)
        return make("td", { class: "hole" }, make("span", { "aria-hidden": "true" }, "○"), make("span", { class: "unseen" }, "hole"));
    return make("td", { class: `share-${1 + SHARES.filter((share) => count / all >= share).length}` }, number(count));
}

function heatTable(states, all) {
    const head = make("thead", {},
        make("tr", {}, make("td", { rowspan: "2", colspan: "2" }), states.scope.map((name) => make("th", { scope: "colgroup", colspan: String(states.stash.length) }, `scope ${name}`))),
        make("tr", {}, states.scope.map(() => states.stash.map((name) => make("th", { scope: "col" }, `stash ${name}`)))));
    const body = make("tbody", {}, states.rows.map((row) => make("tr", { class: row.place === "" || row.place === "absent" ? "first" : null },
        make("th", { scope: "row", colspan: "2" }, row.op, row.place === "" ? "" : `, key ${row.place}`), row.cells.map((cell) => heatCell(cell, all)))));
    return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Inputs by op and state" },
        make("table", { class: "heat" }, make("caption", { class: "unseen" }, "In how many inputs each op is done in each state"), head, body));
}

function showStates() {
    const { states, inputs } = data;
    const cells = states.rows.flatMap((row) => row.cells).filter((cell) => cell !== null);
    const seen = cells.filter((cell) => cell > 0).length;
    const swatch = (name, mark, text) => make("span", {}, make("span", { class: `swatch ${name}`, "aria-hidden": "true" }, mark), text);
    const shares = ["under 1 %", "1 to 5 %", "5 to 20 %", "20 to 50 %", "50 % and more"].map((text, index) => swatch(`share-${index + 1}`, "n", `${text} of inputs`));
    byId("states-body").append(
        make("p", { class: "quiet" }, `In how many inputs an op is done in an abstract state: how full stash and scope are, and where the op's key is. ${number(seen)} of ${number(cells.length)} pairs are seen in ${number(inputs.looked_at)} inputs${inputs.looked_at < inputs.all ? `, a sample of ${number(inputs.all)}` : ""}.`),
        make("div", { class: "legend" }, shares, swatch("hole", "○", "hole: in no input"), swatch("never", "·", "cannot be: an empty stash holds no key")),
        heatTable(states, inputs.looked_at),
        states.holes.length === 0 ? make("p", { class: "whole" }, "There is no hole: each op was done in each state in which it can be.")
            : make("details", { open: states.holes.length <= HOLES_MAX }, make("summary", {}, `${plural(states.holes.length, "hole")}, by name`),
                make("ul", { class: "holes" }, states.holes.map((hole) => make("li", {}, hole)))));
}

function showLabels() {
    const { labels, inputs } = data;
    const holes = labels.filter((label) => label.inputs === 0);
    const rows = labels.toSorted((a, b) => a.inputs - b.inputs).map((label) => [label.inputs === 0 ? "○ hole" : number(label.inputs), percent(label.inputs, inputs.looked_at), make("code", {}, label.name), label.theme, coded(label.sentence)]);
    byId("labels-body").append(
        make("p", { class: "quiet" }, `Everything that is known to be able to happen, by `, make("code", {}, "./trace witness"), `: ${number(labels.length - holes.length)} of ${number(labels.length)} happen in these inputs.`),
        holes.length === 0 ? "" : make("details", { open: holes.length <= HOLES_MAX }, make("summary", {}, `${plural(holes.length, "hole")}, by name`),
            make("ul", { class: "holes" }, holes.map((label) => make("li", {}, make("code", {}, label.name), ": ", coded(label.sentence))))),
        make("details", {}, make("summary", {}, "All of them, the rarest first"),
            table("What happens in how many inputs", [["inputs", true], ["share", true], ["label", false], ["theme", false], ["what happens", false]], rows)));
}

function showMix() {
    const all = data.mix.reduce((sum, row) => sum + row.count, 0);
    const most = Math.max(...data.mix.map((row) => row.count), 1);
    const bar = (row) => make("span", { class: "bar", "aria-hidden": "true" },
        make("i", { style: `width: ${100 * (row.count - row.refused) / most}%` }), row.refused > 0 && make("i", { class: "refused", style: `width: ${100 * row.refused / most}%` }));
    byId("mix-body").append(
        make("p", { class: "quiet" }, `${number(all)} ops in ${number(data.inputs.looked_at)} inputs of the corpus. Hatched: refused, for a full stash or scope, or by the scope's state.`),
        table("Ops by kind", [["op", false], ["share", true], ["ops", true], ["refused", true], ["as a bar", false]],
            data.mix.map((row) => [row.op, percent(row.count, all), number(row.count), percent(row.refused, row.count), bar(row)])));
}

/* ---- Survival. --------------------------------------------------------------------------- */

const CONFIGURATIONS = {
    ours: "this fuzz target as it ships",
    original: "the fuzzer of the design that the library rethinks, written anew: random operations, no coverage, all compared at the end",
    naive: "a first day's target: two bytes are an operation and a key, one map, only gets are compared, libFuzzer's defaults",
};

function showSurvival() {
    const body = byId("survival-body");
    if (data.survival === null) {
        body.append(make("p", {}, "Not measured yet: ", make("code", {}, "make survival"), " (hours)."));
        return;
    }
    const { bugs, curves } = data.survival;
    const x = [...new Set(curves.flatMap((curve) => curve.time))].sort((a, b) => a - b);
    const on = (curve, values) => {
        const known = new Map(curve.time.map((time, index) => [time, values[index]]));
        return x.map((time) => known.get(time) ?? null);
    };
    const named = curves.map((curve) => `${curve.config} ${percent(curve.survival.at(-1), 1)}`).join(", ");
    const step = Math.ceil(x.length / TABLE_ROWS_MAX);
    const cell = (curve, time) => {
        const index = curve.time.indexOf(time);
        return index < 0 ? "–" : `${percent(curve.survival[index], 1)} (${percent(curve.lower[index], 1)} to ${percent(curve.upper[index], 1)})`;
    };
    const plotsHere = make("div", { class: "plots" });
    body.append(make("p", { class: "quiet" }, `Kaplan-Meier estimates over ${plural(bugs, "planted bug")}, with pointwise 95 % bands that take the bugs, not the runs, for independent. From the last `, make("code", {}, "make survival"), ", not from this campaign: docs/effectiveness.md says how it is measured."),
        make("dl", { class: "meanings" }, curves.filter(({ config }) => config in CONFIGURATIONS).map(({ config }) => make("div", {}, make("dt", {}, config), make("dd", {}, CONFIGURATIONS[config])))), plotsHere);
    plot(plotsHere, "Bugs not found yet", `The lower, the better. Left at the end: ${named}.`, x,
        curves.map((curve) => ({ name: curve.config, isStep: true, values: on(curve, curve.survival), lower: on(curve, curve.lower), upper: on(curve, curve.upper) })),
        { xAxis: { title: "CPU seconds", isLog: true, format: (value) => fine.format(value) }, yAxis: { title: "share of bugs not found", format: (value) => percent(value, 1), range: () => [0, 1] },
            columns: [["CPU seconds", true], ...curves.map((curve) => [`${curve.config} (95 %)`, true])],
            rows: x.filter((_, index) => index % step === 0 || index === x.length - 1).map((time) => [fine.format(time), ...curves.map((curve) => cell(curve, time))]) });
}

/* ---- All. -------------------------------------------------------------------------------- */

byId("app").hidden = false;
showHead();
showFindings();
showProgress();
showStates();
showLabels();
showMix();
showSurvival();
drawAll();
follow();
