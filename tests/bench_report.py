#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests studies/speed/speed_report.py on a sample worked out by hand. With --documents it compares the measured parts
of the documents (or of the files given) with studies/speed/speed.json instead."""
import copy
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "studies/speed"))

import speed_report  # noqa: E402

# Ours takes 10, 20, 30 ns in three rounds; the plain table 5, 30, 60: ratios 0.5, 1.5, 2, whose median is 1.5,
# while the quotient of the medians is 1.5 too; uthash 40, 10, 33: ratios 4, 0.5, 1.1, median 1.1, which the
# quotient of the medians, 33 / 20, is not.
SAMPLE = {
    "entries": 1048576, "value": 64, "huge_pages": True, "rounds": 3, "ops": 4096, "stash": 65536,
    "hits": 1000000, "bytes": 1000, "huge_bytes": 950,
    "bytes_per_entry": {"cache_map": 70.5, "many": 70.5, "in_place": 70.5, "plain": 136, "uthash_lru": 152.04},
    "samples": {
        "insert": {"nanoseconds": {"cache_map": [10, 20, 30], "plain": [5, 30, 60], "uthash_lru": [40, 10, 33]},
                   "hit_ratio": {}},
        "modify_zipf": {"nanoseconds": {"cache_map": [100, 100, 100], "plain": [40, 50, 60],
                                        "uthash_lru": [94, 96, 97], "in_place": [50, 62.5, 75], "many": [40, 25, 30]},
                        "hit_ratio": {"cache_map": 0.9461, "plain": 0.95, "uthash_lru": 0.9399}},
    },
}
MACHINE = {"processor": "P", "cores": 2, "kernel": "6.1", "compiler": "gcc 12", "flags": "-O2", "date": "2026-11-27"}


def report_of(*configurations):
    return {"format": 1, "machine": MACHINE, "configurations": list(configurations)}


class Figures(unittest.TestCase):
    def test_ratio_is_the_median_of_the_rounds(self):
        self.assertEqual(speed_report.ratio(SAMPLE, "insert", "plain"), 1.5)
        self.assertEqual(speed_report.ratio(SAMPLE, "insert", "uthash_lru"), 1.1)
        self.assertEqual(speed_report.nanoseconds(SAMPLE, "insert", "uthash_lru"), 33)

    def test_what_was_not_measured_is_nothing(self):
        self.assertIsNone(speed_report.ratio(SAMPLE, "insert", "ck"))
        self.assertIsNone(speed_report.ratio(SAMPLE, "get_zipf", "plain"))
        self.assertIsNone(speed_report.nanoseconds(SAMPLE, "get_zipf", "plain"))

    def test_digits(self):
        self.assertEqual([speed_report.digits(n) for n in (0.123, 9.94, 9.96, 99.4, 99.6, 1234.5, None)],
                         ["0.12", "9.94", "10.0", "99.4", "100", "1234", ""])

    def test_titles(self):
        self.assertEqual(speed_report.title(SAMPLE), "1M entries, values of 64 bytes, huge pages")
        poor = dict(SAMPLE, huge_bytes=890, entries=65536)
        self.assertEqual(speed_report.title(poor), "64K entries, values of 64 bytes, huge pages "
                                                   "(only 89 % of the memory got them)")
        small = dict(SAMPLE, huge_bytes=0, huge_pages=False, entries=1000)
        self.assertEqual(speed_report.title(small), "1000 entries, values of 64 bytes, pages of 4 KiB")


class Parts(unittest.TestCase):
    def test_terminal(self):
        lines = speed_report.configuration_text(SAMPLE).splitlines()
        self.assertEqual(lines[1], "1M entries, values of 64 bytes, huge pages: ns (time / ours)")
        self.assertEqual(lines[6].split(), "plain table, FIFO 30.0 (1.50) 50.0 (0.50) 136.0".split())

    def test_overview_has_a_number_for_each_size(self):
        larger = copy.deepcopy(SAMPLE)
        larger["entries"] *= 4
        larger["samples"]["insert"]["nanoseconds"]["plain"] = [5, 10, 15]
        lines = speed_report.part_overview(report_of(larger, SAMPLE)).splitlines()
        self.assertEqual(lines[0], "Values of 64 bytes, huge pages; 1M / 4M entries.")
        self.assertIn("| cache_map | 20.0 / 20.0 ns | 100 / 100 ns |", lines)
        self.assertIn("| plain table, FIFO | 1.50 / **0.50** | **0.50** / **0.50** |", lines)

    def test_overview_is_of_one_size_of_value_and_kind_of_page(self):
        other = dict(SAMPLE, value=16)
        small = dict(SAMPLE, huge_pages=False)
        self.assertEqual(speed_report.part_overview(report_of(other, small, SAMPLE)),
                         speed_report.part_overview(report_of(SAMPLE)))

    def test_losses_name_the_cell_and_the_reason(self):
        text = speed_report.part_losses(report_of(SAMPLE))
        self.assertIn("| read-modify-write | plain table, FIFO | 1 of 1 | 0.50 | 0.80 to 0.80; 2.00 to 2.00 | 1M: all |", text)
        self.assertNotIn("insert", text)  # 1.5 and 1.1 are no losses
        self.assertNotIn("uthash", text)  # 0.96 is equal

    def test_losses_of_some_values_name_them_and_a_reason_stands_once(self):
        won = copy.deepcopy(SAMPLE)
        won.update(value=16)
        won["samples"]["modify_zipf"]["nanoseconds"]["plain"] = [1e6] * 3
        self.assertIn("| 1 of 2 | 0.50 | 0.80 to 0.80; 2.00 to 2.00 | 1M: 64 bytes |",
                      speed_report.part_losses(report_of(SAMPLE, won)))
        lost = copy.deepcopy(SAMPLE)
        for peer in ("uthash_lru", "glib_fifo"):
            lost["samples"]["modify_zipf"]["nanoseconds"][peer] = [1, 1, 1]
        text = speed_report.part_losses(report_of(lost))
        self.assertIn("| as for read-modify-write, uthash, LRU |", text)

    def test_a_loss_without_a_reason_shows(self):
        lost = copy.deepcopy(SAMPLE)
        lost["samples"]["insert"]["nanoseconds"]["ck"] = [1, 1, 1]
        self.assertIn("no reason is known yet", speed_report.part_losses(report_of(lost)))

    def test_no_loss(self):
        won = copy.deepcopy(SAMPLE)
        del won["samples"]["modify_zipf"]
        self.assertEqual(speed_report.part_losses(report_of(won)), "No peer is faster anywhere.")

    def test_memory_and_hits(self):
        self.assertIn("| uthash, LRU | 152.0 |", speed_report.part_memory(report_of(SAMPLE)))
        self.assertIn("| uthash, LRU | 94.0 % |", speed_report.part_hits(report_of(SAMPLE)))

    def test_variants(self):
        measured = copy.deepcopy(SAMPLE)
        measured["samples"]["insert"]["nanoseconds"]["slow"] = [20, 20, 90]
        report = report_of(SAMPLE)
        self.assertEqual(speed_report.part_variants(report), "Not measured.")
        report["variants"] = {"words": {"slow": "It is slow."}, "result": measured}
        self.assertIn("| It is slow. (`slow`) | 2.00 |  |", speed_report.part_variants(report))

    def test_tables(self):
        text = speed_report.part_tables(report_of(SAMPLE))
        self.assertIn("### 1M entries, values of 64 bytes, huge pages", text)
        self.assertIn("| plain table, FIFO | 1.50 (30.0) | **0.50** (50.0) |", text)

    def test_only_what_is_between_markers_changes(self):
        text = "before\n<!-- measured: memory -->\nold\n\nold\n<!-- end -->\nafter\n"
        made = speed_report.with_parts(text, report_of(SAMPLE))
        self.assertTrue(made.startswith("before\n<!-- measured: memory -->\n| bytes"))
        self.assertTrue(made.endswith("|\n<!-- end -->\nafter\n"))
        self.assertNotIn("old", made)
        self.assertEqual(speed_report.with_parts(made, report_of(SAMPLE)), made)

    def test_an_unknown_part_is_an_error(self):
        with self.assertRaises(ValueError):
            speed_report.with_parts("<!-- measured: weather -->\n<!-- end -->\n", report_of(SAMPLE))


class Plot(unittest.TestCase):
    def test_data_and_picture(self):
        text = speed_report.plot_data(report_of(SAMPLE))
        self.assertIn('4 "plain table, FIFO" 1.5', text.split("\n\n\n")[5])
        with tempfile.TemporaryDirectory() as folder:
            data, picture = Path(folder) / "data", Path(folder) / "picture.svg"
            speed_report.draw(ROOT, report_of(SAMPLE), data, picture)
            self.assertIn("insert, evicting", picture.read_text())
            data.unlink()
            with self.assertRaises(subprocess.CalledProcessError):
                subprocess.run(["gnuplot", "-e", "data='%s'; output_path='%s'; about=''; sizes='1'" % (data, picture),
                                str(ROOT / "studies/speed/speed.gnuplot")], check=True, stderr=subprocess.DEVNULL)


def compare_documents(paths):
    report = json.loads((ROOT / "studies/speed/speed.json").read_text())
    differing = 0
    for path in paths:
        text = path.read_text()
        if "<!-- measured: " not in text:
            print("%s: there is no measured part" % path)
            differing += 1
        elif speed_report.with_parts(text, report) != text:
            print("%s: its measured parts are not what studies/speed/speed.json says: studies/speed/bench.py --redraw" % path)
            differing += 1
    if "no reason is known yet" in speed_report.part_losses(report):
        print("studies/speed/speed.json: a peer is faster without a reason: studies/speed/speed_reasons.py")
        differing += 1
    return 1 if differing else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--documents"]:
        given = [Path(name) for name in sys.argv[2:]]
        sys.exit(compare_documents(given or [ROOT / "docs/speed.md"]))
    unittest.main()
