/* SPDX-License-Identifier: Apache-2.0 */
/* What the records of a page say (docs/record.md): what there is inside after each op, what a step has changed, and
 * the words for it. Knows no subject, and nothing of how it is shown: no DOM. Stands first in one script. */
"use strict";

/* ---- What is inside after an op, as a subject draws it. ---------------------------------- */

/* The keys that the op of a line names. */
function keysOfOp(line, world) {
    if (line.first_key === undefined)
        return line.key === undefined ? [] : [line.key];
    return Array.from({ length: line.count }, (_, index) => (line.first_key + index * line.stride) % world.keys);
}

class Picture {
    lines = [];
    expected = []; /* by line: what the model has instead; empty where it has the same */
    omitted = 0;

    constructor(head) {
        this.world = head?.world;
    }

    copy() {
        return Object.assign(new Picture(), this);
    }

    apply(line) {
        if (line.picture) {
            this.lines = line.picture;
            this.expected = line.expected ?? [];
            this.omitted = line.omitted ?? 0;
        }
        return this;
    }

    diverges() {
        return this.expected.some(Boolean);
    }

    /* The keys that a step touches, which begins in this state. */
    keysTouched(line) {
        return new Set(keysOfOp(line, this.world));
    }

    /* What the step changes, in sentences. */
    changes(line) {
        const was = this.lines, now = line.picture ?? was;
        if (was.length === 0)
            return now.length === 0 ? [] : ["the first picture"];
        return Array.from({ length: Math.max(was.length, now.length) }, (_, index) => {
            const gone = was[index] !== undefined && !now.includes(was[index]) && was[index].trim();
            const come = now[index] !== undefined && !was.includes(now[index]) && now[index].trim();
            return gone ? `${gone} → ${come || "gone"}` : come;
        }).filter(Boolean);
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
        this.subject = (!this.steps.some((line) => line.picture) && subjects[this.head.subject]) || subjects.picture;
        this.snapshots = [];       /* the state before each hundredth step */
        this.touches = new Map();  /* key: the steps that touch it, in order */
        this.writers = new Map();  /* value: the step that wrote it */
        this.diverges = [];        /* by step: whether it differs inside */
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
        const state = new this.subject.State(this.head);
        this.steps.forEach((line, index) => {
            if (index % SNAPSHOT_INTERVAL === 0)
                this.snapshots.push(state.copy());
            for (const key of state.keysTouched(line)) {
                if (!this.touches.has(key))
                    this.touches.set(key, []);
                this.touches.get(key).push(index);
            }
            if (line.value !== undefined)
                this.writers.set(line.value, index);
            state.apply(line, index);
            this.diverges.push(state.diverges());
        });
    }

    /* After step `index`; -1 is before the first. A copy that is the caller's. */
    stateAt(index) {
        if (index < 0)
            return new this.subject.State(this.head);
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

/* ---- Words. ------------------------------------------------------------------------------ */

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

