/* SPDX-License-Identifier: Apache-2.0 */
/* The public header in C++17: the text of unit_header.c, compiled by a C++ compiler. */
#include "unit_header.c"
