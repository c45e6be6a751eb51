# SPDX-License-Identifier: Apache-2.0
"""What gdb needs to show a cache map: pretty-printers for a map and its parts, of any program that uses
src/cache_map.h, and commands for the harness, which `./trace gdb` stops before the failing op.

    (gdb) source tools/gdb/cachemap.py
    (gdb) help cachemap

The printers read memory and call nothing of the program; they know the fields of the library's structs and
how counts and tags are packed (src/cache_map_counters.h, src/cache_map_cache.h). The commands know the
harness's environment, and ask its model by calling it.
"""

import re

import gdb

SLOT_COUNT_SHOWN_MAX = 64  # of the slots in use, the entries and the records, each
PLACES = ("absent", "in the cache", "a value in the stash", "a tombstone")
NONE_32, NONE_64 = 2**32 - 1, 2**64 - 1


def number(memory, index, size):
    """The index-th unsigned number of `size` bytes at a pointer of the program's."""
    data = gdb.selected_inferior().read_memory(int(memory) + index * size, size)
    return int.from_bytes(bytes(data), "little")


class Layout:
    """A cache_map_layout, and the type of the values where it is known."""

    def __init__(self, value, value_type=None):
        self.ways, self.tag_bits = int(value["ways"]), int(value["tag_bits"])
        self.clock_bits, self.value_size = int(value["clock_bits"]), int(value["value_size"])
        self.value_type = value_type

    def value_at(self, values, index):
        address = int(values) + index * self.value_size
        if self.value_type is None:
            return f"value at 0x{address:x}"
        value = gdb.Value(address).cast(self.value_type.pointer()).dereference()
        if re.match(r"value_\d+$", self.value_type.strip_typedefs().tag or ""):
            return harness_value_words(value)
        return value.format_string(max_elements=8, repeat_threshold=4)


def harness_value_words(value):
    """A value of the harness: ids of keys are subjects/cachemap/key.h's, the content repeats the value's number."""
    key = value["key"]
    low = int(key["low"] if key.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT else key) & 0xff
    key_id = low * 2 if low < 128 else (255 - low) * 2 + 1
    size = min(4, value["content"].type.sizeof)
    return f"key {key_id} = value {number(value['content'].address, 0, size)}"


def layout_of_name(name):
    """Of the instantiation with this CACHE_MAP_NAME: its constant, and the type that its `get` returns."""
    get = gdb.lookup_global_symbol(f"{name}_get") or gdb.lookup_static_symbol(f"{name}_get")
    value_type = get.type.target().target().unqualified() if get is not None else None
    return Layout(gdb.parse_and_eval(f"{name}_cache_map_layout"), value_type)


def layout_of_frames():
    """In the library every function has `layout`; a typed caller further up knows the type of the values."""
    found, frame = None, gdb.selected_frame()
    for _ in range(16):
        if frame is None:
            break
        match = re.match(r"(\w+)_(init|init_in_memory|reset|lookup|get|has|demote|upsert|remove|scope_close|compact"
                         r"|check|inspect_\w+)$", frame.name() or "")
        if match and not match[1].startswith("cache_map"):
            try:
                return layout_of_name(match[1])
            except (gdb.error, AttributeError):
                pass
        try:
            found = found or Layout(frame.read_var("layout").dereference())
        except (ValueError, gdb.error):
            pass
        frame = frame.older()
    return found


# ---- The parts as lines. ---------------------------------------------------------------------------


def cut(lines, words):
    if len(lines) > SLOT_COUNT_SHOWN_MAX:
        return lines[:SLOT_COUNT_SHOWN_MAX] + [f"  ... {len(lines) - SLOT_COUNT_SHOWN_MAX} more {words}"]
    return lines


def set_lines(cache, layout, index):
    """A set with its hand and the slots in use; nothing of a set without any."""
    bits = layout.ways * layout.clock_bits
    word = number(cache["counts"], index, 1 if bits <= 8 else bits // 8)
    counts = [word >> way * layout.clock_bits & (1 << layout.clock_bits) - 1 for way in range(layout.ways)]
    hand = number(cache["hands"], index, 1)
    if not any(counts) and hand == 0:
        return []
    lines = [f"  set {index}, hand at way {hand}"]
    for way, count in enumerate(counts):
        if count:
            slot = index * layout.ways + way
            tag = number(cache["tags"], slot, layout.tag_bits // 8)
            lines.append(f"    way {way}  count {count}  tag 0x{tag:0{layout.tag_bits // 4}x}  "
                         f"{layout.value_at(cache['values'], slot)}")
    return lines


def cache_lines(cache, layout):
    sets = int(cache["set_count"])
    lines = [line for index in range(sets) for line in set_lines(cache, layout, index)]
    return [f"cache: {int(cache['value_count'])} of {sets * layout.ways} values in {sets} sets "
            f"of {layout.ways} ways"] + cut(lines, "lines")


def odd_bucket_words(stash, index):
    """What the bucket of an entry names, where it is not that entry; else nothing."""
    bucket = int((stash["entries"] + index).dereference()["bucket"])
    if bucket >= 1 << int(stash["bucket_bits"]):
        return f"  <- the last bucket is {(1 << int(stash['bucket_bits'])) - 1}"
    is_free = int((stash["marks"] + bucket).dereference()) == 0
    named = NONE_32 if is_free else int((stash["buckets"] + bucket).dereference())
    if named == index:
        return ""
    return f"  <- bucket {bucket} is free" if named == NONE_32 else f"  <- bucket {bucket} names entry {named}"


def stash_lines(stash, layout):
    lines = [f"stash: {int(stash['count'])} of {int(stash['count_max'])} entries"]
    entries = []
    for index in range(int(stash["count"])):
        entry = (stash["entries"] + index).dereference()
        words = "tombstone " if int(entry["tombstone"]) else ""
        entries.append(f"  entry {index}  bucket {int(entry['bucket'])}  {words}"
                       f"{layout.value_at(stash['values'], index)}{odd_bucket_words(stash, index)}")
    return lines + cut(entries, "entries")


def record_words(record):
    slot, entry = int(record["slot"]), int(record["entry"])
    words = ["remove" if int(record["is_remove"]) else "upsert",
             f"of a key that was {PLACES[int(record['before'])] if int(record['before']) < 4 else 'nowhere'}"]
    if slot != NONE_64:
        words.append(f"slot {slot}")
    if entry != NONE_32:
        words.append(f"entry {entry}")
    if int(record["evicts"]):
        words.append("evicts")
    return ", ".join(words)


def log_lines(log, layout):
    lines = [f"scope: {'open' if log['open'] else 'closed'}, {int(log['count'])} of {int(log['count_max'])} records"]
    records = []
    for index in range(int(log["count"])):
        record = (log["records"] + index).dereference()
        keeps = not int(record["is_remove"]) and int(record["before"]) != 0
        kept = f", to put back: {layout.value_at(log['values'], index)}" if keeps else ""
        records.append(f"  record {index}  {record_words(record)}{kept}")
    return lines + cut(records, "records")


def map_lines(base, layout):
    metrics = base["metrics"]
    return (cache_lines(base["cache"], layout) + stash_lines(base["stash"], layout) +
            log_lines(base["log"], layout) + [f"hits {int(metrics['hits'])}, misses {int(metrics['misses'])}"])


# ---- Printers. -------------------------------------------------------------------------------------


class Printer:
    """Prints a struct by `lines_of(value, layout)`; where no layout can be had, as gdb does."""

    def __init__(self, value, lines_of, layout):
        self.value, self.lines_of, self.layout = value, lines_of, layout

    def to_string(self):
        try:
            return "\n".join(self.lines_of(self.value, self.layout))
        except gdb.error as error:  # memory that is not there: the struct itself is damaged
            return f"unreadable: {error}"


def is_typed_map(value_type):
    fields = value_type.fields() if value_type.code == gdb.TYPE_CODE_STRUCT else []
    return len(fields) == 1 and fields[0].name == "base" and str(fields[0].type) == "struct cache_map"


BY_TAG = {"cache_map": map_lines, "cache_map_cache": cache_lines, "cache_map_stash": stash_lines,
          "cache_map_scope_log": log_lines}


def find_printer(value):
    value_type = value.type.strip_typedefs().unqualified()
    if is_typed_map(value_type):
        return Printer(value["base"], map_lines, layout_of_name(value_type.tag))
    if value_type.tag == "cache_map_record":
        return Printer(value, lambda record, layout: [record_words(record)], None)
    if value_type.tag in BY_TAG:
        layout = layout_of_frames()
        return Printer(value, BY_TAG[value_type.tag], layout) if layout is not None else None
    if value_type.tag == "model":
        return Printer(value, lambda model, layout: model_lines(model), None)
    return None


# ---- The harness. ----------------------------------------------------------------------------------


def environment():
    """The environment of the frame, or of one that called it."""
    frame = gdb.selected_frame()
    while frame is not None:
        try:
            return frame.read_var("environment")
        except ValueError:
            frame = frame.older()
    raise gdb.GdbError("no frame here has an environment: stop in a run of ./trace")


def harness_map():
    """The typed map of the environment that runs."""
    running = environment()
    name = f"map_{int(running['geometry']['layout'])}"
    pointer = running["subject"]["map"].address.cast(gdb.lookup_type(f"struct {name}").pointer())
    return pointer.dereference()


def op_words(op):
    describe = gdb.parse_and_eval("op_descriptions")[int(op["kind"])]
    words, operand = describe["words"].string(), int(op["operand"])
    if str(describe["operand"]) == "OPERAND_RANGE":
        bits = int(gdb.parse_and_eval("OP_KEY_BITS"))
        first, count, stride = operand % 2**bits, (operand >> bits) % 2**bits, operand >> 2 * bits
        return f"{words} {first} count={count} stride={stride}"
    return f"{words} {operand}" if int(describe["operand"]) != 0 else words


def model_lines(model):
    lines = [f"model: scope {'open' if model['scope_open'] else 'closed'}, {int(model['undo_count'])} to undo, "
             f"{int(model['mutation_count'])} mutations since compact"]
    for key_id in range(int(model["key_count"])):
        key = model["keys"][key_id]
        if int(key["state"]) == 1:
            lines.append(f"  key {key_id} = value {int(key['value'])}")
        elif int(key["state"]) == 2:
            lines.append(f"  key {key_id} tombstone")
    return lines


class CachemapPrefix(gdb.Command):
    """The cache map under test, its models and the ops.

cachemap-op      the op that runs, the ops before it, and what the model expects
cachemap-map     the map: sets, stash, scope log, metrics
cachemap-model   what the model has for each key
cachemap-enter   goes on to the library's function that the op calls
cachemap-stop    PASS OP: runs to just before that op of that pass (./trace gdb does so)"""

    def __init__(self):
        super().__init__("cachemap", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        print(self.__doc__)


class CachemapOp(gdb.Command):
    """The op that runs, the eight before it with their answers, and what the model expects of it."""

    def __init__(self):
        super().__init__("cachemap-op", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        running = environment()
        index, stream = int(running["view"]["op_index"]), running["view"]["stream"]
        count = int(stream["op_count"])
        for i in range(max(0, index - 8), min(index, count)):
            result = running["steps"][i]["actual"]
            print(f"  {i + 1:5}  {op_words(stream['ops'][i])} = {self.result_words(result)}")
        if index >= count:
            print(">   end  the final verification")
            return
        print(f"> {index + 1:5}  {op_words(stream['ops'][index])}")
        print(f"         the model expects: {self.expected_words(index)}")

    @staticmethod
    def expected_words(index):
        address = int(environment())
        text = f"((struct environment *) {address})"
        return CachemapOp.result_words(gdb.parse_and_eval(
            f"model_expect(&{text}->model, {text}->view.stream->ops[{index}])"))

    @staticmethod
    def result_words(result):
        words = str(result["outcome"]).replace("OUTCOME_", "").lower()
        return f"value {int(result['value'])}" if words == "found" else words


class CachemapMap(gdb.Command):
    """The map under test: sets in use with their hand, stash, scope log and metrics. It is $map, too."""

    def __init__(self):
        super().__init__("cachemap-map", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        typed = harness_map()
        gdb.set_convenience_variable("map", typed)
        print("\n".join(map_lines(typed["base"], layout_of_name(typed.type.strip_typedefs().tag))))


class CachemapModel(gdb.Command):
    """What the model has: the keys with a value or a tombstone. The others are absent."""

    def __init__(self):
        super().__init__("cachemap-model", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        print("\n".join(model_lines(environment()["model"])))


class CachemapEnter(gdb.Command):
    """Goes on to the library's function that the op calls; there `print *map` shows the map."""

    def __init__(self):
        super().__init__("cachemap-enter", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        running = environment()
        index, stream = int(running["view"]["op_index"]), running["view"]["stream"]
        if index >= int(stream["op_count"]):
            raise gdb.GdbError("the final verification calls no op of the library: step through it")
        words = op_words(stream["ops"][index]).split()
        name = {"scope": "scope_open" if words[-1] == "open" else "scope_close", "rewrite": "upsert",
                "reinit": "deinit", "init_refused": "init", "inspect": "check"}.get(words[0], words[0])
        gdb.execute(f"tbreak map_{int(running['geometry']['layout'])}_{name}", to_string=True)
        gdb.execute("continue")


class CachemapStop(gdb.Command):
    """cachemap-stop PASS OP: runs to just before that op of that pass (a number: 0 with the cache, 1 without,
2 again, 3 with another layout). Ops are numbered from 1, as in a report; the number after the last means the
final verification. Going on from there stops where the harness finds the failure."""

    def __init__(self):
        super().__init__("cachemap-stop", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        numbers = argument.split()
        if len(numbers) != 2 or not all(text.isdigit() for text in numbers) or int(numbers[1]) == 0:
            raise gdb.GdbError("cachemap-stop takes the numbers of a pass, from 0, and of an op, from 1")
        index = int(numbers[1]) - 1
        condition = f"environment->view.pass == {numbers[0]}"
        quiet = {"to_string": True}
        gdb.execute(f"break environment_step if {condition} && environment->view.op_index == {index}", **quiet)
        gdb.execute(f"break environment_verify if {condition} && environment->view.op_index == {index}", **quiet)
        for function in ("environment_fail_at", "pass_fail"):
            gdb.execute(f"break {function}", **quiet)
        gdb.execute("run", **quiet)
        CachemapStop.show()

    @staticmethod
    def show():
        try:
            function = gdb.selected_frame().name()
        except gdb.error:
            print("The run ended and did not come to that op: does this build have the bug?")
            return
        typed = harness_map()
        gdb.set_convenience_variable("map", typed)
        gdb.set_convenience_variable("model", environment()["model"])
        print("Stopped where the failure is found." if function in ("environment_fail_at", "pass_fail")
              else "Stopped before the op that fails. `help cachemap` lists the commands; $map, $model.")
        gdb.execute("cachemap-op")


gdb.execute("set max-value-size unlimited")  # $model has room for the keys of the largest world
for command in (CachemapPrefix, CachemapOp, CachemapMap, CachemapModel, CachemapEnter, CachemapStop):
    command()
gdb.pretty_printers.append(find_printer)
