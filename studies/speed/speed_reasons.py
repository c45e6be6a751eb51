# SPDX-License-Identifier: Apache-2.0
"""Why a peer is faster than the cache map in a workload, where it is: the last column of the table in
docs/speed.md. studies/speed/speed_report.py shows a pair that is missing here as unexplained."""

ONE_MISS = ("one cache miss (the value is where the hash says), ours two: the set's tags, then the value; and about 45 "
            "instructions a get, ours 73, so that the processor has more gets in flight. Batches hide both")
COPY = "our row gets, copies, changes, upserts, which also holds in a scope; the peer changes in place"
UNSTEADY = ("not the map's doing, as far as we know: with 8 MiB of values 128 bytes apart the floor itself takes 49 to 99 ns in one "
            "round or another, and ours with it; in the rounds in which the floor is fast (25 ns) ours is level or faster. We "
            "do not know why")

REASONS = {
    ("plain", "get_uniform"): ONE_MISS,
    ("plain", "get_zipf"): ONE_MISS,
    ("plain", "get_chain"): "one miss to wait for, ours two, one after the other. For 64K entries see the next row",
    ("plain", "update"): ONE_MISS,
    ("plain", "scope"): "an undo log for updates alone, which names slots by address; ours also takes back inserts, "
                        "evictions and removes. And one miss, ours two",
    ("plain", "modify_zipf"): COPY + ". In place what remains is one miss, ours two, in the hits",
    ("uthash_lru", "get_chain"): UNSTEADY,
    ("glib_lru", "get_chain"): "the same",
    ("uthash_lru", "modify_zipf"): COPY,
    ("glib_fifo", "modify_zipf"): COPY,
}
