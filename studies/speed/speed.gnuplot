# SPDX-License-Identifier: Apache-2.0
# The picture of studies/speed/speed_report.py, which sets: data, output_path, about, sizes (words). A block of
# data for each workload; in it a line for each peer. A dot right of the line: the cache map is faster.
set terminal svg size 1180,640 font "sans-serif,12" background "white" noenhanced
set output output_path

stats data using 0 nooutput
panels = STATS_blocks
set multiplot layout 2,(panels + 1) / 2 margins 0.14,0.99,0.16,0.87 spacing 0.012,0.13 title \
    sprintf("Time of a peer / time of the cache map (%s); right of 1 the cache map is faster", about)
set logscale x 2
set xrange [0.18:12]
set xtics (".25" 0.25, ".5" 0.5, "1" 1, "2" 2, "4" 4, "8" 8)
set border 1
set tics nomirror scale 0.4
set grid xtics ytics linecolor rgb "#E4E4E4" linetype 1 linewidth 1
set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb "#444444" linewidth 1.6 back
unset key
set linetype 1 linecolor rgb "#0072B2" pointtype 6 pointsize 1.0 linewidth 2
set linetype 2 linecolor rgb "#E69F00" pointtype 4 pointsize 0.8 linewidth 2
set linetype 3 linecolor rgb "#000000" pointtype 7 pointsize 0.7 linewidth 2

stats data index 0 using 1 nooutput
set yrange [-0.6:STATS_max + 0.6]
do for [panel=0:panels - 1] {
    set title system(sprintf("awk -v want=%d 'BEGIN { RS = \"\\n\\n\\n\"; FS = \"\\n\" } NR == want + 1 { gsub(/\"/, \"\", $1); print $1 }' %s", panel, data)) offset 0,-0.6
    # The names stand once, left of each row.
    left = panel % ((panels + 1) / 2) == 0
    if (panel == panels - 1) { set key at screen 0.5,0.05 center horizontal maxrows 1 samplen 1 width 3 }
    if (left) {
        set ytics nomirror scale 0.4 format "%s"
        plot for [i=1:words(sizes)] data index panel using (column(i + 2)):1:ytic(2) with points linetype i
    } else {
        set ytics 0,1 nomirror scale 0.4 format ""
        plot for [i=1:words(sizes)] data index panel using (column(i + 2)):1 with points linetype i \
             title word(sizes, i) . (i == 1 ? " entries" : "")
    }
}
unset multiplot
