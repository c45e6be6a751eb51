# SPDX-License-Identifier: Apache-2.0
# The curves of studies/survival/survival_report.R, which sets: data, output_path, horizon (s), fuzzer_count,
# config_count, bug_count. Blocks of data: the fuzzers first, `ours` the first of them. Curves differ in
# dashes and marks too, for eyes that do not tell their colours.
set terminal svg size 1180,660 font "sans-serif,13" background "white" noenhanced
set output output_path

colour(i) = word("#000000 #D55E00 #0072B2 #009E73 #CC79A7 #E69F00 #56B4E9 #7F7F7F", i % 8 + 1)
do for [i=0:31] {
    if (i % 5 == 0) { set linetype (i + 1) dashtype solid }
    if (i % 5 == 1) { set linetype (i + 1) dashtype (14, 4) }
    if (i % 5 == 2) { set linetype (i + 1) dashtype (6, 4) }
    if (i % 5 == 3) { set linetype (i + 1) dashtype (2, 3) }
    if (i % 5 == 4) { set linetype (i + 1) dashtype (10, 3, 2, 3) }
    set linetype (i + 1) linecolor rgb colour(i) linewidth 2 pointtype (i + 4) pointsize 0.7
}
set linetype 1 linewidth 3.5

# Without ablations in the results there is one picture.
set multiplot layout 1,(config_count > fuzzer_count ? 2 : 1) title \
    sprintf("Time to bug: share of runs in which the planted bug is not found yet (%d bugs, each weighing the same)", bug_count)
set logscale x
set xrange [0.005:horizon]
set yrange [0:1]
set xlabel "CPU time, seconds (log scale)" offset 0,0.4
set ylabel "share of runs without a find (Kaplan-Meier)"
set format x "%g"
set grid xtics ytics linecolor rgb "#DDDDDD" linetype 1 linewidth 1 dashtype solid
set border 3
set tics nomirror
# Room for the longer of the two keys in both, so that the axes have one length.
set bmargin 11
set key outside below center vertical maxrows 6 samplen 6 spacing 1.15

set title "Against other fuzzers"
plot for [i=0:fuzzer_count - 1] data index i using 1:2 with steps linetype (i + 1) title columnheader(1)

if (config_count > fuzzer_count) {
    set title "Without one of our ingredients"
    plot data index 0 using 1:2 with steps linetype 1 title columnheader(1), \
        for [i=fuzzer_count:config_count - 1] data index i using 1:2 with steps \
            linetype (i - fuzzer_count + 2) title columnheader(1)
}
unset multiplot
