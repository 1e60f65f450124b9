// Package ablate trains many variants of the network on the same wells, scores them on the same unseen wells, and says what every choice
// is worth.
//
// # Terms
//
// An ablation file names wells, factors and seeds. A factor is a question, its levels are the answers, the first of them the baseline;
// a level is a set of configuration keys. A variant is a combination of levels. A cell is one training: a variant with one seed, which
// decides its weights, the order of its tiles, their augmentation, and the dealing of a split by patch. Variants of one seed that only
// pick in another way, such as with another threshold, share a cell. Cells share wells, and tiles wherever their tile options agree, so
// that what differs between two cells is what their levels say.
//
// Wells are split as a whole: training wells are cut into tiles, test wells are picked from top to base with the trained model and
// scored against their truth. Validation wells, if there are any, choose the best of the models of a run; without them the last
// state is taken. Nothing is ever chosen on the test wells but the "best F1", which says so. A variant may also deal the tiles of its
// training wells to training and test (tile.split patch), to show what such a split hides: it is scored on both.
//
// An ablation of segmentation (File.Task) trains the network of package segment instead, which marks pixels: wells, cells and scores of picks
// are the same, masks are scored besides, and there is no split by patch.
//
// # Folder
//
//	tiles/<split>-<hash>/         tile stores, shared between cells
//	truth/<well>.csv              truth of the test wells
//	cells/<variant>-s<seed>-<hash>/   a run folder (package train), and
//	  config.yaml                 the effective configuration
//	  log.jsonl                   Events
//	  picks/<variant>/<well>.csv  picks of a test well at the variant's threshold
//	  error.txt                   why the last attempt failed
//	  result.json                 a Result: written last, its presence says that the cell is done
//	report.html, report.md, table.csv, effects.csv   the Report
//
// # Identity
//
// A cell is known by hashes: of the configuration behind its training and the wells trained on, which is part of the folder's name, and
// of all that its result depends on. A done cell whose hash still holds is not run again; one whose training still holds is only picked
// and scored again; anything else has another folder. Synthetic wells are known by preset, seed and length, files by their content.
// The version of the program is no part of the hash: a Report notes where versions are mixed.
package ablate
