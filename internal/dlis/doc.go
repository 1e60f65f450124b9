// Package dlis reads DLIS, the Digital Log Interchange Standard: RP66 version 1 of the American Petroleum Institute (chapter and
// section numbers in this package are those of https://energistics.org/sites/default/files/RP66/V1/Toc/main.html). It knows
// records, objects and frames, and no geology. A small Writer makes files for tests and for synthetic wells.
//
// Terms, from the outside in. A storage unit (file) starts with a label of 80 bytes; visible records follow, which cut the
// bytes of logical record segments into pieces; the segments of a logical record make up its body. On disk images of tapes all
// of it is wrapped in TIF, a header of 12 bytes before each piece, which is taken off first. A logical file starts with a
// FILE-HEADER record. An explicitly formatted record (EFLR) is a set of objects of one type, each with attributes that a template
// declares: CHANNEL, FRAME, ORIGIN, PARAMETER. An implicitly formatted record (IFLR) holds samples of a frame: a row number and
// one value, or array of values, per channel.
//
// Files break the standard in many ways. What is wrong is an Issue with a severity, and Options.Actions decides for each
// severity whether it is ignored, kept as a warning, or an error. Where reading goes on after damage, everything that lies
// before the damage is intact, and what cannot be trusted is left out.
//
// Opening a file reads it once, from end to end, and keeps only its EFLRs; samples are read again when they are asked for, one
// record at a time. Positions are bytes from the start of the file, without the TIF headers.
package dlis
