/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the page of ./trace html, in Chromium: each check has a defect that it must find, planted
 * into the page's text. Run by tests/page.sh, as `node checks.js FOLDER`, with the pages in FOLDER. Nothing
 * here waits for a time: the page renders before an event's handler returns. */
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { axeIsClean, fits, narrow, runChecks, wide } = require("./runner.js");

const folder = process.argv[2];
const file = (name) => path.join(folder, name);

/* ---- What the checks read from a page. ---------------------------------------------------- */

const place = (page) => page.textContent("#place");
const hash = (page) => page.evaluate(() => location.hash);
const text = (page, selector) => page.$$eval(selector, (elements) => elements.map((element) => element.textContent.trim()));
const selected = (page) => page.textContent('.step[aria-selected="true"] .step-op');
const cells = (page, panel) => text(page, `.panel:nth-child(${panel}) table.cache td`);
const records = (page, name) => page.$eval(`script.run[data-name=${name}]`, (script) => JSON.parse(script.textContent));

async function expectStep(page, words, operation) {
    assert.equal(await place(page), words);
    assert.equal(await selected(page), operation);
    assert.match(await page.getAttribute("#slider", "aria-valuetext"), new RegExp(operation));
}

/* ---- The checks. `on` is the page that is opened, with the hash `at`. ----------------------- */

const FIRST = "op 1 of 5: upsert 0";
const FAILING = "op 5 of 5: scope discard";
const checks = {
    "says the bug in a sentence": { on: "fails.html", run: async (page) => {
        assert.equal(await page.textContent("h1"), "A discard did not bring back what was there before the scope");
        assert.match(await page.textContent("#detail"), /^key 0 was value 1 in set 0 way 0/);
        assert.match(await page.textContent("#facts"), /op 5, scope discard.*discard.*from 18 ops to 5/);
        assert.match(await page.title(), /^A discard did not bring back/);
    } },
    "opens at the failing step and marks it": { on: "fails.html", run: async (page) => {
        await expectStep(page, FAILING, "scope discard");
        assert.deepEqual(await text(page, ".step.fails .step-op"), ["scope discard"]);
        assert.match(await page.textContent(".step.fails .step-marks"), /✖fails here/);
        assert.deepEqual(await text(page, ".op-flag.bad"), ["✖ fails at op 5", "✖ fails here"]);
        assert.equal(await page.isVisible("#rail-mark"), true);
    } },
    "says what a caller sees": { on: "fails.html", run: async (page) => {
        assert.equal(await page.textContent("#observed"), "a caller sees: lookup 0 after it answers absent, expected value 1");
        assert.equal(await page.isVisible("#observed"), true);
    } },
    "brackets the ops that are one call": { on: "calls.html", at: "#step=4", run: async (page) => {
        assert.deepEqual(await text(page, ".step-call"), ["", "", "┌", "│", "└", "┌", "└", "", "", ""]);
        assert.match(await page.textContent("#step-4 .step-op"), /^upsert_many 3, one call with ops 3 to 5$/);
        assert.match(await page.textContent(".op-note.call"), /^│ Ops 3 to 5 are one call\. The map is that after all of them/);
        assert.equal((await page.$$(".flag.bad")).length, 0, "the models are not wrong, only behind");
        await page.keyboard.press("ArrowRight");
        assert.match(await page.textContent(".op-note.call"), /^└ Ops 3 to 5 are one call\.$/);
        await page.keyboard.press("End");
        assert.equal((await page.$$(".op-note.call")).length, 0);
    } },
    "says what a refused init was asked for": { on: "calls.html", at: "#step=8", run: async (page) => {
        assert.match(await page.textContent(".op-note.asked"), /^init was asked for cache_value_count_max=2, stash_value_count_max=0, .* it must refuse, for stash_value_count_max is 0/);
    } },
    "draws the index of the stash where it is broken": { on: "index.html", run: async (page) => {
        assert.match(await page.textContent(".check-finds"), /a stash entry and its bucket name each other: entry 0 \(key 1\) says that it is in bucket 0, and bucket 0 names entry 1/);
        assert.deepEqual(await text(page, ".panel:first-child [data-scroll=aindex] tbody tr:first-child > *"),
            ["0", "entry 1not there", "✖ bucket 0 names entry 1, the stash's count is 1", "", ""]);
        assert.deepEqual(await text(page, ".panel:first-child [data-scroll=aindex] tbody tr:nth-child(2) > *"),
            ["none", "entry 0", "key 1tombstone✖ entry 0 says bucket 0", "0", "0"]);
        await page.keyboard.press("ArrowLeft");
        assert.equal((await page.$$(".check-finds")).length, 0, "the op before has left it whole");
    } },
    "says where a value comes from that no op has stored": { on: "fill.html", run: async (page) => {
        assert.match((await cells(page, 1))[2], /^key [0-9]+value [0-9]+✖ as filled before init/);
        assert.match(await page.textContent("#detail"), /the bytes that memory is filled with before init: nothing was stored there/);
    } },
    "a subject without panels is shown as it draws itself": { on: "drawn.html", run: async (page) => {
        assert.match(await page.title(), / – drawn$/);
        assert.match(await page.textContent(".answers"), /^drawing answered /);
        assert.match(await page.textContent(".legend"), /differs inside: the model has something else/);
        const lines = (await records(page, "reduced")).at(-2);
        const last = (await records(page, "reduced")).slice(1, -2).findLast((line) => line.picture);
        assert.deepEqual(await text(page, ".panel:first-child table.picture td"), lines.picture.map((line, index) =>
            (last.picture.includes(line) ? line : `✱${line}, changed`).concat(" ", lines.expected[index] && `≠ expected: ${lines.expected[index].trim()}`).trim()));
        assert.deepEqual(await text(page, ".panel:first-child .changes li"), ["way 0   key 2   = value 3     count 1 → way 0   free",
            "stash: 1 of 1 → stash: 0 of 1", "key 0   = value 1 → gone", "scope: open, 1 of 1 records → gone",
            "0  upsert of a key that was absent, evicting → gone"]);
        assert.match(await page.textContent(".step.fails .step-marks"), /≠differs inside/);
        await page.keyboard.press("Home");
        assert.equal((await page.$$(".panel:first-child table.picture .mark.change")).length, 0, "nothing is before the first");
    } },
    "an init that fails is no op": { on: "init.html", run: async (page) => {
        assert.equal(await place(page), "init");
        assert.match(await page.textContent("#facts"), /fails at init/);
        assert.deepEqual(await text(page, ".op-flag.bad"), ["✖ fails at init", "✖ fails here"]);
    } },
    "steps by buttons": { on: "fails.html", run: async (page) => {
        await page.click("#first");
        await expectStep(page, FIRST, "upsert 0");
        assert.equal(await page.isDisabled("#previous"), true);
        await page.click("#next");
        await expectStep(page, "op 2 of 5: upsert 1", "upsert 1");
        await page.click("#previous");
        await expectStep(page, FIRST, "upsert 0");
        await page.click("#last");
        await expectStep(page, FAILING, "scope discard");
        await page.click("#first");
        await page.click("#to-failure");
        await expectStep(page, FAILING, "scope discard");
    } },
    "steps by the slider": { on: "fails.html", run: async (page) => {
        await page.fill("#slider", "2");
        await expectStep(page, "op 3 of 5: scope open", "scope open");
        assert.equal(await page.getAttribute("#slider", "max"), "4");
    } },
    "steps by a click in the list": { on: "fails.html", run: async (page) => {
        await page.click("#step-3");
        await expectStep(page, "op 4 of 5: upsert 2", "upsert 2");
    } },
    "steps by keys": { on: "fails.html", run: async (page) => {
        const after = async (key, words) => {
            await page.keyboard.press(key);
            assert.equal(await place(page), words, key);
        };
        await after("Home", FIRST);
        await after("ArrowRight", "op 2 of 5: upsert 1");
        await after("ArrowLeft", FIRST);
        await after("End", FAILING);
        for (const stepper of ["#steps", "#slider"]) {
            await page.focus(stepper);
            await after("ArrowUp", "op 4 of 5: upsert 2");
            await after("ArrowDown", FAILING);
            await after("PageUp", FIRST);
            await after("PageDown", FAILING);
        }
        await after("Home", FIRST);
        await after("f", FAILING);
        assert.equal(await page.getAttribute("#steps", "aria-activedescendant"), "step-4");
    } },
    "shows the map and the models at a step": { on: "fails.html", at: "#step=4", run: async (page) => {
        assert.deepEqual(await cells(page, 1), ["key 2value 3, written by op 4●count 1 of 1tag 0xfe✱ changed", "key 1value 2, written by op 2●count 1 of 1tag 0x21▼ hand ✱ moved"]);
        assert.deepEqual(await text(page, ".panel:first-child [data-scroll=astash] tbody td"), ["key 0", "value 1, written by op 1✱ changed"]);
        assert.match(await page.textContent(".panel:first-child [data-scroll=ascope] tbody"), /^0op 4: upsert 2upsert of a key that was absent, set 0 way 0, evicts✱ new$/);
        assert.deepEqual(await text(page, ".panel:first-child [data-scroll=amodel] tbody tr:first-child > *"), ["key 0", "value 1, written by op 1", "value 1, written by op 1stash entry 0"]);
        await page.keyboard.press("ArrowLeft");
        assert.match((await cells(page, 1))[0], /^key 0value 1.*▼ hand$/);
        assert.deepEqual(await text(page, ".panel:first-child .changes li"), ["the scope is open"]);
    } },
    "shows what the naive map has instead": { on: "fails.html", run: async (page) => {
        assert.match((await cells(page, 1))[0], /^free✱ changed≠ naive: key 0 = value 1, count 1$/);
        assert.ok((await text(page, ".naive-list li")).includes("set 0 way 0: key 0 = value 1, count 1"));
        assert.match(await page.textContent(".step.fails .step-marks"), /≠differs inside/);
        assert.match(await page.textContent(".panel:first-child [data-scroll=amodel] tbody tr:first-child"), /✖ not what the model has/);
    } },
    "every step is what its record adds up to": { on: "fails.html", at: "#trace=original", run: async (page) => {
        const lines = (await records(page, "original")).slice(1, -1);
        const { ways } = (await records(page, "original"))[0].world;
        const slots = new Map();
        await page.keyboard.press("Home");
        for (const line of lines) {
            for (const slot of line.slots ?? [])
                slots.set(slot.set * ways + slot.way, slot);
            (await cells(page, 1)).forEach((cell, index) => {
                const slot = slots.get(index);
                assert.ok(cell.startsWith(slot && slot.count > 0 ? `key ${slot.key}value ${slot.value}` : "free"), `op ${line.op}: ${cell}`);
            });
            await page.keyboard.press("ArrowRight");
        }
        await page.fill("#slider", "7"); /* back, too, and not only on */
        assert.match((await text(page, ".panel:first-child .op-text"))[0], /upsert 4/);
    } },
    "follows a key": { on: "fails.html", run: async (page) => {
        await page.click(".panel:first-child [data-scroll=amodel] .key >> nth=0");
        assert.equal(await page.textContent("#followed-title"), "◆ Key 0");
        assert.deepEqual(await text(page, "#followed-steps button"), ["1: upsert 0", "4: upsert 2", "5: scope discard"]);
        assert.deepEqual(await page.$$eval(".step", (rows) => rows.map((row) => row.textContent.includes("◆"))), [true, false, false, true, true]);
        assert.equal(await page.evaluate(() => document.activeElement.textContent), "key 0", "the focus stays on the key");
        await page.keyboard.press("p");
        await expectStep(page, "op 4 of 5: upsert 2", "upsert 2");
        assert.equal(await page.getAttribute(".panel:first-child [data-scroll=astash] .key", "aria-pressed"), "true");
        assert.equal(await page.$$eval(".panel:first-child tr.followed", (rows) => rows.length), 2, "in the stash and beside the model");
        await page.keyboard.press("p");
        await expectStep(page, FIRST, "upsert 0");
        assert.equal(await page.$$eval(".panel:first-child td.followed", (found) => found.length), 1, "in the cache");
        await page.click("#follow-next");
        await expectStep(page, "op 4 of 5: upsert 2", "upsert 2");
        await page.click("#followed-steps button >> nth=2");
        await expectStep(page, FAILING, "scope discard");
        await page.keyboard.press("Escape");
        assert.equal(await page.isHidden("#followed"), true);
        await page.selectOption("#follow", "1");
        assert.equal(await page.textContent("#followed-title"), "◆ Key 1");
    } },
    "a value leads to the op that wrote it": { on: "fails.html", at: "#step=3", run: async (page) => {
        await page.click(".panel:first-child table.cache .value >> nth=1");
        await expectStep(page, "op 2 of 5: upsert 1", "upsert 1");
    } },
    "a deep link opens what it says": { on: "fails.html", at: "#step=13&follow=10&trace=original&beside=reduced", run: async (page) => {
        await expectStep(page, "op 13 of 18: upsert 10", "upsert 10");
        assert.equal(await page.textContent("#followed-title"), "◆ Key 10");
        assert.deepEqual(await text(page, ".panel h2"), ["original trace, 18 ops", "reduced trace, 5 ops"]);
        await page.evaluate(() => { location.hash = "#step=999999&follow=x&trace=none"; });
        await page.waitForFunction(() => document.querySelector("#place").textContent.includes("of 5"));
        await expectStep(page, FAILING, "scope discard");
    } },
    "the hash follows what is shown": { on: "fails.html", run: async (page) => {
        assert.equal(await hash(page), "#step=5&trace=reduced&beside=neighbour");
        await page.keyboard.press("ArrowLeft");
        await page.selectOption("#follow", "2");
        await page.selectOption("#beside", "nothing");
        assert.equal(await hash(page), "#step=4&follow=2&trace=reduced&beside=nothing");
    } },
    "the passing neighbour steps beside": { on: "fails.html", run: async (page) => {
        const [failing, passing] = [await records(page, "reduced"), await records(page, "neighbour")];
        const first = failing.slice(1).findIndex((line, index) => JSON.stringify(line) !== JSON.stringify(passing[index + 1]));
        const titles = await text(page, ".panel h2");
        const boxes = await page.$$eval(".panel", (panels) => panels.map((panel) => panel.getBoundingClientRect().left));
        assert.deepEqual(titles, ["reduced trace, 5 ops", "passing neighbour, 5 ops"]);
        assert.equal(passing.at(-1).outcome, "agrees");
        assert.notEqual(boxes[0], boxes[1], "two columns");
        assert.match(await page.textContent(".panel:nth-child(2) .panel-note"), /instead of/);
        assert.deepEqual(await page.$$eval(".step", (rows) => rows.findIndex((row) => row.textContent.includes("⇄"))), first);
        await page.keyboard.press("Home");
        for (const line of passing.slice(1, -1)) {
            assert.equal((await text(page, ".panel:nth-child(2) .op-text"))[0], line.text);
            assert.equal((await text(page, ".op-flag.beside")).length, line.op === first + 1 ? 2 : 0);
            await page.keyboard.press("ArrowRight");
        }
        await page.selectOption("#beside", "nothing");
        assert.equal((await page.$$(".panel")).length, 1);
    } },
    "two runs are stacked where it is narrow": { on: "fails.html", viewport: narrow, run: async (page) => {
        const lefts = await page.$$eval(".panel", (panels) => panels.map((panel) => panel.getBoundingClientRect().left));
        assert.equal(lefts[0], lefts[1]);
    } },
    "a run that dies shows how": { on: "dies.html", run: async (page) => {
        assert.equal(await page.textContent("#outcome"), "✖ dies");
        assert.match(await page.textContent(".op-note"), /died within this op/);
        assert.match(await page.textContent(".answers"), /no answer/);
        assert.match(await page.textContent("#report"), /^report <b>&$/m);
        assert.equal(await page.isVisible("#report-box"), true);
    } },
    "a run that passes starts at its first op": { on: "long.html", run: async (page) => {
        assert.equal(await page.textContent("#outcome"), "✓ agrees");
        assert.match(await place(page), /^op 1 of 10000/);
        assert.equal(await page.isHidden("#to-failure"), true);
    } },
    "10,000 ops: what is in the page is what is seen": { on: "long.html", run: async (page) => {
        await page.keyboard.press("End");
        assert.match(await place(page), /^op 10000 of 10000/);
        assert.ok((await page.$$(".step")).length < 60, "rows");
        await page.fill("#slider", "5000");
        assert.match(await place(page), /^op 5001 of 10000/);
        assert.equal(await page.isVisible("#step-5000"), true);
        assert.ok(await page.$$eval("*", (all) => all.length) < 15000, "nodes");
        await page.selectOption("#follow", "7");
        assert.ok((await page.$$("#followed-steps button")).length <= 120, "steps of a key");
        assert.equal(await page.getAttribute("#step-5000", "aria-setsize"), "10000");
    } },
    "tells a screen reader where it is": { on: "fails.html", run: async (page) => {
        await page.keyboard.press("ArrowLeft");
        assert.match(await page.textContent("[aria-live=polite]"), /^op 4 of 5: upsert 2\. map inserted, model inserted\. set 0 way 0: key 0 = value 1 → key 2 = value 3/);
        await page.keyboard.press("ArrowRight");
        assert.match(await page.textContent("[aria-live=polite]"), /fails here/);
    } },
    "Tab goes through the page and out of it": { on: "fails.html", at: "#follow=0", run: async (page) => {
        const seen = [];
        for (let i = 0; i < 80; i += 1) {
            await page.keyboard.press("Tab");
            const now = await page.evaluate(() => document.activeElement.id || document.activeElement.dataset.focus || document.activeElement.dataset.scroll || document.activeElement.tagName);
            if (now === "BODY" || now === seen[0])
                break;
            seen.push(now);
            const style = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
            assert.equal(style, "solid", `the focus can be seen on ${now}`);
        }
        for (const wanted of ["trace", "beside", "follow", "slider", "steps", "followed-steps", "a-slot-1-key", "acache", "amodel", "bmodel"])
            assert.ok(seen.includes(wanted), `${wanted} is reached; seen: ${seen}`);
        assert.ok(seen.length < 80, "there is a way out");
    } },
    "letters can be switched off": { on: "fails.html", at: "#step=1", run: async (page) => {
        await page.click(".keys-help summary");
        await page.uncheck("#letters");
        await page.keyboard.press("f");
        assert.equal(await place(page), FIRST);
    } },
    "a file's name and a report are text": { on: "hostile.html", run: async (page) => {
        assert.match(await page.textContent("#file"), /<\/script><img src=x onerror=hostile\(\)>.*\.trace$/);
        assert.equal((await page.$$("img")).length, 0);
    } },
    "without JavaScript it says so": { on: "fails.html", javaScriptEnabled: false, run: async (page) => {
        assert.equal(await page.isVisible(".notice"), true);
        assert.equal(await page.isVisible("#app"), false);
    } },
    "loads nothing from anywhere": { on: "fails.html", run: async (page, heard) => {
        await page.keyboard.press("ArrowLeft");
        assert.deepEqual(heard.requests, []);
    } },
};

/* ---- axe and the width, in both schemes and at both widths. --------------------------------- */

for (const colorScheme of ["light", "dark"])
    checks[`axe finds nothing in the index: ${colorScheme}`] = { on: "index.html", at: "#follow=1", colorScheme, run: axeIsClean };
checks["axe finds nothing in a picture: dark"] = { on: "drawn.html", colorScheme: "dark", run: axeIsClean };
checks["fits: a picture, 400 px"] = { on: "drawn.html", viewport: narrow, run: fits };
checks["fits: the index, 400 px"] = { on: "index.html", viewport: narrow, run: fits };
for (const [name, viewport] of Object.entries({ "1280": wide, "400": narrow })) {
    for (const colorScheme of ["light", "dark"]) {
        checks[`axe finds nothing: ${colorScheme}, ${name} px`] = { on: "fails.html", at: "#follow=0&step=3", viewport, colorScheme, run: axeIsClean };
        checks[`axe finds nothing at the failure: ${colorScheme}, ${name} px`] = { on: "dies.html", viewport, colorScheme, run: axeIsClean };
    }
    checks[`fits: a failure, ${name} px`] = { on: "fails.html", viewport, run: fits };
    checks[`fits: 64 sets of 16 ways, ${name} px`] = { on: "long.html", at: "#step=6001&follow=3", viewport, run: fits };
}

/* ---- Each check's defect: [what is in the page, what stands there instead]. ------------------ */

const defects = {
    "says the bug in a sentence": ["run.verdict.meaning;", '"";'],
    "opens at the failing step and marks it": ["Math.max(shown.trace.failing, 0) + 1) - 1;", "1) - 1;"],
    "says what a caller sees": ['page.observed ?? ""', '""'],
    "brackets the ops that are one call": ['line.op === line.call.last ? "└"', 'line.op === 0 ? "└"'],
    "says what a refused init was asked for": ["line.asked ? make(", "line.asks ? make("],
    "draws the index of the stash where it is broken": ["this.check = line.check ?? this.check;", ""],
    "says where a value comes from that no op has stored": ["✖ ${content.origin}", ""],
    "an init that fails is no op": ['run.verdict.op === 0 ? "✖ fails at init" :', ""],
    "a subject without panels is shown as it draws itself": ["this.expected = line.expected ?? [];", ""],
    "axe finds nothing in a picture: dark": ["--change-weak: #3b2f0d", "--change-weak: #b06a64"],
    "fits: a picture, 400 px": [".picture-mark {", "#panels { width: 500px; } .picture-mark {"],
    "axe finds nothing in the index: light": ["--bad-weak: #fdeae8", "--bad-weak: #ab5f57"],
    "axe finds nothing in the index: dark": ["--bad-weak: #401b19", "--bad-weak: #b06a64"],
    "fits: the index, 400 px": [".check-finds { padding", ".check-finds { width: 500px; padding"],
    "steps by buttons": ['onClick("next", () => go(shown.step + 1));', ""],
    "steps by the slider": ['addEventListener("input"', 'addEventListener("wheel"'],
    "steps by a click in the list": ["onclick: () => go(index) },", "},"],
    "steps by keys": ['case "PageUp"', 'case "PagePrevious"'],
    "shows the map and the models at a step": ["{ ...record, step: index }", "{ ...record, step: 0 }"],
    "shows what the naive map has instead": ["this.naive = line.naive ?? this.naive;", ""],
    "every step is what its record adds up to": ["slot.count === 0 ? null : slot;", "slot.count === 0 ? this.slots[this.slotIndex(slot)] : slot;"],
    "follows a key": ["for (const entry of this.stash.slice(", "for (const entry of [].slice("],
    "a value leads to the op that wrote it": ["this.writers.set(line.value, index);", "this.writers.set(line.value, index + 1);"],
    "a deep link opens what it says": ['runOfName(wanted.get("trace")) ?? runs[0]', "runs[0]"],
    "the hash follows what is shown": ["    writeHash();\n    if", "    if"],
    "the passing neighbour steps beside": ["viewOf(id, run, other);", "viewOf(id, runs[0], other);"],
    "two runs are stacked where it is narrow": ["minmax(min(100%, 400px), 1fr)", "minmax(100px, 1fr)"],
    "a run that dies shows how": ['byId("report").textContent = run.verdict.report', 'byId("report").textContent = run.verdict.reports'],
    "a run that passes starts at its first op": ['agrees ? "✓ agrees" :', 'agrees ? "" :'],
    "10,000 ops: what is in the page is what is seen": ["const last = Math.min(count, first +", "const last = Math.max(count, first +"],
    "tells a screen reader where it is": ["    announce();\n", ""],
    "Tab goes through the page and out of it": ['tabindex: "0", role: "region",', 'role: "region",'],
    "letters can be switched off": ['byId("letters").checked ? key : ""', "key"],
    "a file's name and a report are text": ['byId("file").textContent = page.file;', 'byId("file").innerHTML = page.file;'],
    "without JavaScript it says so": ["<noscript>", "<noscript hidden>"],
    "loads nothing from anywhere": ["<header", '<img src="https://example.invalid/x.png" alt="">\n<header'],
    "axe finds nothing: light, 1280 px": ["--quiet: #525b67", "--quiet: #9aa3ad"],
    "axe finds nothing: dark, 1280 px": ["--quiet: #a5aeba", "--quiet: #525b67"],
    "axe finds nothing: light, 400 px": ['<label for="trace">Trace</label>', "<label>Trace</label>"],
    "axe finds nothing: dark, 400 px": ['role: "option",', ""],
    "axe finds nothing at the failure: light, 1280 px": ["--bad: #ab1f17", "--bad: #ff8f85"],
    "axe finds nothing at the failure: dark, 1280 px": ["--bad: #ff968c", "--bad: #ab1f17"],
    "axe finds nothing at the failure: light, 400 px": ['<html lang="en">', "<html>"],
    "axe finds nothing at the failure: dark, 400 px": ["<main", '<div role="presentation" class="main"></div><main hidden'],
    "fits: a failure, 1280 px": [".scroll { overflow: auto;", ".head { width: 1300px; } .scroll { overflow: auto;"],
    "fits: a failure, 400 px": [".bar { flex-wrap: wrap;", ".bar { min-width: 500px;"],
    "fits: 64 sets of 16 ways, 1280 px": [".scroll { overflow: auto; max-width: 100%; position: relative; }", ""],
    "fits: 64 sets of 16 ways, 400 px": [".scroll { overflow: auto; max-width: 100%; position: relative; }", ""],
};

runChecks(folder, checks, defects).catch((error) => {
    console.error(error);
    process.exitCode = 2;
});
