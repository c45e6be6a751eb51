# SPDX-License-Identifier: Apache-2.0
# The plot of docs/hit-ratio.md for studies/hit_ratio/hit_ratio.py, which sets: folder (a file for each workload:
# the size in % of the keys, then a column for each policy), output_path, workloads (words), policies
# (between bars). Points are against LRU, for absolute ratios of all policies lie close together. Curves
# differ in marks and dashes too, for eyes that do not tell their colours.
set terminal svg size 1080,960 font "sans-serif,13" background "white" noenhanced
set output output_path

policy_count = 9
policy(i) = system(sprintf("echo '%s' | cut -d'|' -f%d", policies, i))
# bound, map clock, map classic, CLOCK 2, CLOCK 1, LRU, FIFO, SIEVE, S3-FIFO
colours = "#7F7F7F #000000 #000000 #0072B2 #56B4E9 #999999 #E69F00 #D55E00 #009E73"
marks = "0 7 6 8 10 0 4 5 9"
widths = "1.5 3 1.5 1.5 1.5 1.5 1.5 2 2"
do for [i=1:9] {
    set linetype i linecolor rgb word(colours, i) linewidth real(word(widths, i)) \
        pointtype int(word(marks, i)) pointsize 0.8 dashtype solid
}
set linetype 1 dashtype (8, 5)
set linetype 3 dashtype (3, 3)
set linetype 6 dashtype (2, 4)

set multiplot layout 3,3 title \
    "Hit ratio by cache size: percentage points more (+) or fewer (-) than LRU\n" offset 0,-0.3
set logscale x
set xrange [0.9:28]
set xtics (1, 5, 10, 25)
set xlabel "cache, % of the keys (log scale)" offset 0,0.5
set ylabel "points against LRU" offset 1,0
set grid xtics ytics linecolor rgb "#DDDDDD" linetype 1 linewidth 1 dashtype solid
set border 3
set tics nomirror
set title offset 0,-0.7
unset key

do for [w=1:words(workloads)] {
    workload = word(workloads, w)
    # One scale for all but the loop, where LRU never hits.
    if (workload eq "loop") {
        set yrange [-5:100]
        set title workload."  (another scale: LRU hits nothing)"
    } else {
        set yrange [-9:19]
        set title workload
    }
    plot for [i=1:policy_count] folder.workload using 1:(column(i + 1)) with linespoints linetype i
}

# The key has a panel of its own.
unset title
unset xlabel
unset ylabel
unset border
unset tics
unset grid
unset logscale
set xrange [0:1]
set yrange [0:1]
set key inside center center vertical maxrows 9 samplen 5 spacing 1.5
plot for [i=1:policy_count] NaN with linespoints linetype i title policy(i)
unset multiplot
