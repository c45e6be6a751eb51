/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the page of `make report`, in Chromium: each check has a defect that it must find. Run by
 * tests/report_page.sh, as `node checks.js FOLDER`, with the pages in FOLDER. */
"use strict";

const assert = require("node:assert/strict");
const { axeIsClean, fits, narrow, runChecks, wide } = require("../page/runner.js");

const text = (page, selector) => page.$$eval(selector, (elements) => elements.map((element) => element.textContent.trim()));
const dataOf = (page) => page.$eval("#data", (element) => JSON.parse(element.textContent));
const openAll = (page) => page.$$eval("details", (all) => all.forEach((one) => { one.open = true; }));
const rowsOf = (page, name) => page.$$eval(`[aria-label="${name}"] tbody tr`, (rows) => rows.map((row) => Array.from(row.cells, (cell) => cell.textContent)));

/* How many pixels a plot has of each colour. */
const ink = (page, title) => page.$eval(`[role=img][aria-label^="${title}."] canvas`, (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Map();
    let weak = 0; // as bands are, which are drawn over each other
    for (let at = 0; at < data.length; at += 4) {
        weak += data[at + 3] > 30 && data[at + 3] < 90;
        if (data[at + 3] > 0)
            colours.set(data.slice(at, at + 3).join(), 1 + (colours.get(data.slice(at, at + 3).join()) ?? 0));
    }
    return { ...Object.fromEntries(colours), weak };
});

/* The cells of the heat map that are neither a hole nor impossible, by row. */
const cellsSeen = (page) => page.$$eval("table.heat tbody tr", (rows) => rows.flatMap((row) =>
    Array.from(row.querySelectorAll("td"), (cell, column) => [row.querySelector("th").textContent, column, cell.textContent]).filter(([, , words]) => /^\d/.test(words))));

const checks = {
    "says in a sentence how it went": { on: "campaign.html", run: async (page) => {
        assert.equal(await page.textContent("h1"), "2 h of fuzzing, 6,880,000 executions, 2 findings");
        assert.equal(await page.textContent("#outcome"), "✖ 2 findings");
        assert.match(await page.textContent("#facts"), /edges 560 *features 8,200 *inputs 40 *engines libFuzzer, AFL\+\+/);
        assert.match(await page.title(), /^cachemap campaign: 2 h, 2 findings$/);
    } },
    "says how the campaign stands": { on: "campaign.html", run: async (page) => {
        assert.match(await page.textContent("#facts"), /state killed after 60 min of 60 min/);
    } },
    "interruptions are told, and marked in the plots": { on: "campaign.html", run: async (page) => {
        assert.deepEqual(await text(page, ".marks li"), [
            "1 after 30 min: interrupted, by Ctrl-C or another signal; it went on 100 s later",
            "2 after 60 min: </script><img src=x onerror=hostile()>",
            "3 after 60 min: campaign 1 was over; campaign 2 began 23 min later, on the same corpus",
            "4 after 90 min: killed, or the machine went down: the log has no end; it went on 70 min later"]);
        for (const title of ["Edges covered", "Memory"])
            assert.ok((await ink(page, title))["122,77,0"] > 3 * 150, `${title}: three lines`);
    } },
    "says that nothing broke in": { on: "begun.html", run: async (page) => {
        assert.match(await page.textContent("#marks"), /^Fuzzing was not interrupted/);
        assert.match(await page.textContent("#facts"), /engines libFuzzer$/);
    } },
    "the axis begins where fuzzing began": { on: "campaign.html", run: async (page) => {
        assert.deepEqual(await page.evaluate(() => plots.slice(0, 6).map(({ drawn }) => [drawn.scales.x.min, drawn.scales.x.max])), Array(6).fill([0, 2]));
    } },
    "each plot says its figures, with the unit": { on: "campaign.html", run: async (page) => {
        const words = (await text(page, ".plot figcaption p")).map((sentence) => sentence.split(". ").at(-1));
        assert.deepEqual(words.slice(0, 6), ["In edges: libFuzzer from 501 to 560, AFL++ from 451 to 510.", "In features: libFuzzer from 1,120 to 8,200.",
            "The median, per second: libFuzzer 383, AFL++ 333.", "In inputs: libFuzzer from 106 to 460, AFL++ from 56 to 410.",
            "In KiB: libFuzzer from 21 to 55, AFL++ from 16 to 50.", "The median, MiB: libFuzzer 150, AFL++ 100."]);
    } },
    "what is code looks like it": { on: "known.html", run: async (page) => {
        await openAll(page);
        assert.ok(!(await page.textContent("#labels-body")).includes("`"));
        assert.ok((await text(page, "#labels-body code")).includes("clock_classic"));
    } },
    "many holes are folded, few are not": { on: "known.html", run: async (page) => {
        assert.deepEqual(await page.$$eval("#states-body details, #labels-body details", (all) => all.map((one) => one.open)), [false, false, false]);
        await page.goto(page.url().replace(/[^/]*$/, "campaign.html"));
        const [count, isOpen] = await page.$eval("#labels-body details", (one) => [Number.parseInt(one.textContent, 10), one.open]);
        assert.ok(count > 0 && isOpen === count <= 24, `${count} holes`);
    } },
    "a short campaign has seconds": { on: "begun.html", run: async (page) => {
        assert.equal(await page.evaluate(() => plots.length > 0 && plots.every(({ xAxis }) => xAxis.title === "seconds of fuzzing")), true);
    } },
    "the curves are explained": { on: "campaign.html", run: async (page) => {
        assert.deepEqual(await text(page, ".meanings dt"), ["ours", "original", "naive"]);
        assert.match((await text(page, ".meanings dd"))[0], /this fuzz target/);
    } },
    "no row of dashes below a plot": { on: "campaign.html", run: async (page) => {
        const legend = page.locator(".u-legend").first();
        assert.equal(await legend.isVisible(), false);
        await page.locator(".canvas").first().hover();
        assert.equal(await legend.isVisible(), true);
        assert.match(await legend.textContent(), /libFuzzer:? *5\d\d/);
    } },
    "says that nothing was found": { on: "begun.html", run: async (page) => {
        assert.equal(await page.textContent("#outcome"), "✓ nothing found");
        assert.match(await page.textContent("#findings-body"), /^None\./);
        assert.match(await page.textContent("#survival-body"), /^Not measured yet/);
    } },
    "a finding stands once, with its links": { on: "campaign.html", run: async (page) => {
        assert.deepEqual(await rowsOf(page, "All findings"), [
            ["check-outcome-getpagereport", "30 min", "7", "get: the map says 1, the model <b>2</b>"],
            ["lost-finding", "70 min", "1", "its folder is not there any more"]]);
        assert.deepEqual(await page.$$eval("#findings-body a", (links) => links.map((link) => link.getAttribute("href"))),
            ["findings/check-outcome-get/report.html", "findings/check-outcome-get/report.txt"]);
        await page.getByRole("link", { name: "page of check-outcome-get" }).waitFor();
    } },
    "campaigns follow each other on one axis": { on: "campaign.html", run: async (page) => {
        const { series } = await dataOf(page);
        assert.deepEqual(series.libfuzzer.at, [...series.libfuzzer.at].sort((a, b) => a - b));
        await openAll(page);
        const rows = await rowsOf(page, "Features");
        assert.ok(rows.length > 20 && rows.length <= 40);
        assert.deepEqual(rows.at(-1), ["2 h", "8,200"]);
        assert.deepEqual((await rowsOf(page, "Executions per second")).at(-1), ["2 h", "365", "315"]);
    } },
    "each figure is drawn": { on: "campaign.html", run: async (page) => {
        for (const title of ["Edges covered", "Features", "Executions per second", "Corpus", "Corpus size", "Memory"])
            assert.ok((await ink(page, title))["10,88,168"] > 100, title);
    } },
    "survival has a line and a band for each": { on: "campaign.html", run: async (page) => {
        const colours = await ink(page, "Bugs not found yet");
        for (const line of ["10,88,168", "171,31,23"])
            assert.ok(colours[line] > 50, `${line}: ${colours[line]}`);
        assert.ok(colours.weak > 10000, `an area is filled: ${colours.weak}`);
        await openAll(page);
        assert.match((await rowsOf(page, "Bugs not found yet")).at(-1).join(" "), /^20 0 % \(.*60\.5 % \(49\.5 % to 71\.5 %\)/);
    } },
    "the colours follow the scheme": { on: "campaign.html", run: async (page) => {
        await page.emulateMedia({ colorScheme: "dark" });
        // The event comes before the next frame is drawn.
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        assert.ok((await ink(page, "Features"))["130,188,255"] > 100);
    } },
    "a plot takes the width that there is": { on: "campaign.html", run: async (page) => {
        await page.setViewportSize(narrow);
        await page.waitForFunction(() => Array.from(document.querySelectorAll(".uplot")).every((plot) => plot.clientWidth <= 380));
    } },
    "an op is counted in the state that it meets": { on: "known.html", run: async (page) => {
        // Columns: scope closed, empty, in part full, full; of each the stash empty, in part full, full.
        assert.deepEqual(await cellsSeen(page), [
            ["upsert, key absent", 0, "1"], ["upsert, key absent", 3, "1"], ["upsert, key absent", 6, "1"], ["upsert, key absent", 10, "1"],
            ["upsert, key tombstone", 1, "1"], ["remove, key cached", 0, "1"], ["scope open", 0, "1"], ["scope discard", 10, "1"]]);
    } },
    "ops of one call are counted in the state before it": { on: "many.html", run: async (page) => {
        assert.deepEqual(await cellsSeen(page), [["upsert_many, key absent", 0, "1"], ["get_many, key cached", 0, "1"]]);
    } },
    "holes have names": { on: "known.html", run: async (page) => {
        const holes = await text(page, "#states-body .holes li");
        assert.equal(holes.length, 532 - 8);
        assert.ok(holes.includes("upsert of a cached key, with a full stash and an open scope that is full"));
        assert.ok(!holes.some((hole) => /stashed key, with an empty stash/.test(hole)), "what cannot be is no hole");
        assert.ok((await text(page, "#labels-body .holes li")).some((hole) => /^evicted-in-own-scope: /.test(hole)));
    } },
    "refused ops are counted": { on: "known.html", run: async (page) => {
        assert.deepEqual((await rowsOf(page, "Ops by kind"))[0].slice(0, 4), ["upsert", "62.5 %", "5", "20 %"]);
    } },
    "what the log says is text": { on: "campaign.html", run: async (page) => {
        assert.equal((await page.$$("img, b:not(.facts b, .marks b)")).length, 0);
        assert.match((await rowsOf(page, "Events")).map((row) => row[3]).join(), /<\/script><img src=x onerror=hostile\(\)>/);
    } },
    "a number and its unit stay together": { on: "campaign.html", viewport: narrow, run: async (page) => {
        const lines = await page.$$eval("#mix-body tbody td.number", (cells) => cells.map((cell) => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return new Set(Array.from(range.getClientRects(), ({ top }) => top)).size;
        }));
        assert.ok(lines.length > 30 && lines.every((count) => count === 1), `lines: ${lines}`);
    } },
    "Tab goes through the page": { on: "campaign.html", run: async (page) => {
        const seen = [];
        for (let count = 0; count < 60 && seen.at(-1) !== "BODY"; count += 1) {
            await page.keyboard.press("Tab");
            const [name, style] = await page.evaluate(() => [document.activeElement.ariaLabel ?? document.activeElement.textContent.slice(0, 40) , getComputedStyle(document.activeElement).outlineStyle]);
            if (await page.evaluate(() => document.activeElement === document.body))
                break;
            assert.equal(style, "solid", `the focus can be seen on ${name}`);
            seen.push(name);
        }
        for (const wanted of ["All findings", "page of check-outcome-get", "Features: the figures", "Inputs by op and state", "Ops by kind"])
            assert.ok(seen.includes(wanted), `${wanted} is reached; seen: ${seen}`);
    } },
    "without JavaScript it says so": { on: "campaign.html", javaScriptEnabled: false, run: async (page) => {
        assert.equal(await page.isVisible(".notice"), true);
        assert.equal(await page.isVisible("#app"), false);
    } },
    "loads nothing from anywhere": { on: "campaign.html", run: async (_page, heard) => {
        assert.deepEqual(heard.requests, []);
    } },
};

for (const [name, viewport] of Object.entries({ "1280": wide, "400": narrow }))
    for (const colorScheme of ["light", "dark"])
        checks[`axe finds nothing, and it fits: ${colorScheme}, ${name} px`] = { on: "campaign.html", viewport, colorScheme, run: async (page) => {
            await openAll(page);
            await fits(page);
            await axeIsClean(page);
        } };

const defects = {
    "says in a sentence how it went": ["(last(figures.executions) ?? 0)", "(figures.executions[0] ?? 0)"],
    "says how the campaign stands": ['["state", data.state], ', ""],
    "interruptions are told, and marked in the plots": ["ctx.lineTo(place, top + height)", "ctx.lineTo(place, top)"],
    "says that nothing broke in": ['"Fuzzing was not interrupted."', '""'],
    "the axis begins where fuzzing began": ["[0, ...at.map(", "[at[0] / timeDivisor, ...at.map("],
    "each plot says its figures, with the unit": ["number(first(lists[index]))", "number(lists[index][1])"],
    "what is code looks like it": ["label.theme, coded(label.sentence)", "label.theme, label.sentence"],
    "many holes are folded, few are not": ["open: holes.length <= HOLES_MAX", "open: true"],
    "a short campaign has seconds": ["total < 120 ?", "total < 0 ?"],
    "the curves are explained": ["config in CONFIGURATIONS", "config === null"],
    "no row of dashes below a plot": [".canvas:not(:hover) .u-legend { visibility: hidden; }", ""],
    "says that nothing was found": ['"✓ nothing found"', '"✖ nothing"'],
    "a finding stands once, with its links": ['"aria-label": `${LINKS[name]} of', 'name: `${LINKS[name]} of'],
    "campaigns follow each other on one axis": ["[...new Set(columns.flatMap((column) => [...column.keys()]))].sort(", "[...new Set(columns.flatMap((column) => [...column.keys()]))].slice(1, -1).sort("],
    "each figure is drawn": ['width: 2, dash, spanGaps', 'width: 0, dash, spanGaps'],
    "survival has a line and a band for each": ["bands.push(", "[].push("],
    "the colours follow the scheme": ['addEventListener("change", drawAll)', 'addEventListener("changes", drawAll)'],
    "a plot takes the width that there is": ["drawn.setSize(", "void ("],
    "an op is counted in the state that it meets": ['"cells": [1,', '"cells": [0,'],
    "ops of one call are counted in the state before it": ['"cells": [1,', '"cells": [0,'],
    "holes have names": ["states.holes.map(", "states.holes.slice(1).map("],
    "refused ops are counted": ["percent(row.refused, row.count)", "percent(row.refused, all)"],
    "what the log says is text": ["[moment(line.time), duration(line.at), event, detail]", '[moment(line.time), duration(line.at), event, Object.assign(make("p", {}), { innerHTML: detail })]'],
    "a number and its unit stay together": ["table.plain td.number { white-space: nowrap; }", ""],
    "Tab goes through the page": ['tabindex: "0", role: "region", "aria-label": "Inputs', 'tabindex: "-1", role: "region", "aria-label": "Inputs'],
    "without JavaScript it says so": ["<noscript>", "<noscript hidden>"],
    "loads nothing from anywhere": ["<header", '<img src="https://example.invalid/x.png" alt="">\n<header'],
    "axe finds nothing, and it fits: light, 1280 px": [".share-5 { background: #0b3a6b; color: #ffffff; }", ".share-5 { background: #0b3a6b; color: #15181c; }"],
    "axe finds nothing, and it fits: dark, 1280 px": ["--quiet: #a5aeba", "--quiet: #525b67"],
    "axe finds nothing, and it fits: light, 400 px": [".scroll { overflow: auto;", ".scroll { overflow: visible;"],
    "axe finds nothing, and it fits: dark, 400 px": ['<html lang="en">', "<html>"],
};

runChecks(process.argv[2], checks, defects).catch((error) => {
    console.error(error);
    process.exitCode = 2;
});
