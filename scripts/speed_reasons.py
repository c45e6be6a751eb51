"""Why a peer is faster than the cache map in a workload, where it is: the last column of the table in
docs/speed.md. scripts/speed_report.py shows a pair that is missing here as unexplained."""

ONE_MISS = ("one cache miss (the value is where the hash says), ours two: the set's tags, then the value; and about 45 "
            "instructions a get, ours 73, so that the processor has more gets in flight. Batches hide both")
COPY = "our row gets, copies, changes, upserts, which also holds in a scope; the peer changes in place"
PLACE = ("what it evicts lies in the order of eviction in memory, and the processor fetches that ahead; our victim may be "
         "anywhere, and its stash bucket is known only when it has been read")

REASONS = {
    ("plain", "get_uniform"): ONE_MISS,
    ("plain", "get_zipf"): ONE_MISS,
    ("plain", "get_chain"): "one miss to wait for, ours two, one after the other",
    ("plain", "get_miss"): "small values: four slots are on a line, so that a probe that fails costs one miss; ours two, "
                           "the tags and the stash's bucket",
    ("plain", "update"): ONE_MISS,
    ("plain", "insert"): "4 KiB pages: ours touches seven arrays (tags, counts, hands, values, and the stash's three), each with "
                         "a TLB miss of its own; the plain table two places of one array, and its ring",
    ("plain", "scope"): "an undo log for updates alone, which names slots by address; ours also takes back inserts, "
                        "evictions and removes. And one miss, ours two",
    ("plain", "modify_zipf"): COPY + ". In place what remains is one miss, ours two, in the hits",
    ("uthash_lru", "get_chain"): "128 bytes: our values are two lines apart, so that the lines that gets read share half of the sets "
                                 "of the processor's caches; uthash's nodes of 200 bytes use all",
    ("glib_lru", "get_chain"): "as uthash: nodes of 152 bytes",
    ("uthash_lru", "modify_zipf"): COPY,
    ("uthash_lru", "insert"): PLACE,
    ("glib_fifo", "modify_zipf"): COPY,
}
