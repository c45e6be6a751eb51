/* SPDX-License-Identifier: Apache-2.0 */
/* The panels of the cache map on the page of ./trace html: cache, what the naive map has instead, what the map's own
 * check finds, stash, scope log, and model, as MapState (inside.js) has them. */

/* A value that no op has stored. */
const originFlag = (content) => (content.origin ? make("span", { class: "flag bad" }, `✖ ${content.origin}`) : null);

function contentNodes(run, content, focus) {
    const end = content.tombstone ? make("span", {}, "tombstone") : valueButton(run, content.value, focus);
    return [keyButton(content.key, focus), end, originFlag(content),
        content.damaged ? make("span", { class: "flag bad" }, "✖ damaged bytes") : null];
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
    const index = set * now.world.ways + way;
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
        slot ? make("div", { class: "slot-more" }, make("span", {}, ...countNodes(slot.count, (1 << now.world.clock) - 1)),
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
    const ways = now.world.ways;
    return now.world.sets <= 2 || now.hands[set] !== 0 || setIsNamed(view, set) ||
        now.slots.slice(set * ways, (set + 1) * ways).some((slot) => slot !== null);
}

function cacheNodes(view) {
    const { now } = view;
    const ways = Array.from({ length: now.world.ways }, (_, way) => way);
    const sets = Array.from({ length: now.world.sets }, (_, set) => set);
    const used = sets.filter((set) => setIsShown(view, set));
    const free = sets.length - used.length;
    if (now.world.sets === 0)
        return block(view, "Cache", "", make("p", { class: "none-line" }, "This map has no cache: sets=0."));
    const marked = (set) => setIsNamed(view, set);
    const rows = used.map((set) => keepRow(`${view.id} set ${set}`,
        [view.run, now.world, shown.follow, now.hands[set], marked(set) ? view : null, ...now.slots.slice(set * ways.length, (set + 1) * ways.length)],
        () => make("tr", {}, make("th", { scope: "row" }, `set ${set}`), ...ways.map((way) => slotCell(view, set, way)))));
    return block(view, "Cache", `${now.cached} of ${now.slots.length} values, ${now.hits} hits, ${now.misses} misses`,
        used.length > 0 ? table(view, "cache", "Cache: sets by ways", ["set", ...ways.map((way) => `way ${way}`)], rows,
            { class: "cache" + (ways.length > 4 ? " many" : "") }) : null,
        free > 0 ? make("p", { class: "none-line" }, `${free} ${used.length > 0 ? "more " : ""}${free === 1 ? "set is" : "sets are"} free`) : null);
}

/* Of a large world a line of the record has the first changes alone: the others are holes in the lists. */
const leftOut = (count, noun) => (count > 0 ? make("p", { class: "none-line" }, `and ${count} more ${noun}, which the record leaves out`) : null);

function stashNodes(view) {
    const { run, now, line } = view;
    const changed = new Set((line?.stash ?? []).map((entry) => entry.entry));
    const rows = now.stash.flatMap((entry, index) => make("tr",
        { class: [changed.has(index) ? "changed" : "", entry.key === shown.follow ? "followed" : ""].join(" ") },
        make("th", { scope: "row" }, String(index)),
        make("td", {}, keyButton(entry.key, `${view.id}-stash-${index}`)),
        make("td", {}, entry.tombstone ? "tombstone" : valueButton(run, entry.value, `${view.id}-stash-${index}`),
            originFlag(entry),
            entry.damaged ? make("span", { class: "flag bad" }, "✖ damaged bytes") : null,
            changed.has(index) ? make("span", { class: "flag change" }, "✱ changed") : null)));
    return block(view, "Stash", `${now.stash.length} of ${now.world.stash}`, rows.length === 0
        ? make("p", { class: "none-line" }, "Nothing is in the stash.")
        : table(view, "stash", "Stash", ["entry", "key", "content"], rows), leftOut(now.stash.length - rows.length, "entries"));
}

function scopeNodes(view) {
    const { run, now, line } = view;
    const changed = new Set((line?.scope ?? []).map((record) => record.record));
    if (!now.scopeOpen)
        return block(view, "Scope log", "no scope is open", now.scope.length === 0 ? null : make("p", { class: "none-line" }, `${now.scope.length} records`));
    const rows = now.scope.flatMap((record, index) => {
        const op = run.steps[record.step];
        const isFollowed = op.key !== undefined && op.key === shown.follow;
        return make("tr", { class: [changed.has(index) ? "changed" : "", isFollowed ? "followed" : ""].join(" ") },
            make("th", { scope: "row" }, String(index)),
            make("td", {}, make("button", { type: "button", class: "value", "data-focus": `${view.id}-scope-${index}`,
                title: `To ${stepName(op)}, which wrote the record`, onclick: () => go(record.step) }, `${stepName(op)}: ${op.text}`)),
            make("td", {}, recordWords(record), changed.has(index) ? make("span", { class: "flag change" }, "✱ new") : null));
    });
    return block(view, "Scope log", `open, ${now.scope.length} of ${now.world.scope} records`, rows.length === 0
        ? make("p", { class: "none-line" }, "Nothing is to be undone yet.")
        : table(view, "scope", "Scope log", ["record", "written by", "what a discard undoes"], rows),
        leftOut(now.scope.length - rows.length, "records"));
}

/* Where the map has each key: as a lookup would find it, the cache first. */
function placesOfKeys(now) {
    const places = new Map();
    now.stash.forEach((entry) => places.set(entry.key, { content: entry, words: `stash entry ${entry.entry}` }));
    now.slots.forEach((slot, index) => {
        if (slot !== null)
            places.set(slot.key, { content: slot, words: `set ${Math.floor(index / now.world.ways)} way ${index % now.world.ways}` });
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
    const { run, now } = view;
    const named = new Set(now.keys.keys());
    for (const [key, steps] of run.touches)
        if (steps[0] <= shown.step)
            named.add(key);
    const keys = Array.from(named).sort((a, b) => a - b);
    const places = placesOfKeys(now);
    return block(view, "Model", `${keys.length} of ${now.world.keys} keys named so far`, keys.length === 0
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

subjects.cachemap = {
    State: MapState,
    panels: (view) => [cacheNodes, naiveNodes, checkNodes, stashNodes, scopeNodes, modelNodes].map((nodes) => nodes(view)),
    differs: "the naive map has something else, or the map's own check finds something",
    marks: [["hand", "▼", "the clock's hand"], ["pips", "●●○", "count 2 of 3"]],
};
