"""Medians, ratios and tables of what scripts/bench.py has measured: text for the terminal, the generated
parts of docs/speed.md, the data of the plot. Measures nothing."""
import statistics

OURS = "cache_map"
# The order of columns, and their heads.
WORKLOADS = [
    ("get_uniform", "get hits, uniform"),
    ("get_zipf", "get hits, zipf"),
    ("get_chain", "get hits, dependent"),
    ("get_miss", "get misses"),
    ("update", "update"),
    ("insert", "insert, evicting"),
    ("modify_zipf", "read-modify-write, zipf"),
    ("scope", "scope discarded"),
    ("compact", "compact, an entry"),
]
PEERS = [
    ("cache_map", "cache_map"),
    ("many", "cache_map, in batches"),
    ("in_place", "cache_map, in place"),
    ("large_stash", "cache_map, large stash"),
    ("plain", "plain table, FIFO"),
    ("uthash_lru", "uthash, LRU"),
    ("glib_fifo", "GHashTable, FIFO"),
    ("glib_lru", "GHashTable, LRU"),
    ("ck", "ck_ht, FIFO"),
    ("floor", "floor: one access"),
]


def cell(result, workload, peer):
    """Nanoseconds of an op and the ratio to ours, both medians over the rounds; None: not measured. Ratios are
    taken round by round: what slows a round slows both."""
    samples = result["samples"].get(workload, {}).get("nanoseconds", {})
    theirs, ours = samples.get(peer), samples.get(OURS)
    if not theirs:
        return None
    if not ours:
        return statistics.median(theirs), None
    return statistics.median(theirs), statistics.median(a / b for a, b in zip(theirs, ours))


def title(result):
    share = result["huge_bytes"] / result["bytes"] if result["bytes"] else 0
    pages = "huge pages" if result["huge_pages"] else "small pages"
    text = "%d entries, values of %d bytes, %s" % (result["entries"], result["value"], pages)
    if result["huge_pages"] and share < 0.9:
        text += " (only %d %% of the memory got them)" % (100 * share)
    return text


def rows(result):
    """Name, cells in the order of WORKLOADS, bytes an entry."""
    table = []
    for peer, name in PEERS:
        cells = [cell(result, workload, peer) for workload, _ in WORKLOADS]
        if any(cells):
            table.append((name, cells, result["bytes_per_entry"].get(peer)))
    return table


def configuration_text(result):
    """The terminal's table: nanoseconds, and in brackets the ratio to ours."""
    shown = [i for i, (name, _) in enumerate(WORKLOADS) if name in result["samples"]]
    lines = ["", title(result) + ": ns (time / ours)",
             "%-23s" % "" + "".join("%15s" % WORKLOADS[i][0] for i in shown) + "%9s" % "B/entry"]
    for peer, cells, size in rows(result):
        line = "%-23s" % peer
        for i in shown:
            text = ""
            if cells[i] is not None:
                text = "%.1f" % cells[i][0]
                if cells[i][1] is not None:
                    text += " (%.2f)" % cells[i][1]
            line += "%15s" % text
        lines.append(line + "%9.1f" % size)
    return "\n".join(lines)
