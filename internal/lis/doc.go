// Package lis reads LIS79, the Log Information Standard of 1979, in which most wireline logs until the nineties are archived
// (https://www.energistics.org/sites/default/files/2022-10/lis-79.pdf). It knows records, formats, channels and tables, and no geology.
//
// Terms: a physical record is a piece of tape with a 4-byte header and an optional trailer; one or more of them make a logical
// record, whose first byte says its type. A reel holds tapes, a tape holds logical files, a logical file starts with a file header
// record and ends with a file trailer record. Information records are tables (well name, constants). A data format specification
// record (here Format) lists the channels of the data records behind it; a data record is a run of frames; a frame holds, for each
// channel, one or more samples (more: a fast channel) of one or more entries. The index (depth or time) is either the first channel
// or written once per data record, with a spacing.
//
// Files come bare or with tape marks (TIF, tape image format: 12 bytes between tape records). Damage is reported as Issues, with
// severities; a lenient policy goes on where it can: what stands before a damage is read, and what is behind it where that is safe.
//
// Reading is streaming: Open walks over the record headers and keeps only an index of them; frames and tables are read on demand.
package lis
