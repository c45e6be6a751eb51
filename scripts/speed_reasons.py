"""Why a peer is faster than the cache map in a workload, where it is: the last column of the table in
docs/speed.md. scripts/speed_report.py shows a pair that is missing here as unexplained."""

ONE_MISS = ("its value is where the hash says: one cache miss, ours two (the set's tags, then the value), and "
            "fewer instructions, so that the processor overlaps more gets")

REASONS = {
    ("plain", "get_uniform"): ONE_MISS,
    ("plain", "get_zipf"): ONE_MISS,
    ("plain", "get_chain"): "one miss to wait for, ours two, one after the other",
    ("plain", "update"): ONE_MISS,
    ("plain", "scope"): "its undo log is good for updates alone and names slots by address; " + ONE_MISS,
}
