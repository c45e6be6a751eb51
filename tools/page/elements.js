/* SPDX-License-Identifier: Apache-2.0 */
/* Elements of the page of ./trace html: made of text nodes, and kept where they stay what they were. Knows nothing
 * of records. Stands before panels.js in one script. */

const byId = (id) => document.getElementById(id);

/* An element. `attributes` with a boolean are there or not; `onclick` is a listener. */
function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name === "onclick")
            element.addEventListener("click", value);
        else if (value === true)
            element.setAttribute(name, "");
        else if (value !== false && value !== undefined)
            element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== false));
    return element;
}

/* A large map has thousands of nodes, and a step changes a few: elements are kept under a name, and what is in
 * its place stays there. */
const keptElements = new Map();

function keep(name, makeElement) {
    if (!keptElements.has(name))
        keptElements.set(name, makeElement());
    return keptElements.get(name);
}

/* Makes the children of `parent` those of the list; null and false are none. */
function fill(parent, children) {
    const wanted = children.filter((child) => child !== null && child !== false);
    const isWanted = new Set(wanted);
    for (const child of Array.from(parent.childNodes))
        if (!isWanted.has(child))
            child.remove();
    let at = parent.firstChild;
    for (const child of wanted) {
        if (child === at)
            at = at.nextSibling;
        else
            parent.insertBefore(child, at);
    }
    return parent;
}

/* A row is made anew when one of the parts that it is made of is another; objects of the record are compared by
 * identity. */
const keptRows = new Map();

function keepRow(name, parts, makeRow) {
    const kept = keptRows.get(name);
    if (kept && kept.parts.length === parts.length && kept.parts.every((part, index) => part === parts[index]))
        return kept.row;
    const row = makeRow();
    keptRows.set(name, { parts, row });
    return row;
}

const unseen = (text) => make("span", { class: "unseen" }, text);

const mark = (kind, sign) => make("b", { class: "mark " + kind, "aria-hidden": "true" }, sign);
