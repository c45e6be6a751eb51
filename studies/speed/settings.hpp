/* SPDX-License-Identifier: Apache-2.0 */
/* What one run of studies/speed/speed.cpp measures: the table of workloads, and the command line. */
#ifndef BENCH_SETTINGS_HPP
#define BENCH_SETTINGS_HPP

#include "peer.h"

#include <getopt.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace bench {

enum class KeyKind { hits_uniform, hits_zipf, all_zipf, missing, fresh, none };
enum class Expects { all_found, none_found, anything };

struct Workload {
    const char *name;
    peer_run_kind run; /* PEER_RUN_KIND_COUNT: compact, which is timed in another way */
    KeyKind keys;
    Expects expects;
    bool has_floor; /* the floor has a row in it */
    bool inserts;   /* takes the whole of the ops, so that what happens every quarter of a turnover
                       happens as often in each round */
};

/* In this order: those that change no contents first. */
inline const std::vector<Workload> &workloads() {
    static const std::vector<Workload> table = {
        {"get_uniform", PEER_RUN_GET, KeyKind::hits_uniform, Expects::all_found, true, false},
        {"get_zipf", PEER_RUN_GET, KeyKind::hits_zipf, Expects::all_found, false, false},
        {"get_chain", PEER_RUN_CHAIN, KeyKind::hits_uniform, Expects::all_found, true, false},
        {"update", PEER_RUN_UPSERT, KeyKind::hits_uniform, Expects::anything, false, false},
        {"scope", PEER_RUN_SCOPE, KeyKind::hits_uniform, Expects::all_found, false, false},
        {"modify_zipf", PEER_RUN_MODIFY, KeyKind::all_zipf, Expects::anything, false, true},
        {"get_miss", PEER_RUN_GET, KeyKind::missing, Expects::none_found, false, false},
        {"insert", PEER_RUN_UPSERT, KeyKind::fresh, Expects::anything, false, true},
        {"compact", PEER_RUN_KIND_COUNT, KeyKind::none, Expects::anything, false, false},
    };
    return table;
}

/* Ops of one timed call of a peer's loop: a multiple of the sizes of batches and scopes. */
constexpr size_t piece_size = 4096;
static_assert(piece_size % PEER_SCOPE_SIZE == 0 && piece_size % PEER_BATCH_SIZE == 0,
              "a piece is whole batches and scopes");

struct Settings {
    size_t entry_count = 65536;
    size_t value_size = 16;
    size_t round_count = 5;
    size_t op_count_max = size_t{1} << 20; /* timed, in each round, of the workloads that insert */
    bool huge_pages = false;
    std::set<std::string> workload_names;   /* empty: all */
    std::set<std::string> peer_names;       /* empty: all */
    std::vector<std::string> variant_paths; /* shared objects, measured like peers */
    std::string output_path;

    /* What a storage engine would choose: it compacts after a batch of so many changes. */
    size_t stash_count() const {
        return entry_count / 16 > 64 ? entry_count / 16 : 64;
    }
    /* Of the others half as many in large maps: the whole table is to take minutes. */
    size_t op_count(const Workload &workload) const {
        const bool half = !workload.inserts && entry_count > 65536 && op_count_max > piece_size;
        return half ? op_count_max / 2 / piece_size * piece_size : op_count_max;
    }
    /* A map that fits the caches is in them when the clock starts, whoever was before it. */
    size_t warm_count(const Workload &workload) const {
        const size_t eighth = op_count(workload) / 8;
        const size_t whole = entry_count <= 65536 ? entry_count * 4 : 0;
        const size_t count = whole > eighth ? whole : eighth;
        return count / piece_size * piece_size;
    }
    /* Values in the stash when compact is timed. */
    size_t compact_count() const {
        return stash_count() < 1024 ? stash_count() / 2 : 1024;
    }
    bool wants_workload(const Workload &workload) const {
        return workload_names.empty() || workload_names.count(workload.name) != 0;
    }
    bool wants_peer(const peer &table) const {
        return peer_names.empty() || peer_names.count(table.name) != 0;
    }
};

[[noreturn]] inline void usage(const std::string &complaint) {
    std::fprintf(
        stderr,
        "speed: %s\n"
        "usage: speed --entries N --value 16|64|128 [--huge-pages] [--rounds N] [--ops N]\n"
        "             [--workloads A,B] [--peers A,B] [--output FILE] | --list\n",
        complaint.c_str());
    std::exit(2);
}

inline size_t parse_count(const char *option, const char *text) {
    char *end = nullptr;
    const unsigned long long count = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0' || text[0] == '-' || count == 0 || count > (1ull << 32))
        usage(std::string(option) + ": a number from 1 to 2^32, not \"" + text + "\"");
    return static_cast<size_t>(count);
}

inline std::set<std::string> parse_names(const char *text) {
    std::set<std::string> names;
    std::stringstream stream(text);
    for (std::string name; std::getline(stream, name, ',');)
        names.insert(name);
    return names;
}

/* --list: the names, for scripts. */
[[noreturn]] inline void list_names() {
    size_t peer_count = 0;
    const peer *const *peers = peers_of_value_size(16, &peer_count);
    for (const Workload &workload : workloads())
        std::printf("workload %s\n", workload.name);
    for (size_t i = 0; i < peer_count; i += 1)
        std::printf("peer %s\n", peers[i]->name);
    std::exit(0);
}

inline void check_names(const Settings &settings) {
    size_t peer_count = 0;
    const peer *const *peers = peers_of_value_size(settings.value_size, &peer_count);
    if (peers == nullptr)
        usage("--value: 16, 64 or 128 bytes are built");
    if (settings.entry_count % 16 != 0 || settings.entry_count < 1024)
        usage("--entries: a multiple of 16, 1024 at least");
    if (settings.op_count_max % piece_size != 0)
        usage("--ops: a multiple of " + std::to_string(piece_size));
    for (const std::string &name : settings.workload_names) {
        bool known = false;
        for (const Workload &workload : workloads())
            known = known || name == workload.name;
        if (!known)
            usage("--workloads: there is no \"" + name + "\"; --list names all");
    }
    for (const std::string &name : settings.peer_names) {
        bool known = false;
        for (size_t i = 0; i < peer_count; i += 1)
            known = known || name == peers[i]->name;
        if (!known)
            usage("--peers: there is no \"" + name + "\"; --list names all");
    }
}

inline Settings parse_settings(int argc, char **argv) {
    static const option options[] = {{"entries", required_argument, nullptr, 'e'},
                                     {"value", required_argument, nullptr, 'v'},
                                     {"rounds", required_argument, nullptr, 'r'},
                                     {"ops", required_argument, nullptr, 'n'},
                                     {"huge-pages", no_argument, nullptr, 'h'},
                                     {"workloads", required_argument, nullptr, 'w'},
                                     {"peers", required_argument, nullptr, 'p'},
                                     {"output", required_argument, nullptr, 'o'},
                                     {"variant", required_argument, nullptr, 'x'},
                                     {"list", no_argument, nullptr, 'l'},
                                     {}};
    Settings settings;
    for (int chosen = 0; (chosen = getopt_long(argc, argv, "", options, nullptr)) != -1;)
        switch (chosen) {
        case 'e': settings.entry_count = parse_count("--entries", optarg); break;
        case 'v': settings.value_size = parse_count("--value", optarg); break;
        case 'r': settings.round_count = parse_count("--rounds", optarg); break;
        case 'n': settings.op_count_max = parse_count("--ops", optarg); break;
        case 'h': settings.huge_pages = true; break;
        case 'w': settings.workload_names = parse_names(optarg); break;
        case 'p': settings.peer_names = parse_names(optarg); break;
        case 'x': settings.variant_paths.emplace_back(optarg); break;
        case 'o': settings.output_path = optarg; break;
        case 'l': list_names();
        default: usage("there is no such option");
        }
    if (optind != argc)
        usage(std::string("what is \"") + argv[optind] + "\"?");
    check_names(settings);
    return settings;
}

} // namespace bench

#endif
