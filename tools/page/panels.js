/* SPDX-License-Identifier: Apache-2.0 */
/* The panels of the page of ./trace html: op and inside of one step of a run. Shows what a record says (record.js)
 * and marks what differs. A subject's own panels come after this in one script, then page.js, which says what is
 * shown, and where its buttons lead. */

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

/* ---- A panel: the op, the inside. ----------------------------------------------- */

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
    const differs = line.model !== undefined && line.answer !== line.model;
    const words = (name, text) => (isValue(text) ? valueButton(run, Number(text), `${id}-op-${name}`) : answerWords(text));
    if (line.answer === undefined)
        return null;
    return make("dl", { class: "answers" },
        make("div", {}, make("dt", {}, `${run.head.noun} answered `), make("dd", { class: differs ? "bad" : "" }, differs ? "✖ " : "", words("answer", line.answer), originWords(line.answer_origin))),
        make("div", {}, make("dt", {}, "model expects "), make("dd", {}, words("model", line.model))));
}

/* Why the state below is not simply the one after the op. */
function noteOf(run) {
    const { head, verdict } = run;
    if (verdict.outcome === "dies")
        return "The run died within this op. The state below is the one before it.";
    if (verdict.pass !== head.pass)
        return `It fails in another pass, ${verdict.pass}. The state below is that of the pass ${head.pass}.`;
    if (verdict.check === "check_library_assertion")
        return "An assertion of the library ended the run within this op. The state below is half way through it.";
    return null;
}

const CHANGES_MAX = 40;

function opNodes(view) {
    const { run, line, before, other } = view;
    const words = before.changes(line);
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
            (isAhead(line) ? ` The ${run.head.noun} is that after all of them; the models are that after this one.` : "")) : null,
        line.asked ? make("p", { class: "op-note asked" }, line.asked) : null,
        answerNodes(view),
        note === null ? null : make("p", { class: "op-note" }, note),
        make("ul", { class: "changes", "aria-label": "What this step changed" },
            ...kept.map((text) => make("li", {}, text)),
            words.length > kept.length ? make("li", {}, `and ${words.length - kept.length} more`) : null,
            words.length === 0 ? make("li", { class: "none" }, `nothing in the ${run.head.noun} or the model changed`) : null));
}

/* What the subject draws, beside what the model has; a picture that is the first has no line that changed. */
function pictureNodes(view) {
    const { run, before, now } = view;
    const rows = now.lines.map((words, index) => {
        const changed = before.lines.length > 0 && !before.lines.includes(words);
        const expected = now.expected[index];
        return make("tr", { class: changed ? "changed" : "" }, make("td", { class: expected ? "differs" : "" },
            make("span", { class: "picture-line" }, make("span", { class: "picture-mark" }, changed ? mark("change", "✱") : ""), words,
                changed ? unseen(", changed") : null), " ",
            expected ? make("span", { class: "flag naive" }, `≠ expected: ${expected.trim()}`) : null));
    });
    return block(view, "Inside", now.omitted > 0 ? `${now.omitted} more lines` : "", rows.length === 0
        ? make("p", { class: "none-line" }, "Nothing is drawn.")
        : table(view, "inside", "Inside, as it is drawn", [run.head.noun], rows, { class: "picture" }));
}

/* By name, what the page has of subjects that bring panels of their own, and of a picture for all others: State, what
 * is inside after an op, as Picture is; panels(view); what "differs inside" means; further marks. */
const subjects = {
    picture: { State: Picture, panels: (view) => [pictureNodes(view)], differs: "the model has something else", marks: [] },
};

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
function worldNodes(run, other) {
    const others = (other ?? run).head.world;
    return make("p", { class: "panel-note mono" }, ...Object.entries(run.head.world).flatMap(([name, value], index) =>
        [index === 0 ? "" : " ", others[name] === value ? `${name}=${value}` : make("b", {}, `${name}=${value}`)]));
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
            worldNodes(run, other)),
        view.line ? opNodes(view) : make("p", { class: "none-line" }, run.steps.length === 0 ? "This trace has no ops." : "This run has ended before this step."),
        ...run.subject.panels(view)]);
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
