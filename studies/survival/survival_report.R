#!/usr/bin/env Rscript
# SPDX-License-Identifier: Apache-2.0
# The statistics of `make survival`: reads the results of studies/survival/survival.py, writes the generated
# part of docs/effectiveness.md, the plot docs/effectiveness-survival.svg, and the medians of each bug in
# studies/survival/README.md. The estimates are those of R's `survival`; studies/survival/README.md says what
# each column is.
#
#   studies/survival/survival_report.R [RESULTS [DOCUMENT PLOT CURVES MEDIANS]]
#
# With RESULTS alone the tables are printed and nothing is written. CURVES is the plot's data as JSON, for the
# page of `make report`. MEDIANS is the document with a row for each bug. Exit status: 0, or 2 where there
# is nothing to report or a file cannot be read or written.
suppressPackageStartupMessages({
    library(survival)
    library(jsonlite)
})

BASELINE <- "ours"
CONTROL <- "control"
FUZZERS <- c("ours", "original", "naive", "afl", "afl_mutator")
REPLICATES <- 4000

fail <- function(...) {
    message("survival_report.R: ", ...)
    quit(status = 2)
}

# ---- Reading. ----------------------------------------------------------------------------------------

read_results <- function(path) {
    if (!file.exists(path) || file.size(path) == 0)
        fail("there are no results in ", path, "; run: make survival")
    runs <- stream_in(file(path), verbose = FALSE)
    if (!all(c("config", "bug", "seed", "found", "seconds", "cutoff") %in% names(runs)))
        fail(path, " is not what studies/survival/survival.py writes")
    runs
}

# The configurations in the order of the report.
config_names <- function(runs) {
    names <- unique(runs$config)
    c(intersect(FUZZERS, names), sort(setdiff(names, FUZZERS)))
}

# The bugs that every configuration was run on: others would compare unlike things.
common_bugs <- function(runs, configs) {
    Reduce(intersect, lapply(configs, function(config) unique(runs$bug[runs$config == config])))
}

# ---- Estimates. --------------------------------------------------------------------------------------

# The runs of a configuration as they look at a horizon: later finds count as none. Each bug weighs
# the same, whatever the number of its runs.
at_horizon <- function(runs, config, horizon) {
    runs <- runs[runs$config == config, ]
    runs$event <- runs$found & runs$seconds <= horizon
    runs$time <- ifelse(runs$event, runs$seconds, horizon)
    runs$weight <- 1 / ave(runs$seed, runs$bug, FUN = length)
    runs
}

kaplan_meier <- function(runs) survfit(Surv(time, event) ~ 1, data = runs, weights = weight)

# Of the weighted curve. No run is censored before the horizon, so it must be the mean over the bugs of
# the mean of their times, which the bootstrap uses.
restricted_mean <- function(runs, horizon) {
    estimate <- summary(kaplan_meier(runs), rmean = horizon)$table[["rmean"]]
    stopifnot(isTRUE(all.equal(estimate, mean(bug_means(runs)))))
    estimate
}

bug_means <- function(runs) {
    means <- tapply(runs$time, runs$bug, mean)
    means[order(names(means))]
}

# Vargha and Delaney's A12 for a bug: how likely `ours` is sooner than the other; ties count half, and
# two runs that find nothing are a tie.
sooner <- function(ours, other) {
    a <- ifelse(ours$event, ours$time, Inf)
    b <- ifelse(other$event, other$time, Inf)
    mean(outer(a, b, "<") + 0.5 * outer(a, b, "=="))
}

mean_sooner <- function(ours, other) {
    mean(sapply(unique(ours$bug), function(bug)
        sooner(ours[ours$bug == bug, ], other[other$bug == bug, ])))
}

# Bootstrap over the bugs, the same draws for both configurations.
intervals <- function(means, means_ours) {
    set.seed(1)
    draws <- replicate(REPLICATES, {
        bugs <- sample(length(means), replace = TRUE)
        c(mean(means[bugs]), mean(means[bugs]) / mean(means_ours[bugs]))
    })
    list(mean = quantile(draws[1, ], c(0.025, 0.975)), ratio = quantile(draws[2, ], c(0.025, 0.975)))
}

log_rank <- function(ours, other) {
    both <- rbind(ours, other)
    if (length(unique(both$config)) < 2 || !any(both$event))
        return(NA)
    test <- survdiff(Surv(time, event) ~ config + strata(bug), data = both)
    pchisq(test$chisq, 1, lower.tail = FALSE)
}

never_found <- function(runs) sum(tapply(runs$event, runs$bug, sum) == 0)

# Pairs that HOPELESS stopped: fewer runs than the most that a pair has.
stopped_early <- function(runs, run_count_max) {
    sum(tapply(runs$seed, runs$bug, length) < run_count_max & tapply(runs$found, runs$bug, sum) == 0)
}

# ---- Tables. -----------------------------------------------------------------------------------------

row <- function(...) paste0("| ", paste(..., sep = " | "), " |")
# Two digits: the runs agree in no more.
seconds_text <- function(x) {
    ifelse(is.na(x), "-", sub("\\.$", "", formatC(x, digits = 2, format = "fg", flag = "#")))
}
range_text <- function(x) paste(seconds_text(x[[1]]), "to", seconds_text(x[[2]]))
chance <- function(p) if (is.na(p)) "-" else if (p < 1e-4) "< 0.0001" else sprintf("%.4f", p)

config_row <- function(runs, config, run_count_max) {
    own <- runs[runs$config %in% c(config, BASELINE), ]
    horizon <- min(own$cutoff)
    other <- at_horizon(own, config, horizon)
    ours <- at_horizon(own, BASELINE, horizon)
    interval <- intervals(bug_means(other), bug_means(ours))
    mean_other <- restricted_mean(other, horizon)
    mean_ours <- restricted_mean(ours, horizon)
    median <- summary(kaplan_meier(other))$table[["median"]]
    is_baseline <- config == BASELINE
    row(paste0("`", config, "`"), horizon, nrow(other), never_found(other), seconds_text(median),
        paste0(seconds_text(mean_other), " (", range_text(interval$mean), ")"),
        if (is_baseline) "" else seconds_text(mean_ours),
        if (is_baseline) "" else paste0(seconds_text(mean_other / mean_ours), " (",
                                        range_text(interval$ratio), ")"),
        if (is_baseline) "" else sprintf("%.2f", mean_sooner(ours, other)),
        if (is_baseline) "" else chance(log_rank(ours, other)),
        stopped_early(other, run_count_max))
}

config_table <- function(runs, configs) {
    run_count_max <- max(table(runs$config, runs$bug))
    c(row("configuration", "horizon, s", "runs", "bugs never found", "median, s",
          "RMST, s (95 %)", "RMST of `ours` there, s", "ratio to `ours` (95 %)", "A12", "log-rank p",
          "pairs stopped early"),
      row("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:"),
      sapply(configs, function(config) config_row(runs, config, run_count_max), USE.NAMES = FALSE))
}

# Median over the seeds; how many found it where not all did; `-` where none did.
bug_cell <- function(runs) {
    times <- ifelse(runs$found, runs$seconds, Inf)
    middle <- median(times)
    if (all(is.infinite(times)))
        return("-")
    text <- if (is.infinite(middle)) paste(">", max(runs$cutoff)) else seconds_text(middle)
    if (all(runs$found)) text else sprintf("%s (%d/%d)", text, sum(runs$found), nrow(runs))
}

bug_table <- function(runs, configs) {
    bugs <- unique(runs$bug)
    cells <- sapply(configs, function(config) sapply(bugs, function(bug)
        bug_cell(runs[runs$config == config & runs$bug == bug, ])))
    cells <- matrix(cells, nrow = length(bugs))
    first <- runs[runs$config == configs[[1]], ]
    middle <- sapply(bugs, function(bug) with(first[first$bug == bug, ],
                                              median(ifelse(found, seconds, Inf))))
    order <- order(middle, bugs)
    c(do.call(row, as.list(c("bug", paste0("`", configs, "`")))),
      do.call(row, as.list(c("---", rep("---:", length(configs))))),
      sapply(order, function(i) do.call(row, as.list(c(bugs[[i]], cells[i, ])))))
}

# ---- What was run, and what was not. -------------------------------------------------------------------

control_lines <- function(control, configs) {
    alarms <- control[control$found, ]
    if (nrow(alarms) > 0)
        return(paste0("**False alarm:** ", paste(unique(alarms$config), collapse = ", "),
                      " failed on the library as it is. The figures are worth nothing.", collapse = ""))
    missing <- setdiff(configs, control$config)
    if (length(missing) > 0)
        return(paste0("**No control** of ", paste(missing, collapse = ", "), "."))
    paste0("Control, the library as it is: ", nrow(control), " runs, ",
           format(round(sum(control$seconds))), " CPU seconds, all silent.")
}

scope_lines <- function(runs, configs, bugs) {
    planted <- length(Sys.glob("bugs/*.patch"))
    measured <- length(unique(runs$bug))
    text <- sprintf("%d runs of %d configurations on %d bugs, seeds 1 to %d.",
                    sum(runs$bug %in% bugs), length(configs), length(bugs), max(runs$seed))
    if (length(bugs) < planted || length(bugs) < measured)
        text <- c(text, sprintf(paste("**Partial:** %d bugs are planted, %d were measured, and the figures",
                                      "are of the %d that every configuration was run on."),
                                planted, measured, length(bugs)))
    text
}

report <- function(runs) {
    control <- runs[runs$bug == CONTROL, ]
    runs <- runs[runs$bug != CONTROL, ]
    configs <- config_names(runs)
    if (!(BASELINE %in% configs))
        fail("there are no runs of `", BASELINE, "`, which the others are compared with")
    bugs <- common_bugs(runs, configs)
    if (length(bugs) == 0)
        fail("there is no bug yet that every configuration was run on")
    common <- runs[runs$bug %in% bugs, ]
    fuzzers <- intersect(FUZZERS, configs)
    ablations <- setdiff(configs, FUZZERS)
    lines <- c(scope_lines(runs, configs, bugs), control_lines(control, configs), "",
               config_table(common, configs))
    medians <- bug_table(common, fuzzers)
    if (length(ablations) > 0)
        medians <- c(medians, "", "The same without an ingredient:", "",
                     bug_table(common, c(BASELINE, ablations)))
    list(lines = lines, medians = medians, runs = common, configs = configs)
}

# ---- The curves. ---------------------------------------------------------------------------------------

# Where a curve is looked at: in even steps of log time, so that the file stays small.
GRID <- 10^seq(-3, 3, length.out = 241)

# With a pointwise 95 % band. The runs of a bug are no independent draws, so the variance is that of
# clusters (the robust one of Therneau and Grambsch 2000).
curve <- function(runs, config) {
    horizon <- min(runs$cutoff[runs$config == config])
    own <- at_horizon(runs, config, horizon)
    fit <- survfit(Surv(time, event) ~ 1, data = own, weights = weight, cluster = bug, conf.type = "plain")
    times <- c(GRID[GRID < horizon], horizon)
    at <- summary(fit, times = times, extend = TRUE)
    known <- function(x, otherwise) round(ifelse(is.na(x), otherwise, x), 4)
    list(config = unbox(config), horizon = unbox(horizon), runs = unbox(nrow(own)),
         time = signif(times, 4), survival = round(at$surv, 4),
         lower = known(at$lower, at$surv), upper = known(at$upper, at$surv))
}

curves_json <- function(result) {
    toJSON(list(bugs = unbox(length(unique(result$runs$bug))),
                curves = lapply(result$configs, function(config) curve(result$runs, config))), digits = NA)
}

# ---- Writing. ----------------------------------------------------------------------------------------

insert <- function(document, part, lines) {
    text <- readLines(document)
    mark <- sprintf("<!-- generated: %s -->", part)
    start <- which(text == mark)
    end <- which(text == "<!-- end -->")
    end <- end[end > max(start, 0)]
    if (length(start) != 1 || length(end) == 0)
        fail(document, " has no lines '", mark, "' and '<!-- end -->'")
    writeLines(c(text[seq_len(start)], lines, text[end[[1]]:length(text)]), document)
}

# The curves as gnuplot reads them: from the start of the axis to the horizon, a block for each.
curves <- function(runs, configs, path) {
    blocks <- lapply(configs, function(config) {
        horizon <- min(runs$cutoff[runs$config == config])
        fit <- kaplan_meier(at_horizon(runs, config, horizon))
        c(paste0('"', config, '"'), paste(c(0.001, fit$time, horizon), c(1, fit$surv, tail(fit$surv, 1))),
          "", "")
    })
    writeLines(unlist(blocks), path)
}

plot_curves <- function(result, path) {
    data <- tempfile(fileext = ".curves")
    curves(result$runs, result$configs, data)
    fuzzers <- intersect(FUZZERS, result$configs)
    settings <- sprintf('data="%s"; output_path="%s"; horizon=%g; fuzzer_count=%d; config_count=%d; bug_count=%d',
                        data, path, max(result$runs$cutoff), length(fuzzers), length(result$configs),
                        length(unique(result$runs$bug)))
    status <- system2("gnuplot", c("-e", shQuote(settings), "studies/survival/survival.gnuplot"))
    if (status != 0)
        fail("gnuplot ended with ", status)
}

main <- function(arguments) {
    own <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
    setwd(file.path(dirname(own), "..", ".."))
    if (!(length(arguments) %in% c(0, 1, 5)))
        fail("usage: studies/survival/survival_report.R [RESULTS [DOCUMENT PLOT CURVES MEDIANS]]")
    if (length(arguments) == 1) {
        result <- report(read_results(arguments[[1]]))
        writeLines(c(result$lines, "", result$medians))
        return(invisible())
    }
    if (length(arguments) == 0)
        arguments <- c("build/survival/results.jsonl", "docs/effectiveness.md",
                       "docs/effectiveness-survival.svg", "studies/survival/curves.json",
                       "studies/survival/README.md")
    result <- report(read_results(arguments[[1]]))
    plot_curves(result, arguments[[3]])
    insert(arguments[[2]], "survival", result$lines)
    insert(arguments[[5]], "survival-medians", result$medians)
    writeLines(curves_json(result), arguments[[4]])
    writeLines(paste("written:", paste(arguments[-1], collapse = " ")))
}

main(commandArgs(trailingOnly = TRUE))
