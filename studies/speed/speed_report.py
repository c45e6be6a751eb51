# SPDX-License-Identifier: Apache-2.0
"""Medians, ratios and tables of what studies/speed/bench.py has measured: text for the terminal, the parts of
docs/speed.md between markers, the data of the plot. Measures nothing.

A part stands between `<!-- measured: NAME -->` and `<!-- end -->`. As a program: prints every configuration."""
import json
import pathlib
import re
import statistics
import subprocess

from speed_reasons import REASONS

OURS = "cache_map"
# The order of columns, and their heads.
WORKLOADS = [
    ("get_uniform", "get, uniform"),
    ("get_zipf", "get, zipf"),
    ("get_chain", "get, dependent"),
    ("get_miss", "get, absent"),
    ("update", "update"),
    ("insert", "insert, evicting"),
    ("modify_zipf", "read-modify-write"),
    ("scope", "scope discarded"),
    ("compact", "compact"),
]
PEERS = [
    ("cache_map", "cache_map"),
    ("many", "cache_map, in batches"),
    ("ahead", "cache_map, prefetching"),
    ("in_place", "cache_map, in place"),
    ("large_stash", "cache_map, large stash"),
    ("plain", "plain table, FIFO"),
    ("uthash_lru", "uthash, LRU"),
    ("glib_fifo", "GHashTable, FIFO"),
    ("glib_lru", "GHashTable, LRU"),
    ("ck", "ck_ht, FIFO"),
    ("floor", "floor: one access"),
]
NAMES = dict(PEERS)
OWN = {"cache_map", "many", "ahead", "in_place", "large_stash"}
# Smaller differences are noise.
EQUAL_FROM = 0.95
# The configurations of the overview and the plot.
OVERVIEW_VALUE = 64


# ---- Figures. ----------------------------------------------------------------------------------------


def nanoseconds(result, workload, peer):
    """Median over the rounds; None: not measured."""
    samples = result["samples"].get(workload, {}).get("nanoseconds", {}).get(peer)
    return statistics.median(samples) if samples else None


def ratio(result, workload, peer, ours=OURS):
    """Their time / our time, the median over the rounds of the ratio in each: what slows a round slows both."""
    samples = result["samples"].get(workload, {}).get("nanoseconds", {})
    if not samples.get(peer) or not samples.get(ours):
        return None
    return statistics.median(a / b for a, b in zip(samples[peer], samples[ours]))


def digits(number):
    """Three significant digits at most, and no exponent."""
    if number is None:
        return ""
    return "%.0f" % number if number >= 99.5 else "%.1f" % number if number >= 9.95 else "%.2f" % number


def count_name(entries):
    """65536 as people say it."""
    if entries % 1048576 == 0:
        return "%dM" % (entries // 1048576)
    return "%dK" % (entries // 1024) if entries % 1024 == 0 else str(entries)


def pages_name(result):
    return "huge pages" if result["huge_pages"] else "pages of 4 KiB"


def title(result):
    text = "%s entries, values of %d bytes, %s" % (count_name(result["entries"]), result["value"],
                                                   pages_name(result))
    share = result["huge_bytes"] / result["bytes"] if result["bytes"] else 0
    if result["huge_pages"] and share < 0.9:
        text += " (only %d %% of the memory got them)" % (100 * share)
    return text


def workloads_of(result):
    return [(name, head) for name, head in WORKLOADS if name in result["samples"]]


def peers_of(result):
    """Those that were measured; variants, which have no other name, last."""
    peers = [peer for peer, _ in PEERS] + [peer for peer in result["bytes_per_entry"] if peer not in NAMES]
    return [peer for peer in peers
            if any(nanoseconds(result, workload, peer) is not None for workload, _ in WORKLOADS)]


# ---- The terminal. -----------------------------------------------------------------------------------


def configuration_text(result):
    """Nanoseconds of an op, and in brackets their time / our time."""
    shown = workloads_of(result)
    lines = ["", title(result) + ": ns (time / ours)",
             "%-23s" % "" + "".join("%15s" % name for name, _ in shown) + "%9s" % "B/entry"]
    for peer in peers_of(result):
        line = "%-23s" % NAMES.get(peer, peer)
        for workload, _ in shown:
            text = digits(nanoseconds(result, workload, peer))
            quotient = ratio(result, workload, peer)
            line += "%15s" % (text + (" (%s)" % digits(quotient) if quotient is not None else ""))
        lines.append(line + "%9.1f" % result["bytes_per_entry"][peer])
    return "\n".join(lines)


# ---- The documents. ----------------------------------------------------------------------------------


def table(head, lines, left=()):
    """A Markdown table; the first column is to the left, and those that are named."""
    rules = [" --- |" if name in left else " ---: |" for name in head[1:]]
    text = ["| " + " | ".join(head) + " |", "| --- |" + "".join(rules)]
    return "\n".join(text + ["| " + " | ".join(line) + " |" for line in lines])


def marked(quotient):
    """A ratio; bold where the peer is faster."""
    text = digits(quotient)
    return "**%s**" % text if quotient is not None and quotient < EQUAL_FROM else text


def part_machine(report):
    about = report["machine"]
    first = report["configurations"][0]
    return ("%s, %d cores, Linux %s, %s, `%s`, %s; medians of %d interleaved rounds."
            % (about["processor"], about["cores"], about["kernel"], about["compiler"], about["flags"],
               about["date"], first["rounds"]))


def chosen_for_overview(report):
    """One result for each number of entries, with huge pages where there are any."""
    results = [r for r in report["configurations"] if r["value"] == OVERVIEW_VALUE]
    pages = any(r["huge_pages"] for r in results)
    return sorted((r for r in results if r["huge_pages"] == pages), key=lambda r: r["entries"])


def part_overview(report):
    """Ratios, a cell for each peer and workload with one number for each size of map; ours in nanoseconds."""
    results = chosen_for_overview(report)
    if not results:
        return "Not measured."
    shown = workloads_of(results[0])
    lines = []
    for peer in peers_of(results[0]):
        line = [NAMES[peer]]
        for workload, _ in shown:
            if peer == OURS:
                line.append(" / ".join(digits(nanoseconds(r, workload, peer)) for r in results) + " ns")
            else:
                quotients = [ratio(r, workload, peer) for r in results]
                line.append("" if None in quotients else " / ".join(marked(q) for q in quotients))
        lines.append(line)
    text = "Values of %d bytes, %s; %s entries." % (
        OVERVIEW_VALUE, pages_name(results[0]), " / ".join(count_name(r["entries"]) for r in results))
    return text + "\n\n" + table([""] + [head for _, head in shown], lines)


def part_losses(report):
    """Every pair of workload and peer in which the peer is faster somewhere, where, and why. A reason is said once."""
    lines, said = [], {}
    every_value = {r["value"] for r in report["configurations"]}
    for workload, head in WORKLOADS:
        for peer, name in PEERS:
            if peer in OWN or peer == "floor":
                continue
            quotients = [(ratio(r, workload, peer), r) for r in report["configurations"]]
            quotients = [(q, r) for q, r in quotients if q is not None]
            lost = [(q, r) for q, r in quotients if q < EQUAL_FROM]
            if not lost:
                continue
            worst = min(q for q, _ in lost)
            cells = {}
            for _, r in lost:
                cells.setdefault(count_name(r["entries"]), set()).add(r["value"])
            where = "; ".join("%s: %s" % (entries, "all" if values == every_value else
                                          ", ".join(map(str, sorted(values))) + " bytes")
                              for entries, values in cells.items())
            reason = REASONS.get((peer, workload), "**no reason is known yet**")
            first = said.setdefault(reason, (head, name))
            if first != (head, name):
                reason = "as for %s, %s" % first
            lines.append([head, name, "%d of %d" % (len(lost), len(quotients)), digits(worst),
                          other_rows_text([r for _, r in lost], workload, peer), where, reason])
    if not lines:
        return "No peer is faster anywhere."
    return table(["workload", "peer", "cells", "worst ratio", "to ours in place; in batches", "where", "why"], lines,
                 left=("peer", "where", "why"))


def other_rows_text(results, workload, peer):
    """The ranges of ratios to our rows `in place` and `in batches`, where there are any."""
    texts = []
    for ours in ("in_place", "many"):
        quotients = [ratio(r, workload, peer, ours) for r in results]
        quotients = [q for q in quotients if q is not None]
        texts.append("%s to %s" % (digits(min(quotients)), digits(max(quotients))) if quotients else "")
    return "; ".join(texts) if any(texts) else ""


def part_memory(report):
    """Bytes for each entry, at the middle size."""
    results = [r for r in report["configurations"] if not r["huge_pages"]] or report["configurations"]
    entries = sorted({r["entries"] for r in results})
    middle = entries[len(entries) // 2]
    results = sorted((r for r in results if r["entries"] == middle), key=lambda r: r["value"])
    head = ["bytes for each of %s entries" % count_name(middle)] + ["values of %d" % r["value"] for r in results]
    lines = {name: ["%.1f" % r["bytes_per_entry"][peer] for r in results]
             for peer, name in PEERS if all(peer in r["bytes_per_entry"] for r in results)}
    ours = lines.get(NAMES[OURS])
    # The same map, used otherwise, takes as much.
    same = {NAMES[peer] for peer in OWN if peer != OURS and lines.get(NAMES[peer]) == ours}
    return table(head, [[name] + line for name, line in lines.items() if name not in same])


def part_hits(report):
    """What each held back in read-modify-write: the work that the misses add is not the same for all."""
    results = chosen_for_overview(report)
    lines = []
    for peer, name in PEERS:
        shares = [r["samples"].get("modify_zipf", {}).get("hit_ratio", {}).get(peer) for r in results]
        if results and None not in shares:
            lines.append([name] + ["%.1f %%" % (100 * share) for share in shares])
    return table(["hits of read-modify-write"] + [count_name(r["entries"]) for r in results], lines)


def part_tables(report):
    """Every configuration."""
    texts = []
    for result in report["configurations"]:
        shown = workloads_of(result)
        lines = []
        for peer in peers_of(result):
            line = [NAMES[peer]]
            for workload, _ in shown:
                text = digits(nanoseconds(result, workload, peer))
                quotient = ratio(result, workload, peer)
                if peer != OURS and quotient is not None:
                    text = "%s (%s)" % (marked(quotient), text)
                line.append(text)
            lines.append(line)
        texts.append("### %s\n\n%s" % (title(result), table([""] + [head for _, head in shown], lines)))
    return "\n\n".join(texts)


def part_variants(report):
    """The library with one thing undone, and what that costs."""
    measured = report.get("variants")
    if not measured:
        return "Not measured."
    result = measured["result"]
    shown = [(name, head) for name, head in workloads_of(result)]
    lines = [["%s (`%s`)" % (words, name)] + [digits(ratio(result, workload, name)) for workload, _ in shown]
             for name, words in measured["words"].items()]
    return title(result) + ".\n\n" + table([""] + [head for _, head in shown], lines)


PARTS = {"variants": part_variants, "machine": part_machine, "overview": part_overview, "losses": part_losses, "memory": part_memory,
         "hits": part_hits}


def with_parts(text, report):
    """The document with its parts made anew."""
    def make(match):
        name = match.group(2)
        if name not in PARTS:
            raise ValueError("there is no part \"%s\"" % name)
        return "%s\n%s\n%s" % (match.group(1), PARTS[name](report), match.group(3))
    return re.sub(r"(<!-- measured: ([a-z]+) -->)\n(?:.*\n)*?(<!-- end -->)", make, text)


# ---- The plot. ---------------------------------------------------------------------------------------


def plot_data(report):
    """A block for each workload: row, name of the peer, ratio at each size."""
    results = chosen_for_overview(report)
    rows = [(peer, name) for peer, name in PEERS if peer not in ("cache_map", "large_stash", "floor")]
    blocks = []
    for workload, head in WORKLOADS:
        if workload == "compact":
            continue
        lines = ['"%s"' % head]
        for row, (peer, name) in enumerate(reversed(rows)):
            quotients = [ratio(r, workload, peer) for r in results]
            lines.append("%d \"%s\" %s" % (
                row, name, " ".join("NaN" if q is None else "%.4g" % q for q in quotients)))
        blocks.append("\n".join(lines))
    return "\n\n\n".join(blocks) + "\n"


def draw(root, report, data_path, picture_path):
    results = chosen_for_overview(report)
    data_path.write_text(plot_data(report))
    about = "%d-byte values, %s" % (OVERVIEW_VALUE, pages_name(results[0]))
    command = ["gnuplot", "-e", "data='%s'; output_path='%s'; about='%s'" % (data_path, picture_path, about),
               "-e", "sizes='%s'" % " ".join(count_name(r["entries"]) for r in results),
               str(root / "studies/speed/speed.gnuplot")]
    subprocess.run(command, check=True)


def write_document(root, report):
    """studies/speed/speed.json, the parts, docs/speed.svg."""
    (root / "studies/speed/speed.json").write_text(json.dumps(report, separators=(",", ":")) + "\n")
    page = root / "docs/speed.md"
    page.write_text(with_parts(page.read_text(), report))
    (root / "build").mkdir(exist_ok=True)
    draw(root, report, root / "build/speed.data", root / "docs/speed.svg")


if __name__ == "__main__":
    print(part_tables(json.loads((pathlib.Path(__file__).parent / "speed.json").read_text(encoding="utf-8"))))
