// Package report writes a picked well as one web page that needs nothing else: no network, no other file.
//
// The page shows a summary, what quality control said, the log with its picks and tracks, stereonet, rose and histogram by class
// and depth zone, a table of the picks, the model's card and how the page was made. docs/report.md is its manual.
//
// How it stays small and quick. The image is cut into tiles of grey JPEG, which the page decodes and colours only where they come
// into view; a second and a third level, eight times coarser each, serve small scales. What is stored is the dynamic image, its
// window's mean and contrast beside it, so that the page shows the static image from the same pixels. Gaps are one-bit masks. The
// resolution is lowered until the tiles fit Options.ImageBytes.
//
// The page's own files are in page/: a template, a style sheet and scripts. A content security policy in the page forbids it to load
// anything, which a browser enforces.
package report
