/* SPDX-License-Identifier: Apache-2.0 */
/* What the records of a page say (docs/record.md): the state of a map after each op, what a step has changed, and
 * the words for it. Knows nothing of how it is shown: no DOM. Stands before page.js in one script. */
"use strict";

/* ---- The state of a map after an op. ----------------------------------------------------- */

class State {
    constructor(head) {
        this.naive = {};
        this.check = {};
        this.begin(head.world);
    }

    /* As fresh from an init in this world. */
    begin(world) {
        this.world = world;
        this.hands = new Array(world.sets).fill(0);
        this.slots = new Array(world.sets * world.ways).fill(null);
        this.stash = [];
        this.scope = [];
        this.scopeOpen = false;
        this.keys = new Map(); /* of the model: those that are not absent */
        this.cached = this.hits = this.misses = 0;
    }

    copy() {
        const copy = Object.assign(Object.create(State.prototype), this);
        copy.hands = this.hands.slice();
        copy.slots = this.slots.slice();
        copy.stash = this.stash.slice();
        copy.scope = this.scope.slice();
        copy.keys = new Map(this.keys);
        return copy;
    }

    slotIndex(place) {
        return place.set * this.world.ways + place.way;
    }

    /* Takes in the line of step `index`. */
    apply(line, index) {
        if (line.world)
            this.begin(line.world);
        for (const { set, hand } of line.hands ?? [])
            this.hands[set] = hand;
        for (const slot of line.slots ?? [])
            this.slots[this.slotIndex(slot)] = slot.count === 0 ? null : slot;
        for (const entry of line.stash ?? [])
            this.stash[entry.entry] = entry;
        this.stash.length = line.stash_count ?? this.stash.length;
        for (const record of line.scope ?? [])
            this.scope[record.record] = { ...record, step: index };
        this.scope.length = line.scope_count ?? this.scope.length;
        this.scopeOpen = line.scope_open ?? this.scopeOpen;
        for (const key of line.model_keys ?? []) {
            if (key.absent)
                this.keys.delete(key.key);
            else
                this.keys.set(key.key, key);
        }
        this.cached = line.cached ?? this.cached;
        this.hits = line.hits ?? this.hits;
        this.misses = line.misses ?? this.misses;
        this.naive = line.naive ?? this.naive;
        this.check = line.check ?? this.check;
        return this;
    }
}

/* ---- A run: its record, and what is asked of it often. ----------------------------------- */

const SNAPSHOT_INTERVAL = 100;

class Run {
    constructor(name, title, lines) {
        this.name = name;
        this.title = title;
        this.head = lines[0];
        this.verdict = lines[lines.length - 1];
        this.steps = lines.slice(1, -1);
        this.snapshots = [];       /* the state before each hundredth step */
        this.touches = new Map();  /* key: the steps that touch it, in order */
        this.writers = new Map();  /* value: the step that wrote it */
        this.diverges = [];        /* by step: whether the naive map has something else, or check finds something */
        this.differences = new Map(); /* other run: the first step that is another there */
        this.hasCalls = this.steps.some((line) => line.call);
        this.failing = this.verdict.outcome === "agrees" ? -1 : this.#stepOfOp(this.verdict.op);
        this.#index();
    }

    /* The step of an op: the ops are numbered from 1, 0 is the init, which has a step only where it fails. Where
     * the recorded pass did not fail the op may have none: then the last. */
    #stepOfOp(op) {
        const step = this.steps.findIndex((line) => line.op === op);
        return step >= 0 ? step : op === 0 ? 0 : this.steps.length - 1;
    }

    #index() {
        const state = new State(this.head);
        this.steps.forEach((line, index) => {
            if (index % SNAPSHOT_INTERVAL === 0)
                this.snapshots.push(state.copy());
            for (const key of keysTouched(state, line)) {
                if (!this.touches.has(key))
                    this.touches.set(key, []);
                this.touches.get(key).push(index);
            }
            if (line.value !== undefined)
                this.writers.set(line.value, index);
            state.apply(line, index);
            this.diverges.push(Object.keys(state.naive).length > 0 || state.check.finds !== undefined);
        });
    }

    /* After step `index`; -1 is before the first. A copy that is the caller's. */
    stateAt(index) {
        if (index < 0)
            return new State(this.head);
        const snapshot = Math.floor(index / SNAPSHOT_INTERVAL);
        const state = this.snapshots[snapshot].copy();
        for (let i = snapshot * SNAPSHOT_INTERVAL; i <= index; i += 1)
            state.apply(this.steps[i], i);
        return state;
    }

    touchedAt(key, index) {
        return (this.touches.get(key) ?? []).includes(index);
    }

    /* The first step whose line is another than the other run's; -1 if there is none. */
    firstDifference(other) {
        if (!this.differences.has(other)) {
            const count = Math.max(this.steps.length, other.steps.length);
            let first = 0;
            while (first < count && JSON.stringify(this.steps[first]) === JSON.stringify(other.steps[first]))
                first += 1;
            this.differences.set(other, first < count ? first : -1);
        }
        return this.differences.get(other);
    }

    opCount() {
        return this.head.op_count;
    }
}

/* The keys of an op, and of what it changes: what was there and what is. */
function keysTouched(state, line) {
    const keys = new Set();
    const add = (content) => content && keys.add(content.key);
    if (line.key !== undefined)
        keys.add(line.key);
    for (const slot of line.slots ?? []) {
        if (!line.world)
            add(state.slots[state.slotIndex(slot)]);
        if (slot.count !== 0)
            add(slot);
    }
    for (const entry of line.stash ?? []) {
        add(state.stash[entry.entry]);
        add(entry);
    }
    for (const entry of state.stash.slice(line.stash_count ?? state.stash.length))
        add(entry);
    for (const key of line.model_keys ?? [])
        add(key);
    return keys;
}

/* ---- Words. ------------------------------------------------------------------------------ */

function contentWords(content) {
    if (!content)
        return "free";
    if (content.tombstone)
        return `key ${content.key} tombstone`;
    return `key ${content.key} = value ${content.value}${content.damaged ? ", damaged bytes" : ""}${originWords(content.origin)}`;
}

function modelWords(key) {
    return !key ? "absent" : key.tombstone ? "tombstone" : `value ${key.value}`;
}

/* Of a value that no op has stored: memory that nobody wrote. */
const originWords = (origin) => (origin ? `, ${origin}` : "");

/* What a step is: "op 3", or what stands before the first and after the last. */
const stepName = (line) => (line.kind === "end" ? "final verification" : line.kind === "init" ? "init" : `op ${line.op}`);

/* The bracket of an op that is one call with others; nothing for a call of its own. */
function bracketOf(line) {
    if (!line.call)
        return "";
    return line.op === line.call.first ? "┌" : line.op === line.call.last ? "└" : "│";
}

/* Within a call for many the map is after all of its ops, and the models are not yet. */
const isAhead = (line) => Boolean(line?.call) && line.op < line.call.last;

const isValue = (answer) => /^[0-9]+$/.test(answer);

const answerWords = (answer) => (isValue(answer) ? `value ${answer}` : answer === "none" ? "no answer" : answer);

const beforeWords = { absent: "absent", cache: "in the cache", stash: "in the stash", tombstone: "a tombstone" };

function recordWords(record) {
    const place = record.set !== undefined ? `set ${record.set} way ${record.way}` : "no slot";
    const entry = record.entry !== undefined ? `, entry ${record.entry}` : "";
    const back = record.value !== undefined && record.before !== "tombstone" ? `, to put back: value ${record.value}${originWords(record.origin)}` : "";
    return `${record.kind} of a key that was ${beforeWords[record.before]}, ${place}${entry}` +
        `${record.evicts ? ", evicts" : ""}${back}`;
}

function slotChange(before, slot) {
    const now = slot.count === 0 ? null : slot;
    const place = `set ${slot.set} way ${slot.way}`;
    if (before && now && contentWords(before) === contentWords(now))
        return `${place}, key ${now.key}: count ${before.count} → ${now.count}` +
            (before.tag === now.tag ? "" : `, tag ${tagWords(before)} → ${tagWords(now)}`);
    return `${place}: ${contentWords(before)} → ${contentWords(now)}`;
}

/* What the step has changed, in sentences. */
function changeSentences(before, line) {
    const words = [];
    if (line.world) {
        const others = Object.keys(line.world).filter((name) => line.world[name] !== before.world[name]);
        words.push(["a new map", ...others.map((name) => `${name} ${before.world[name]} → ${line.world[name]}`)].join(", "));
        before = before.copy();
        before.begin(line.world);
    }
    for (const slot of line.slots ?? [])
        words.push(slotChange(before.slots[before.slotIndex(slot)], slot));
    for (const { set, hand } of line.hands ?? [])
        words.push(`set ${set}: hand way ${before.hands[set]} → way ${hand}`);
    for (const entry of line.stash ?? [])
        words.push(`stash entry ${entry.entry}: ${contentWords(before.stash[entry.entry])} → ${contentWords(entry)}`);
    before.stash.slice(line.stash_count ?? before.stash.length)
        .forEach((entry) => words.push(`stash entry ${entry.entry}: ${contentWords(entry)} → gone`));
    if (line.scope_open !== undefined)
        words.push(line.scope_open ? "the scope is open" : "the scope is closed");
    for (const record of line.scope ?? [])
        words.push(`scope record ${record.record}: ${recordWords(record)}`);
    if (line.scope_count !== undefined && line.scope_count < before.scope.length)
        words.push(`scope records: ${before.scope.length} → ${line.scope_count}`);
    for (const key of line.model_keys ?? [])
        words.push(`model, key ${key.key}: ${modelWords(before.keys.get(key.key))} → ${modelWords(key.absent ? null : key)}`);
    for (const name of ["cached", "hits", "misses"])
        if (line[name] !== undefined)
            words.push(`${name === "cached" ? "values in the cache" : name}: ${before[name]} → ${line[name]}`);
    return words;
}

/* What the naive map has in place of what the map has, in sentences. */
function naiveSentences(naive) {
    const words = [];
    for (const slot of naive.slots ?? [])
        words.push(`set ${slot.set} way ${slot.way}: ${slot.count === 0 ? "free" : `${contentWords(slot)}, count ${slot.count}`}`);
    for (const { set, hand } of naive.hands ?? [])
        words.push(`set ${set}: hand at way ${hand}`);
    for (const key of naive.stash ?? [])
        words.push(key.absent ? `key ${key.key} is not in the stash` : `stash: ${contentWords(key)}`);
    if (naive.scope_open !== undefined)
        words.push(naive.scope_open ? "the scope is open" : "the scope is closed");
    for (const [name, title] of [["stash_count", "entries in the stash"], ["scope_count", "records of the scope"],
        ["cached", "values in the cache"], ["hits", "hits"], ["misses", "misses"]])
        if (naive[name] !== undefined)
            words.push(`${title}: ${naive[name]}`);
    return words;
}

function tagWords(slot) {
    return "0x" + slot.tag.toString(16).padStart(2, "0");
}
