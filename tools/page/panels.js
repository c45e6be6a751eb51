/* SPDX-License-Identifier: Apache-2.0 */
/* The panels of the page of ./trace html: op, cache, stash, scope log and model of one step of a run. Shows what a
 * record says (record.js) and marks what differs. What is shown, and where its buttons lead, is page.js's, after
 * this in one script. */

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
    case "original":
    case "whole": return "as it is in the file";
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
