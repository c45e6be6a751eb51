/* SPDX-License-Identifier: Apache-2.0 */
/* The page of ./trace html: steps through the records of runs (docs/record.md), one alone or two beside each
 * other. Reads the JSON in the page and nothing else. It knows what is shown and what the user may do, nothing of
 * what is right: each mark comes from a line of the record. Before it in one script: record.js, what a record says;
 * elements.js, the DOM; panels.js, the panels; those of subjects. */

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

/* ---- The list of steps: only the rows that can be seen are there. ------------------------- */

const ROW_HEIGHT = 30; /* as --row in the style sheet */
const LIST_SHORT = 14;

function stepRow(index) {
    const run = shown.trace;
    const line = run.steps[index];
    const fails = index === run.failing;
    const isFirst = shown.beside !== null && run.firstDifference(shown.beside) === index;
    const differs = line.model !== undefined && line.answer !== line.model;
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
    make("span", { class: "step-answer" }, line.answer === undefined ? "" : answerWords(line.answer) + (differs ? `, not ${answerWords(line.model)}` : "")),
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
    if (line?.answer !== undefined)
        words.push(`${shown.trace.head.noun} ${answerWords(line.answer)}, model ${answerWords(line.model)}`);
    if (shown.step === shown.trace.failing)
        words.push("fails here");
    if (line)
        words.push(...shown.trace.stateAt(shown.step - 1).changes(line).slice(0, 4));
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
    fact(run.head.noun, verdict.actual && answerWords(verdict.actual));
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
    document.querySelectorAll(".differs-words").forEach((words) => { words.textContent = run.subject.differs; });
    byId("subject-marks").replaceChildren(...run.subject.marks.flatMap(([kind, sign, words]) => ["; ", mark(kind, sign), ` ${words}`]));
    document.title = `${sentenceOf(run)} – ${page.file} – ${run.head.subject}`;
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
