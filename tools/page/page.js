/* SPDX-License-Identifier: Apache-2.0 */
/* The page of ./trace html: steps through the records of runs (docs/record.md), one alone or two beside each
 * other. Reads the JSON in the page and nothing else; what it shows it makes of text nodes. It knows how to
 * show a record, nothing of what is right: each mark comes from a line of the record. What a record says is in
 * record.js, before this in one script. */

/* ---- The DOM. ---------------------------------------------------------------------------- */

const byId = (id) => document.getElementById(id);

/* An element. `attributes` with a boolean are there or not; `onclick` is a listener. */
function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name === "onclick")
            element.addEventListener("click", value);
        else if (value === true)
            element.setAttribute(name, "");
        else if (value !== false && value !== undefined)
            element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== false));
    return element;
}

/* A large map has thousands of nodes, and a step changes a few: elements are kept under a name, and what is in
 * its place stays there. */
const keptElements = new Map();

function keep(name, makeElement) {
    if (!keptElements.has(name))
        keptElements.set(name, makeElement());
    return keptElements.get(name);
}

/* Makes the children of `parent` those of the list; null and false are none. */
function fill(parent, children) {
    const wanted = children.filter((child) => child !== null && child !== false);
    const isWanted = new Set(wanted);
    for (const child of Array.from(parent.childNodes))
        if (!isWanted.has(child))
            child.remove();
    let at = parent.firstChild;
    for (const child of wanted) {
        if (child === at)
            at = at.nextSibling;
        else
            parent.insertBefore(child, at);
    }
    return parent;
}

/* A row is made anew when one of the parts that it is made of is another; objects of the record are compared by
 * identity. */
const keptRows = new Map();

function keepRow(name, parts, makeRow) {
    const kept = keptRows.get(name);
    if (kept && kept.parts.length === parts.length && kept.parts.every((part, index) => part === parts[index]))
        return kept.row;
    const row = makeRow();
    keptRows.set(name, { parts, row });
    return row;
}

const unseen = (text) => make("span", { class: "unseen" }, text);

const mark = (kind, sign) => make("b", { class: "mark " + kind, "aria-hidden": "true" }, sign);

/* ---- What is shown now. ------------------------------------------------------------------ */

const page = JSON.parse(byId("page-data").textContent);
const runs = Array.from(document.querySelectorAll("script.run"), (script) =>
    new Run(script.dataset.name, script.dataset.title, JSON.parse(script.textContent)));
const NOTHING = "nothing";

const shown = { step: 0, follow: -1, trace: runs[0], beside: null };

const runOfName = (name) => runs.find((run) => run.name === name) ?? null;

const stepCount = () => Math.max(shown.trace.steps.length, shown.beside ? shown.beside.steps.length : 0);

function besideByDefault(trace) {
    return trace.name === "reduced" ? runOfName("neighbour") : null;
}

/* "#step=12&follow=3&trace=reduced&beside=neighbour". What is missing or cannot be is as at first. */
function readHash() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const number = (name, otherwise) => (/^[0-9]{1,6}$/.test(wanted.get(name) ?? "") ? Number(wanted.get(name)) : otherwise);
    shown.trace = runOfName(wanted.get("trace")) ?? runs[0];
    shown.beside = wanted.get("beside") === NOTHING ? null : runOfName(wanted.get("beside")) ?? besideByDefault(shown.trace);
    if (shown.beside === shown.trace)
        shown.beside = null;
    shown.follow = number("follow", -1);
    shown.step = number("step", Math.max(shown.trace.failing, 0) + 1) - 1;
    shown.step = Math.max(0, Math.min(shown.step, stepCount() - 1));
}

function writeHash() {
    const words = [`step=${shown.step + 1}`];
    if (shown.follow >= 0)
        words.push(`follow=${shown.follow}`);
    words.push(`trace=${shown.trace.name}`, `beside=${shown.beside ? shown.beside.name : NOTHING}`);
    history.replaceState(null, "", "#" + words.join("&"));
}

/* ---- Buttons in the panels: keys and values. --------------------------------------------- */

function keyButton(key, focus) {
    const isFollowed = key === shown.follow;
    return make("button", {
        type: "button", class: "key", "data-focus": focus + "-key", "aria-pressed": String(isFollowed),
        title: isFollowed ? `Stop following key ${key}` : `Follow key ${key}`,
        onclick: () => follow(isFollowed ? -1 : key),
    }, `key ${key}`);
}

function valueButton(run, value, focus) {
    const writer = run.writers.get(value);
    if (writer === undefined)
        return make("span", {}, `value ${value}`);
    return make("button", {
        type: "button", class: "value", "data-focus": focus + "-value", title: `To ${stepName(run.steps[writer])}, which wrote it`,
        onclick: () => go(writer),
    }, `value ${value}`, unseen(`, written by ${stepName(run.steps[writer])}`));
}

/* A value that no op has stored. */
const originFlag = (content) => (content.origin ? make("span", { class: "flag bad" }, `✖ ${content.origin}`) : null);

function contentNodes(run, content, focus) {
    const end = content.tombstone ? make("span", {}, "tombstone") : valueButton(run, content.value, focus);
    return [keyButton(content.key, focus), end, originFlag(content),
        content.damaged ? make("span", { class: "flag bad" }, "✖ damaged bytes") : null];
}

/* ---- A panel: the op, the map, the models. ----------------------------------------------- */

/* A title above something; `note` stands at its right. */
function block(view, title, note, ...content) {
    const words = keep(`${view.id} note ${title}`, () => make("span", {}));
    const head = keep(`${view.id} title ${title}`, () => make("div", { class: "block-title" }, make("h3", {}, title), words));
    words.textContent = note;
    return fill(keep(`${view.id} block ${title}`, () => make("div", { class: "block" })), [head, ...content]);
}

function table(view, name, caption, titles, rows, attributes = {}) {
    const id = view.id + name;
    const body = keep(`${id} ${titles} body`, () => make("tbody", {}));
    const region = keep(`${id} ${titles}`, () => make("div",
        { class: "scroll table-region", tabindex: "0", role: "region", "data-scroll": id },
        make("table", attributes, make("caption", { class: "unseen" }, caption),
            make("thead", {}, make("tr", {}, ...titles.map((title) => make("th", { scope: "col" }, title)))), body)));
    region.setAttribute("aria-label", `${caption}, ${view.run.title}`);
    fill(body, rows);
    return region;
}

function answerNodes(view) {
    const { id, run, line } = view;
    const differs = line.model !== undefined && line.map !== line.model;
    const words = (name, text) => (isValue(text) ? valueButton(run, Number(text), `${id}-op-${name}`) : answerWords(text));
    if (line.map === undefined)
        return null;
    return make("dl", { class: "answers" },
        make("div", {}, make("dt", {}, "map answered "), make("dd", { class: differs ? "bad" : "" }, differs ? "✖ " : "", words("map", line.map), originWords(line.map_origin))),
        make("div", {}, make("dt", {}, "model expects "), make("dd", {}, words("model", line.model))));
}

/* Why the state below is not simply the one after the op. */
function noteOf(run) {
    const { verdict } = run;
    if (verdict.outcome === "dies")
        return "The run died within this op. The state below is the one before it.";
    if (verdict.pass !== "with the cache")
        return `It fails in another pass, ${verdict.pass}. The state below is that of the pass with the cache.`;
    if (verdict.check === "check_library_assertion")
        return "An assertion of the library ended the run within this op. The state below is half way through it.";
    return null;
}

const CHANGES_MAX = 40;

function opNodes(view) {
    const { run, line, before, other } = view;
    const words = changeSentences(before, line);
    const kept = words.slice(0, CHANGES_MAX);
    const isFirst = other && run.firstDifference(other) === shown.step;
    const note = shown.step === run.failing ? noteOf(run) : null;
    return make("div", { class: "op" },
        make("div", { class: "op-line" },
            make("span", { class: "op-number" }, line.kind === "end" ? "end" : line.kind === "init" ? "init" : `op ${line.op}`),
            make("span", { class: "op-text" }, line.text),
            line.key !== undefined ? keyButton(line.key, `${view.id}-op`) : null,
            line.value !== undefined ? make("span", { class: "quiet" }, `stores value ${line.value}`) : null,
            shown.step === run.failing ? make("span", { class: "op-flag bad" }, "✖ fails here") : null,
            isFirst ? make("span", { class: "op-flag beside" }, "⇄ first difference") : null),
        line.call ? make("p", { class: "op-note call" }, `${bracketOf(line)} Ops ${line.call.first} to ${line.call.last} are one call.` +
            (isAhead(line) ? " The map is that after all of them; the models are that after this one." : "")) : null,
        line.asked ? make("p", { class: "op-note asked" }, line.asked) : null,
        answerNodes(view),
        note === null ? null : make("p", { class: "op-note" }, note),
        make("ul", { class: "changes", "aria-label": "What this step changed" },
            ...kept.map((text) => make("li", {}, text)),
            words.length > kept.length ? make("li", {}, `and ${words.length - kept.length} more`) : null,
            words.length === 0 ? make("li", { class: "none" }, "nothing in the map or the model changed") : null));
}

/* ●●○, or a number where there are more than three. */
function countNodes(count, max) {
    const text = `count ${count} of ${max}`;
    if (max > 3)
        return [make("span", {}, text)];
    return [make("span", { class: "pips", "aria-hidden": "true", title: text }, "●".repeat(count) + "○".repeat(Math.max(0, max - count))),
        unseen(text)];
}

function slotCell(view, set, way) {
    const { run, now, line } = view;
    const index = set * now.layout.ways + way;
    const slot = now.slots[index];
    const place = (entry) => entry.set === set && entry.way === way;
    const changed = line !== null && (line.slots ?? []).some(place);
    const naive = (now.naive.slots ?? []).find(place);
    const naiveHand = (now.naive.hands ?? []).find((entry) => entry.set === set && entry.hand === way);
    const isFollowed = slot !== null && slot.key === shown.follow;
    const focus = `${view.id}-slot-${index}`;
    const names = ["slot", slot ? "" : "free", changed ? "changed" : "", naive || naiveHand ? "differs" : "", isFollowed ? "followed" : ""];
    return make("td", { class: names.filter(Boolean).join(" ") },
        slot ? make("div", { class: "slot-content" }, ...contentNodes(run, slot, focus)) : "free",
        slot ? make("div", { class: "slot-more" }, make("span", {}, ...countNodes(slot.count, (1 << now.layout.clock_bits) - 1)),
            make("span", { class: "mono" }, unseen("tag "), tagWords(slot))) : null,
        now.hands[set] === way ? make("span", { class: "flag hand" }, line !== null && (line.hands ?? []).some((entry) => entry.set === set) ? "▼ hand ✱ moved" : "▼ hand") : null,
        changed ? make("span", { class: "flag change" }, "✱ changed") : null,
        naive ? make("span", { class: "flag naive" }, `≠ naive: ${naive.count === 0 ? "free" : `${contentWords(naive)}, count ${naive.count}`}`) : null,
        naiveHand ? make("span", { class: "flag naive" }, "≠ naive: hand here") : null);
}

/* Whether the step, or the difference to the naive map, has to do with the set. */
function setIsNamed({ now, line }, set) {
    return [line?.slots, line?.hands, now.naive.slots, now.naive.hands]
        .some((list) => (list ?? []).some((entry) => entry.set === set));
}

function setIsShown(view, set) {
    const { now } = view;
    const ways = now.layout.ways;
    return now.sets <= 2 || now.hands[set] !== 0 || setIsNamed(view, set) ||
        now.slots.slice(set * ways, (set + 1) * ways).some((slot) => slot !== null);
}

function cacheNodes(view) {
    const { now } = view;
    const ways = Array.from({ length: now.layout.ways }, (_, way) => way);
    const sets = Array.from({ length: now.sets }, (_, set) => set);
    const used = sets.filter((set) => setIsShown(view, set));
    const free = sets.length - used.length;
    if (now.sets === 0)
        return block(view, "Cache", "", make("p", { class: "none-line" }, "This map has no cache: sets=0."));
    const marked = (set) => setIsNamed(view, set);
    const rows = used.map((set) => keepRow(`${view.id} set ${set}`,
        [view.run, now.layout, shown.follow, now.hands[set], marked(set) ? view : null, ...now.slots.slice(set * ways.length, (set + 1) * ways.length)],
        () => make("tr", {}, make("th", { scope: "row" }, `set ${set}`), ...ways.map((way) => slotCell(view, set, way)))));
    return block(view, "Cache", `${now.cached} of ${now.slots.length} values, ${now.hits} hits, ${now.misses} misses`,
        used.length > 0 ? table(view, "cache", "Cache: sets by ways", ["set", ...ways.map((way) => `way ${way}`)], rows,
            { class: "cache" + (ways.length > 4 ? " many" : "") }) : null,
        free > 0 ? make("p", { class: "none-line" }, `${free} ${used.length > 0 ? "more " : ""}${free === 1 ? "set is" : "sets are"} free`) : null);
}

function stashNodes(view) {
    const { run, head, now, line } = view;
    const changed = new Set((line?.stash ?? []).map((entry) => entry.entry));
    const rows = now.stash.map((entry, index) => make("tr",
        { class: [changed.has(index) ? "changed" : "", entry.key === shown.follow ? "followed" : ""].join(" ") },
        make("th", { scope: "row" }, String(index)),
        make("td", {}, keyButton(entry.key, `${view.id}-stash-${index}`)),
        make("td", {}, entry.tombstone ? "tombstone" : valueButton(run, entry.value, `${view.id}-stash-${index}`),
            originFlag(entry),
            entry.damaged ? make("span", { class: "flag bad" }, "✖ damaged bytes") : null,
            changed.has(index) ? make("span", { class: "flag change" }, "✱ changed") : null)));
    return block(view, "Stash", `${now.stash.length} of ${head.stash}`, rows.length === 0
        ? make("p", { class: "none-line" }, "Nothing is in the stash.")
        : table(view, "stash", "Stash", ["entry", "key", "content"], rows));
}

function scopeNodes(view) {
    const { run, head, now, line } = view;
    const changed = new Set((line?.scope ?? []).map((record) => record.record));
    if (!now.scopeOpen)
        return block(view, "Scope log", "no scope is open", now.scope.length === 0 ? null : make("p", { class: "none-line" }, `${now.scope.length} records`));
    const rows = now.scope.map((record, index) => {
        const op = run.steps[record.step];
        const isFollowed = op.key !== undefined && op.key === shown.follow;
        return make("tr", { class: [changed.has(index) ? "changed" : "", isFollowed ? "followed" : ""].join(" ") },
            make("th", { scope: "row" }, String(index)),
            make("td", {}, make("button", { type: "button", class: "value", "data-focus": `${view.id}-scope-${index}`,
                title: `To ${stepName(op)}, which wrote the record`, onclick: () => go(record.step) }, `${stepName(op)}: ${op.text}`)),
            make("td", {}, recordWords(record), changed.has(index) ? make("span", { class: "flag change" }, "✱ new") : null));
    });
    return block(view, "Scope log", `open, ${now.scope.length} of ${head.scope} records`, rows.length === 0
        ? make("p", { class: "none-line" }, "Nothing is to be undone yet.")
        : table(view, "scope", "Scope log", ["record", "written by", "what a discard undoes"], rows));
}

/* Where the map has each key: as a lookup would find it, the cache first. */
function placesOfKeys(now) {
    const places = new Map();
    now.stash.forEach((entry) => places.set(entry.key, { content: entry, words: `stash entry ${entry.entry}` }));
    now.slots.forEach((slot, index) => {
        if (slot !== null)
            places.set(slot.key, { content: slot, words: `set ${Math.floor(index / now.layout.ways)} way ${index % now.layout.ways}` });
    });
    return places;
}

function makeKeyRow(view, key, model, place, touched, ahead) {
    const { run } = view;
    const focus = `${view.id}-model-${key}`;
    const differs = !ahead && modelWords(model) !== modelWords(place.content);
    const cell = (content, name, ...more) => make("td", {},
        content && !content.tombstone ? valueButton(run, content.value, focus + name) : modelWords(content), ...more);
    return make("tr", { class: [touched ? "changed" : "", key === shown.follow ? "followed" : ""].join(" ") },
        make("th", { scope: "row" }, keyButton(key, focus), touched ? make("span", { class: "flag change" }, "✱ this step") : null),
        cell(model, "-has"),
        cell(place.content, "-map", make("span", { class: "where" }, place.words),
            differs ? make("span", { class: "flag bad" }, "✖ not what the model has") : null));
}

function keyRow(view, key, places) {
    const { run, now, line } = view;
    const model = now.keys.get(key);
    const place = places.get(key) ?? { content: null, words: "" };
    const touched = line !== null && ((line.model_keys ?? []).some((entry) => entry.key === key) || line.key === key);
    const ahead = isAhead(line);
    return keepRow(`${view.id} key ${key}`, [run, model, place.content, place.words, touched, shown.follow, ahead],
        () => makeKeyRow(view, key, model, place, touched, ahead));
}

function modelNodes(view) {
    const { run, now, head } = view;
    const named = new Set(now.keys.keys());
    for (const [key, steps] of run.touches)
        if (steps[0] <= shown.step)
            named.add(key);
    const keys = Array.from(named).sort((a, b) => a - b);
    const places = placesOfKeys(now);
    return block(view, "Model", `${keys.length} of ${head.keys} keys named so far`, keys.length === 0
        ? make("p", { class: "none-line" }, "No key has been named yet.")
        : table(view, "model", "Model beside map, by key", ["key", "model", "map"], keys.map((key) => keyRow(view, key, places))));
}

/* A row of the stash's index: a bucket and the entry that it names. */
function bucketRow(view, row, index) {
    const focus = `${view.id}-bucket-${index}`;
    const entry = row.entry === undefined ? "free" : `entry ${row.entry}`;
    return make("tr", { class: [row.broken ? "broken" : "", row.key !== undefined && row.key === shown.follow ? "followed" : ""].join(" ") },
        make("th", { scope: "row" }, row.bucket === undefined ? "none" : String(row.bucket)),
        make("td", {}, entry, row.entry !== undefined && row.key === undefined ? make("span", { class: "where" }, "not there") : null),
        make("td", {}, ...(row.key === undefined ? [] : contentNodes(view.run, row, focus)),
            row.broken ? make("span", { class: "flag bad" }, `✖ ${row.broken}`) : null),
        make("td", {}, row.says === undefined ? "" : String(row.says)),
        make("td", {}, row.home === undefined ? "" : String(row.home)));
}

/* What the map's own check finds, and the stash's index where it finds that broken. */
function checkNodes(view) {
    const { finds, place, buckets } = view.now.check;
    if (finds === undefined)
        return null;
    return block(view, "The map's check finds", "",
        make("p", { class: "check-finds" }, make("span", { class: "flag bad" }, "✖ does not hold"), ` ${finds}: ${place}`),
        buckets ? table(view, "index", "Index of the stash: the entry that a bucket names, and the bucket that the entry says",
            ["bucket", "entry", "content", "says", "home"],
            buckets.map((row, index) => bucketRow(view, row, index))) : null);
}

function naiveNodes(view) {
    const words = naiveSentences(view.now.naive);
    if (words.length === 0)
        return null;
    return block(view, "The naive map has instead", `${words.length} ${words.length === 1 ? "difference" : "differences"}`,
        make("ul", { class: "naive-list" }, ...words.map((text) => make("li", {}, text))));
}

/* What a panel shows: a run at the step. After its last step it stays there. */
function viewOf(id, run, other) {
    const step = Math.min(shown.step, run.steps.length - 1);
    const ended = run.steps.length - 1 < shown.step;
    const before = run.stateAt(step - (ended ? 0 : 1));
    const line = ended || run.steps.length === 0 ? null : run.steps[step];
    const now = line === null ? before : before.copy().apply(line, step);
    return { id, run, other, line, before, now, ended, head: run.head };
}

function verdictWords(run) {
    if (run.verdict.outcome === "agrees")
        return "✓ passes";
    const kind = run.steps[run.failing]?.kind;
    return kind === "end" ? "✖ fails in the final verification" : run.verdict.op === 0 ? "✖ fails at init" : `✖ fails at op ${run.verdict.op}`;
}

/* Where the run comes from. */
function provenanceOf(run) {
    switch (run.name) {
    case "reduced": return `reduced ${page.reduced}`;
    case "neighbour": return page.neighbour;
    default: return "as it is in the file";
    }
}

/* What is another than in the run beside is underlined. */
function geometryNodes(run, other) {
    const others = other ? geometryFields(other.head) : geometryFields(run.head);
    return make("p", { class: "panel-note mono" }, ...geometryFields(run.head).flatMap(([name, value], index) =>
        [index === 0 ? "" : " ", others[index][1] === value ? `${name}=${value}` : make("b", {}, `${name}=${value}`)]));
}

function panel(id, run, other) {
    const view = viewOf(id, run, other);
    const section = keep(`panel ${id}`, () => make("section", { "aria-labelledby": `panel-${id}` }));
    section.className = "panel" + (shown.step === run.failing ? " fails" : "");
    return fill(section, [
        make("div", {},
            make("div", { class: "panel-title" }, make("h2", { id: `panel-${id}`, tabindex: "-1" }, run.title),
                make("span", { class: run.failing >= 0 ? "op-flag bad" : "op-flag" }, verdictWords(run))),
            make("p", { class: "panel-note" }, provenanceOf(run)),
            geometryNodes(run, other)),
        view.line ? opNodes(view) : make("p", { class: "none-line" }, run.steps.length === 0 ? "This trace has no ops." : "This run has ended before this step."),
        cacheNodes(view), naiveNodes(view), checkNodes(view), stashNodes(view), scopeNodes(view), modelNodes(view)]);
}

/* What is inside a scroll region moves into its view; the page itself stays. */
function revealChanged(region) {
    const cell = region.querySelector("td.changed, tr.changed > td, td.differs");
    if (!cell)
        return;
    const outer = region.getBoundingClientRect(), inner = cell.getBoundingClientRect();
    const top = outer.top + 32, left = outer.left + 64; /* the headings stick there */
    if (inner.top < top || inner.bottom > outer.bottom)
        region.scrollTop += inner.top - top - 8;
    if (inner.left < left || inner.right > outer.right)
        region.scrollLeft += inner.left - left - 8;
}

function renderPanels() {
    const box = byId("panels");
    const active = document.activeElement;
    const hadFocus = box.contains(active);
    fill(box, [panel("a", shown.trace, shown.beside), shown.beside && panel("b", shown.beside, shown.trace)]);
    box.querySelectorAll("[data-scroll]").forEach(revealChanged);
    if (hadFocus && !box.contains(document.activeElement)) /* what had it was made anew, or is gone */
        (box.querySelector(`[data-focus="${active.dataset.focus}"]`) ?? byId("panel-a")).focus({ preventScroll: true });
}

/* ---- The list of steps: only the rows that can be seen are there. ------------------------- */

const ROW_HEIGHT = 30; /* as --row in the style sheet */
const LIST_SHORT = 14;

function stepRow(index) {
    const run = shown.trace;
    const line = run.steps[index];
    const fails = index === run.failing;
    const isFirst = shown.beside !== null && run.firstDifference(shown.beside) === index;
    const differs = line.model !== undefined && line.map !== line.model;
    const signs = [
        run.touchedAt(shown.follow, index) && ["follow", "◆", "touches the key that is followed"],
        isFirst && ["beside", "⇄", "first difference"],
        run.diverges[index] && ["naive", "≠", "differs inside"],
        fails && ["bad", "✖", "fails here"],
    ].filter(Boolean);
    const row = make("div", { class: "step" + (fails ? " fails" : ""), role: "option", id: `step-${index}`,
        "aria-selected": String(index === shown.step), "aria-posinset": index + 1, "aria-setsize": run.steps.length,
        onclick: () => go(index) },
    make("span", { class: "step-number" }, line.kind === "end" ? "end" : String(line.op)),
    run.hasCalls ? make("span", { class: "step-call", "aria-hidden": "true" }, bracketOf(line)) : null,
    make("span", { class: "step-op" }, line.text, line.call ? unseen(`, one call with ops ${line.call.first} to ${line.call.last}`) : null),
    make("span", { class: "step-answer" }, line.map === undefined ? "" : answerWords(line.map) + (differs ? `, not ${answerWords(line.model)}` : "")),
    make("span", { class: "step-marks" }, ...signs.flatMap(([kind, sign, words]) => [mark(kind, sign), unseen(words)])));
    row.style.top = `${index * ROW_HEIGHT}px`;
    return row;
}

function renderRows() {
    const list = byId("steps");
    const count = shown.trace.steps.length;
    const first = Math.max(0, Math.floor(list.scrollTop / ROW_HEIGHT) - 8);
    const last = Math.min(count, first + Math.ceil((list.clientHeight || 600) / ROW_HEIGHT) + 16);
    const indexes = [];
    for (let index = first; index < last; index += 1)
        indexes.push(index);
    if (shown.step < count && (shown.step < first || shown.step >= last))
        indexes.push(shown.step); /* aria-activedescendant names it */
    byId("steps-space").replaceChildren(...indexes.map(stepRow));
    if (shown.step < count)
        list.setAttribute("aria-activedescendant", `step-${shown.step}`);
    else
        list.removeAttribute("aria-activedescendant");
}

function renderSteps() {
    const list = byId("steps");
    const count = shown.trace.steps.length;
    const top = shown.step * ROW_HEIGHT;
    list.classList.toggle("short", count <= LIST_SHORT);
    byId("steps-space").style.height = `${count * ROW_HEIGHT}px`;
    byId("steps-run").textContent = shown.trace.title;
    if (top < list.scrollTop || top + ROW_HEIGHT > list.scrollTop + list.clientHeight)
        list.scrollTop = top - list.clientHeight / 2;
    renderRows();
}

/* ---- The bar, the key that is followed, the live region. --------------------------------- */

function stepWords() {
    const line = shown.trace.steps[shown.step];
    if (!line)
        return shown.trace.steps.length === 0 ? "no ops" : "this trace has ended";
    return line.kind === "end" || line.kind === "init" ? line.text : `op ${line.op} of ${shown.trace.opCount()}: ${line.text}`;
}

function renderBar() {
    const slider = byId("slider");
    const last = Math.max(stepCount() - 1, 0);
    const failing = shown.trace.failing;
    slider.max = last;
    slider.value = shown.step;
    slider.setAttribute("aria-valuetext", stepWords());
    byId("place").textContent = stepWords();
    byId("first").disabled = byId("previous").disabled = shown.step === 0;
    byId("next").disabled = byId("last").disabled = shown.step === last;
    byId("to-failure").hidden = failing < 0;
    byId("to-failure").disabled = failing === shown.step;
    byId("rail-mark").hidden = failing < 0;
    byId("rail-mark").style.left = `calc(8px + (100% - 16px) * ${last === 0 ? 0 : failing / last})`;
}

function renderChoices() {
    const option = (value, text, selected) => {
        const element = make("option", { value }, text);
        element.selected = selected;
        return element;
    };
    const keys = Array.from(shown.trace.touches.keys()).sort((a, b) => a - b);
    byId("trace").replaceChildren(...runs.map((run) => option(run.name, run.title, run === shown.trace)));
    byId("beside").replaceChildren(option(NOTHING, NOTHING, shown.beside === null),
        ...runs.filter((run) => run !== shown.trace).map((run) => option(run.name, run.title, run === shown.beside)));
    byId("beside").disabled = runs.length === 1;
    byId("follow").replaceChildren(option("-1", "no key", shown.follow < 0), ...keys.map((key) => option(String(key), `key ${key}`, key === shown.follow)));
}

const FOLLOWED_MAX = 120;

function renderFollowed() {
    const steps = shown.trace.touches.get(shown.follow) ?? [];
    const around = Math.max(0, steps.findLastIndex((step) => step <= shown.step));
    const first = Math.max(0, Math.min(around - FOLLOWED_MAX / 2, steps.length - FOLLOWED_MAX));
    const kept = steps.slice(first, first + FOLLOWED_MAX);
    byId("followed").hidden = byId("follow-buttons").hidden = shown.follow < 0;
    if (shown.follow < 0)
        return;
    byId("follow-previous").disabled = !steps.some((step) => step < shown.step);
    byId("follow-next").disabled = !steps.some((step) => step > shown.step);
    byId("followed-title").textContent = `◆ Key ${shown.follow}`;
    byId("followed-sum").textContent = `touched by ${steps.length} ${steps.length === 1 ? "step" : "steps"}` +
        (kept.length < steps.length ? `; ${kept.length} around this one are listed` : "");
    byId("followed-steps").replaceChildren(...kept.map((step) => make("li", {}, make("button",
        { type: "button", "aria-current": step === shown.step ? "step" : undefined, onclick: () => go(step) },
        `${shown.trace.steps[step].op}: ${shown.trace.steps[step].text}`))));
}

function announce() {
    const line = shown.trace.steps[shown.step];
    const words = [stepWords()];
    if (line?.map !== undefined)
        words.push(`map ${answerWords(line.map)}, model ${answerWords(line.model)}`);
    if (shown.step === shown.trace.failing)
        words.push("fails here");
    if (line)
        words.push(...changeSentences(shown.trace.stateAt(shown.step - 1), line).slice(0, 4));
    byId("live").textContent = words.join(". ");
}

function render() {
    const active = document.activeElement;
    renderBar();
    renderChoices();
    renderSteps();
    renderFollowed();
    renderPanels();
    announce();
    writeHash();
    if (active?.disabled) /* a button at the end of its way: the slider goes on from there */
        byId("slider").focus();
}

/* ---- What the user does. ------------------------------------------------------------------ */

function go(step) {
    const next = Math.max(0, Math.min(step, stepCount() - 1));
    if (next === shown.step)
        return;
    shown.step = next;
    render();
}

function follow(key) {
    shown.follow = key;
    render();
}

/* To the nearest step, in a direction, that touches the key. */
function goFollowed(direction) {
    const steps = shown.trace.touches.get(shown.follow) ?? [];
    const next = direction > 0 ? steps.find((step) => step > shown.step) : steps.findLast((step) => step < shown.step);
    if (next !== undefined)
        go(next);
}

function goFailure() {
    if (shown.trace.failing >= 0)
        go(shown.trace.failing);
}

const pageOfList = () => Math.max(1, Math.floor(byId("steps").clientHeight / ROW_HEIGHT) - 1);

/* The arrows along a list and a slider; what a scroll region needs for itself stays its own. */
function moveOfKey(event) {
    const target = event.target;
    const isStepper = target === byId("slider") || target === byId("steps");
    const scrolls = target.classList?.contains("scroll") ?? false;
    const scrollsAcross = scrolls && target.scrollWidth > target.clientWidth;
    switch (event.key) {
    case "ArrowLeft": return scrollsAcross ? null : () => go(shown.step - 1);
    case "ArrowRight": return scrollsAcross ? null : () => go(shown.step + 1);
    case "Home": return scrolls ? null : () => go(0);
    case "End": return scrolls ? null : () => go(stepCount() - 1);
    case "ArrowUp": return isStepper ? () => go(shown.step - 1) : null;
    case "ArrowDown": return isStepper ? () => go(shown.step + 1) : null;
    case "PageUp": return isStepper ? () => go(shown.step - pageOfList()) : null;
    case "PageDown": return isStepper ? () => go(shown.step + pageOfList()) : null;
    case "Escape": return shown.follow >= 0 ? () => follow(-1) : null;
    default: return null;
    }
}

function letterOfKey(key) {
    switch (byId("letters").checked ? key : "") {
    case "n": return () => goFollowed(1);
    case "p": return () => goFollowed(-1);
    case "f": return goFailure;
    default: return null;
    }
}

function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches?.("select"))
        return;
    const action = moveOfKey(event) ?? letterOfKey(event.key);
    if (action === null)
        return;
    event.preventDefault();
    action();
}

/* ---- The head, once. ---------------------------------------------------------------------- */

function sentenceOf(run) {
    const text = run.verdict.outcome === "agrees" ? `All ${run.opCount()} ops agree with the model` : run.verdict.meaning;
    return text.charAt(0).toUpperCase() + text.slice(1);
}

function factsOf(run) {
    const verdict = run.verdict;
    const facts = [];
    const fact = (title, text) => text !== undefined && facts.push(make("li", {}, title + " ", make("b", {}, text)));
    if (verdict.outcome !== "agrees")
        fact("fails at", run.steps[run.failing]?.kind === "end" ? "the final verification" : verdict.op === 0 ? "init" : `op ${verdict.op}, ${run.steps[run.failing]?.text ?? ""}`);
    fact("pass", verdict.pass);
    fact("found by layer", verdict.layer);
    fact("check", verdict.check);
    fact("at", verdict.place);
    fact("map", verdict.actual && answerWords(verdict.actual));
    fact("expected", verdict.expected && answerWords(verdict.expected));
    fact("reduced", page.reduced);
    return facts;
}

function renderHead() {
    const run = runs[0];
    const agrees = run.verdict.outcome === "agrees";
    byId("outcome").textContent = agrees ? "✓ agrees" : run.verdict.outcome === "dies" ? "✖ dies" : "✖ fails";
    byId("outcome").classList.add(agrees ? "good" : "bad");
    byId("file").textContent = page.file;
    byId("sentence").textContent = sentenceOf(run);
    byId("detail").textContent = run.verdict.detail ?? "";
    byId("observed").textContent = page.observed ?? "";
    byId("observed").hidden = page.observed === undefined;
    byId("facts").replaceChildren(...factsOf(run));
    byId("report-box").hidden = run.verdict.report === undefined;
    byId("report").textContent = run.verdict.report ?? "";
    document.title = `${sentenceOf(run)} – ${page.file} – cachemap`;
}

function listen() {
    const onClick = (id, action) => byId(id).addEventListener("click", action);
    onClick("first", () => go(0));
    onClick("previous", () => go(shown.step - 1));
    onClick("next", () => go(shown.step + 1));
    onClick("last", () => go(stepCount() - 1));
    onClick("to-failure", goFailure);
    onClick("follow-previous", () => goFollowed(-1));
    onClick("follow-next", () => goFollowed(1));
    byId("slider").addEventListener("input", () => go(Number(byId("slider").value)));
    byId("follow").addEventListener("change", () => follow(Number(byId("follow").value)));
    byId("beside").addEventListener("change", () => choose(shown.trace, runOfName(byId("beside").value)));
    byId("trace").addEventListener("change", () => {
        const trace = runOfName(byId("trace").value);
        choose(trace, besideByDefault(trace));
    });
    byId("steps").addEventListener("scroll", renderRows);
    document.addEventListener("keydown", onKey);
    window.addEventListener("hashchange", () => {
        readHash();
        render();
    });
}

/* Another trace is shown from its failing op on: its ops are not those of the one before. */
function choose(trace, beside) {
    if (trace !== shown.trace)
        shown.step = Math.max(trace.failing, 0);
    shown.trace = trace;
    shown.beside = beside;
    shown.step = Math.max(0, Math.min(shown.step, stepCount() - 1));
    render();
}

byId("app").hidden = false;
renderHead();
listen();
readHash();
render();
