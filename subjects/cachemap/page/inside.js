/* SPDX-License-Identifier: Apache-2.0 */
/* What the records of the cache map say of its inside (docs/record.md): the state of a map after an op, what a step
 * has changed, and the words for it. No DOM. In one script with tools/page/, before page.js. */

/* ---- The state of a map after an op. ----------------------------------------------------- */

class MapState {
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
        const copy = Object.assign(Object.create(MapState.prototype), this);
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

    diverges() {
        return Object.keys(this.naive).length > 0 || this.check.finds !== undefined;
    }

    /* The keys of an op, and of what it changes: what was there and what is. */
    keysTouched(line) {
        const keys = new Set();
        const add = (content) => content && keys.add(content.key);
        keysOfOp(line, this.world).forEach((key) => keys.add(key));
        for (const slot of line.slots ?? []) {
            if (!line.world)
                add(this.slots[this.slotIndex(slot)]);
            if (slot.count !== 0)
                add(slot);
        }
        for (const entry of line.stash ?? []) {
            add(this.stash[entry.entry]);
            add(entry);
        }
        for (const entry of this.stash.slice(line.stash_count ?? this.stash.length))
            add(entry);
        for (const key of line.model_keys ?? [])
            add(key);
        return keys;
    }

    /* What the step has changed, in sentences. */
    changes(line) {
        const words = [];
        let before = this;
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
        for (const [name, title] of Object.entries(listTitles))
            if (line[`${name}_omitted`] !== undefined)
                words.push(`${line[`${name}_omitted`]} more ${title}, which the record leaves out`);
        for (const name of ["cached", "hits", "misses"])
            if (line[name] !== undefined)
                words.push(`${name === "cached" ? "values in the cache" : name}: ${before[name]} → ${line[name]}`);
        return words;
    }
}

/* ---- Words. ------------------------------------------------------------------------------ */

/* The lists of a line that may have no room for all. */
const listTitles = { hands: "hands", slots: "slots", stash: "entries of the stash", scope: "records of the scope",
    model_keys: "keys of the model" };

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
