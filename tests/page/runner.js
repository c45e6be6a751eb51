/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of our pages share: runs checks in Chromium, each on the good page, and on a page with its defect,
 * which it has to find; axe, and the width. Nothing here waits for a time. */
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");
const { source: axe } = require("axe-core");

const wide = { width: 1280, height: 900 };
const narrow = { width: 400, height: 800 };

async function axeIsClean(page) {
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run());
    assert.deepEqual(result.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    assert.ok(result.passes.some(({ id }) => id === "color-contrast"), "contrast was looked at");
}

async function fits(page) {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no scrolling across");
}

async function runCheck(browser, check, url) {
    const heard = { requests: [], errors: [] };
    const { viewport = wide, colorScheme = "light", javaScriptEnabled = true } = check;
    const page = await browser.newPage({ viewport, colorScheme, javaScriptEnabled, reducedMotion: "reduce" });
    page.on("request", (request) => request.isNavigationRequest() || heard.requests.push(request.url()));
    page.on("pageerror", (error) => heard.errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && heard.errors.push(message.text()));
    page.setDefaultTimeout(5000);
    try {
        await page.goto(url + (check.at ?? ""));
        await check.run(page, heard);
        assert.deepEqual(heard.errors, []);
    } finally {
        await page.close();
    }
}

async function fails(browser, folder, check, [from, to], name) {
    const good = fs.readFileSync(path.join(folder, check.on), "utf8");
    const bad = path.join(folder, `defect-${name.replaceAll(/[^a-z0-9]+/gi, "-")}.html`);
    if (!good.includes(from))
        throw new Error(`the defect's place is not in the page: ${from}`);
    fs.writeFileSync(bad, good.replace(from, () => to));
    const error = await runCheck(browser, check, pathToFileURL(bad).href).then(() => null, (thrown) => thrown);
    fs.unlinkSync(bad);
    if (error === null)
        throw new Error("the check passes on a page with its defect");
}

/* Runs all checks whose name has the third argument in it, prints a line for each, and sets the exit status.
 * `checks`: name to { on: file in the folder, at: hash, viewport, colorScheme, run }; `defects`: name to [what is in
 * the page, what stands there instead]. */
async function runChecks(folder, checks, defects) {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    let passed = 0, failed = 0;
    const count = (name, error) => {
        console.log(error === null ? `ok - ${name}` : `FAIL - ${name}\n${error.stack.replaceAll(/^/gm, "    ")}`);
        passed += error === null;
        failed += error !== null;
    };
    const attempt = async (name, work) => count(name, await work().then(() => null, (error) => error));
    const only = process.argv[3] ?? "";
    for (const [name, check] of Object.entries(checks).filter(([name]) => name.includes(only))) {
        await attempt(name, () => runCheck(browser, check, pathToFileURL(path.join(folder, check.on)).href));
        await attempt(`and it can fail: ${name}`, async () => {
            assert.ok(defects[name], "each check has a defect");
            await fails(browser, folder, check, defects[name], name);
        });
    }
    await browser.close();
    console.log(`\n${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
}

module.exports = { axeIsClean, fits, narrow, runChecks, wide };
