/* SPDX-License-Identifier: Apache-2.0 */
/* Times the peers in one configuration: a number of entries, a size of value, huge pages or not.
 * Every map is made and filled once; then, for each workload, rounds of Google Benchmark run all
 * peers in turn, so that noise meets all alike. Writes every sample as JSON; studies/speed/bench.py
 * makes medians and ratios of many runs.
 *
 *   speed --entries N --value 16|64|128 [--huge-pages] [--rounds N] [--ops N]
 *         [--workloads A,B] [--peers A,B] [--variant FILE.so] [--output FILE]
 *
 * A variant is another state of the library, built by studies/speed/bench_variant.sh.
 *
 * Exit codes: 0 measured, 1 a peer answered wrongly, 2 usage, or no memory, or FILE cannot be
 * written. */
#include "keys.hpp"
#include "machine.hpp"
#include "peer.h"
#include "settings.hpp"

#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <string>

namespace bench {
namespace {

[[noreturn]] void fail(int status, const std::string &message) {
    std::fprintf(stderr, "speed: %s\n", message.c_str());
    std::exit(status);
}

/* One peer's map, and what it holds of memory once it is full. */
struct Subject {
    const peer *table = nullptr;
    memory blocks = {false, 0, 0};
    void *map = nullptr;
    size_t bytes = 0;
    uint64_t found = 0; /* of the last measurement */
    uint64_t asked = 0;
};

struct Samples {
    std::map<std::string, std::vector<double>> nanoseconds; /* of one op, by peer */
    std::map<std::string, double> hit_ratio;                /* by peer */
};

class Run {
  public:
    explicit Run(const Settings &chosen) : settings(chosen), random(1) {}
    ~Run() {
        for (auto &subject : subjects)
            subject->table->destroy(subject->map);
    }
    Run(const Run &) = delete;
    Run &operator=(const Run &) = delete;

    void fill();
    void measure(const Workload &workload);
    void write(std::FILE *output) const;

  private:
    std::vector<const peer *> chosen_peers() const;
    void find_hits();
    void half_fill_stashes();
    Keys keys_of(KeyKind kind, size_t count);
    Keys slots_of_floor(size_t count);
    void register_subject(const Workload &workload, Subject &subject, const uint64_t *keys);
    void register_compact(Subject &subject);
    void check(const Workload &workload, const Subject &subject) const;

    const Settings &settings;
    Random random;
    std::vector<std::unique_ptr<Subject>> subjects; /* the cache map first */
    Keys hits;                                      /* keys that every peer holds, shuffled */
    uint64_t next_new_id = UINT64_C(1) << 41;
    uint64_t next_missing_id = UINT64_C(1) << 40;
    std::map<std::string, Samples> samples;
    size_t huge_bytes_full = 0;
};

/* ---- Filling. -------------------------------------------------------------------------------- */

/* The rows of a shared object, null after the last. */
const peer *const *load_variant(const std::string &path, size_t value_size) {
    void *object = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (object == nullptr)
        fail(2, std::string("--variant: ") + dlerror());
    const auto *tables = static_cast<const peer *const *>(dlsym(object, "peer_variants"));
    if (tables == nullptr || tables[0]->value_size != value_size)
        fail(2, "--variant: " + path + ": not a variant for values of " +
                    std::to_string(value_size) + " bytes");
    return tables;
}

/* What is measured, the cache map first. */
std::vector<const peer *> Run::chosen_peers() const {
    std::vector<const peer *> chosen;
    size_t peer_count = 0;
    const peer *const *peers = peers_of_value_size(settings.value_size, &peer_count);
    for (size_t i = 0; i < peer_count; i += 1)
        if (i == 0 || settings.wants_peer(*peers[i]))
            chosen.push_back(peers[i]);
    for (const std::string &path : settings.variant_paths)
        for (const peer *const *table = load_variant(path, settings.value_size); *table != nullptr;
             table += 1)
            chosen.push_back(*table);
    return chosen;
}

void Run::fill() {
    Keys keys;
    for (uint64_t id = settings.entry_count * 2; id-- > 0;)
        keys.push_back(key_of_id(id));
    for (const peer *table : chosen_peers()) {
        auto subject = std::make_unique<Subject>();
        subject->table = table;
        subject->blocks.huge_pages = settings.huge_pages;
        const size_t malloc_before = malloc_bytes();
        const peer_options options = {settings.entry_count, settings.stash_count(),
                                      &subject->blocks};
        subject->map = table->create(&options);
        if (subject->map == nullptr)
            fail(2, std::string("no memory for ") + table->name);
        if (table->upsert != nullptr)
            for (const uint64_t key : keys) {
                uint64_t value[16] = {key};
                table->upsert(subject->map, value);
            }
        subject->bytes = subject->blocks.mapped_size + malloc_bytes() - malloc_before;
        subjects.push_back(std::move(subject));
    }
    Keys().swap(keys); /* not the maps' */
    huge_bytes_full = huge_bytes();
    find_hits();
}

/* Maps that evict in order of insertion or use hold all of the last `entry_count` keys; the
 * cache map evicts within a set, so that some of them are gone. What it holds, everyone holds. */
void Run::find_hits() {
    Subject &ours = *subjects.front();
    for (auto &subject : subjects)
        if (subject->table->compact != nullptr)
            subject->table->compact(subject->map);
    for (uint64_t id = 0; id < settings.entry_count; id += 1)
        if (ours.table->find(ours.map, key_of_id(id)) != nullptr)
            hits.push_back(key_of_id(id));
    shuffle(hits, random);
}

/* What a miss costs must include a stash in use. */
void Run::half_fill_stashes() {
    for (auto &subject : subjects) {
        const peer &table = *subject->table;
        if (table.stash_count == nullptr)
            continue;
        table.compact(subject->map);
        for (uint64_t id = UINT64_C(1) << 42;
             table.stash_count(subject->map) < settings.stash_count() / 2; id += 1) {
            uint64_t value[16] = {key_of_id(id)};
            table.upsert(subject->map, value);
        }
    }
}

/* ---- Keys. ----------------------------------------------------------------------------------- */

/* Each key is drawn anew: over a permutation that repeats, the processor's branch predictor
 * learns the probes of a small table by heart, and a get takes a third of its time. */
Keys Run::keys_of(KeyKind kind, size_t count) {
    Keys keys(count);
    const Zipf zipf_hits(hits.size(), 0.99), zipf_all(settings.entry_count * 2, 0.99);
    for (size_t i = 0; i < count; i += 1)
        switch (kind) {
        case KeyKind::hits_uniform: keys[i] = hits[random.below(hits.size())]; break;
        case KeyKind::hits_zipf: keys[i] = hits[zipf_hits.draw(random)]; break;
        case KeyKind::all_zipf: keys[i] = key_of_id(zipf_all.draw(random)); break;
        case KeyKind::missing: keys[i] = key_of_id(next_missing_id++); break;
        case KeyKind::fresh: keys[i] = key_of_id(next_new_id++); break;
        case KeyKind::none: break;
        }
    return keys;
}

/* Indexes of the floor's array, as uniform as the hits are. */
Keys Run::slots_of_floor(size_t count) {
    Keys slots(count);
    for (uint64_t &slot : slots)
        slot = random.below(settings.entry_count);
    return slots;
}

/* ---- Measuring. ------------------------------------------------------------------------------ */

/* Takes what Google Benchmark has measured, instead of printing it. */
class Collector : public benchmark::BenchmarkReporter {
  public:
    Collector(Samples &results, size_t ops, bool manual_time)
        : samples(results), ops_per_iteration(ops), manual(manual_time) {}
    bool ReportContext(const Context &) override {
        return true;
    }
    void ReportRuns(const std::vector<Run> &runs) override {
        for (const Run &run : runs) {
            const double nanoseconds =
                manual ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime();
            samples.nanoseconds[run.run_name.function_name].push_back(
                nanoseconds / static_cast<double>(ops_per_iteration));
        }
    }

  private:
    Samples &samples;
    size_t ops_per_iteration;
    bool manual;
};

/* Warms up on the first of the keys, and is timed over as many again as there are ops, in
 * pieces. */
void Run::register_subject(const Workload &workload, Subject &subject, const uint64_t *keys) {
    const peer_run run = subject.table->runs[workload.run];
    const size_t warm_count = settings.warm_count(workload);
    benchmark::RegisterBenchmark(subject.table->name,
                                 [&subject, run, keys, warm_count](benchmark::State &state) {
                                     size_t at = warm_count;
                                     (void)run(subject.map, keys, warm_count);
                                     subject.found = 0;
                                     for ([[maybe_unused]] auto _ : state) {
                                         const peer_result result =
                                             run(subject.map, keys + at, piece_size);
                                         benchmark::DoNotOptimize(result.sum);
                                         subject.found += result.found;
                                         at += piece_size;
                                     }
                                     subject.asked = at - warm_count;
                                 })
        ->Iterations(
            static_cast<benchmark::IterationCount>(settings.op_count(workload) / piece_size));
}

void Run::register_compact(Subject &subject) {
    const size_t held = settings.compact_count();
    benchmark::RegisterBenchmark(subject.table->name,
                                 [this, &subject, held](benchmark::State &state) {
                                     const peer &table = *subject.table;
                                     table.compact(subject.map);
                                     for ([[maybe_unused]] auto _ : state) {
                                         while (table.stash_count(subject.map) < held) {
                                             uint64_t value[16] = {key_of_id(next_new_id++)};
                                             table.upsert(subject.map, value);
                                         }
                                         const double start = seconds_now();
                                         table.compact(subject.map);
                                         state.SetIterationTime(seconds_now() - start);
                                     }
                                 })
        ->UseManualTime()
        ->Iterations(64);
}

void Run::check(const Workload &workload, const Subject &subject) const {
    const bool all = workload.expects == Expects::all_found;
    if ((all && subject.found != subject.asked) ||
        (workload.expects == Expects::none_found && subject.found != 0))
        fail(1, std::string(subject.table->name) + ": " + workload.name + ": " +
                    std::to_string(subject.found) + " of " + std::to_string(subject.asked) +
                    " keys were there, instead of " + (all ? "all" : "none"));
}

/* All peers in turn, over the same keys; in the next round over the next keys, and another one is
 * the first: it finds the caches as the work between the rounds leaves them. */
void Run::measure(const Workload &workload) {
    const size_t section = settings.warm_count(workload) + settings.op_count(workload);
    const bool compact = workload.run == PEER_RUN_KIND_COUNT;
    const Keys keys = keys_of(workload.keys, compact ? 0 : section * settings.round_count);
    const Keys slots = slots_of_floor(workload.has_floor ? keys.size() : 0);
    Samples &results = samples[workload.name];
    if (workload.expects == Expects::none_found)
        half_fill_stashes();
    for (size_t round = 0; round < settings.round_count; round += 1) {
        std::vector<Subject *> measured;
        benchmark::ClearRegisteredBenchmarks();
        for (size_t i = 0; i < subjects.size(); i += 1) {
            const auto &subject = subjects[(round + i) % subjects.size()];
            const peer &table = *subject->table;
            const bool floor = table.eviction == PEER_FLOOR;
            if (compact ? !table.compact_is_timed
                        : table.runs[workload.run] == nullptr || (floor && !workload.has_floor))
                continue;
            if (compact)
                register_compact(*subject);
            else
                register_subject(workload, *subject,
                                 (floor ? slots : keys).data() + round * section);
            measured.push_back(subject.get());
        }
        if (measured.empty())
            return;
        Collector collector(results, compact ? settings.compact_count() : piece_size, compact);
        (void)benchmark::RunSpecifiedBenchmarks(&collector, ".");
        for (const Subject *subject : measured) {
            if (compact)
                continue;
            check(workload, *subject);
            if (subject->found != 0)
                results.hit_ratio[subject->table->name] =
                    static_cast<double>(subject->found) / static_cast<double>(subject->asked);
        }
    }
}

/* ---- Writing. -------------------------------------------------------------------------------- */

template <class Map, class Print>
void write_object(std::FILE *output, const Map &map, Print print) {
    const char *separator = "{";
    for (const auto &[name, item] : map) {
        std::fprintf(output, "%s\"%s\": ", separator, name.c_str());
        print(item);
        separator = ", ";
    }
    std::fprintf(output, map.empty() ? "{}" : "}");
}

void Run::write(std::FILE *output) const {
    std::map<std::string, double> bytes;
    size_t bytes_all = 0;
    for (const auto &subject : subjects) {
        bytes_all += subject->bytes;
        bytes[subject->table->name] =
            static_cast<double>(subject->bytes) / static_cast<double>(settings.entry_count);
    }
    const auto print_number = [output](double number) { std::fprintf(output, "%.4g", number); };
    std::fprintf(output,
                 "{\"entries\": %zu, \"value\": %zu, \"huge_pages\": %s, \"rounds\": %zu, "
                 "\"ops\": %zu,\n \"stash\": %zu, \"hits\": %zu, \"bytes\": %zu, \"huge_bytes\": "
                 "%zu,\n \"bytes_per_entry\": ",
                 settings.entry_count, settings.value_size, settings.huge_pages ? "true" : "false",
                 settings.round_count, settings.op_count_max, settings.stash_count(), hits.size(),
                 bytes_all, huge_bytes_full);
    write_object(output, bytes, print_number);
    std::fprintf(output, ",\n \"samples\": ");
    write_object(output, samples, [&](const Samples &item) {
        std::fprintf(output, "\n  {\"nanoseconds\": ");
        write_object(output, item.nanoseconds, [&](const std::vector<double> &list) {
            const char *separator = "[";
            for (const double number : list) {
                std::fprintf(output, "%s%.4g", separator, number);
                separator = ", ";
            }
            std::fprintf(output, "]");
        });
        std::fprintf(output, ",\n   \"hit_ratio\": ");
        write_object(output, item.hit_ratio, print_number);
        std::fprintf(output, "}");
    });
    std::fprintf(output, "}\n");
}

int main_of(int argc, char **argv) {
    const Settings settings = parse_settings(argc, argv);
    char name[] = "speed";
    char *arguments[] = {name, nullptr};
    int argument_count = 1;
    benchmark::Initialize(&argument_count, arguments);
    Run run(settings);
    run.fill();
    for (const Workload &workload : workloads())
        if (settings.wants_workload(workload))
            run.measure(workload);
    std::FILE *output = stdout;
    if (!settings.output_path.empty() &&
        (output = std::fopen(settings.output_path.c_str(), "w")) == nullptr)
        fail(2, settings.output_path + ": cannot be written");
    run.write(output);
    if (std::fclose(output) != 0)
        fail(2, settings.output_path + ": cannot be written");
    return 0;
}

} // namespace
} // namespace bench

int main(int argc, char **argv) {
    try {
        return bench::main_of(argc, argv);
    } catch (const std::bad_alloc &) {
        std::fprintf(stderr, "speed: no memory for the keys of so many entries, ops and rounds\n");
        return 2;
    }
}
