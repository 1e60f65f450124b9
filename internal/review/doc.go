// Package review lets a person go through the picks of a well: it serves a page on this machine only, on which picks are accepted,
// rejected, reclassed, moved, snapped to the image and added, and keeps every change in a journal. docs/review.md is its manual.
//
// Terms. An Item is a pick under review with what was decided of it. A change sets an item anew; undo and redo go through the changes.
// A Session holds the items and writes each change to its Journal before it counts, so that nothing is lost however the program ends.
// A Wall measures a sinusoid that a person has drawn as `geobfdt pick` measures its own: dips, coverage, quality, flags.
//
// The Server answers 127.0.0.1 only, and there only who knows the token of its address and names it by a local name: other users of the
// machine do not know the token, and a page from elsewhere, also one whose name was made to point here (DNS rebinding), names another
// host. The page loads nothing from elsewhere, which a content security policy enforces.
package review
