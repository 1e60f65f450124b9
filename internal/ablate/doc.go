// Package ablate trains many variants of the network on the same wells and puts their scores into one table.
//
// # Terms
//
// An ablation file names wells, arms and seeds. An arm is a set of configuration keys that differ from the base; a cell is an arm
// with one seed, which decides its weights, the order of its tiles and their augmentation. Arms share wells, and tiles wherever
// their tile options agree, so that what differs between two cells is what their arms say.
//
// Wells are split as a whole: training wells are cut into tiles, test wells are picked from top to base with the trained model and
// scored against their truth. Validation wells, if there are any, choose the best of the models of a run; without them the last
// state is taken. Nothing is ever chosen on the test wells but the "best F1", which says so.
//
// # Folder
//
//	tiles/<split>-<hash>/         tile stores, shared between cells
//	truth/<well>.csv              truth of the test wells
//	cells/<arm>-s<seed>/          a run folder (package train), and
//	  config.yaml                 the effective configuration
//	  picks/<well>.csv            picks of a test well at the arm's threshold
//	  result.json                 a Result: written last, its presence says that the cell is done
//	table.csv, table.md           the Report
//
// # Identity
//
// A cell is known by hashes: of the configuration behind its training, of the wells trained on, and of all that its result depends
// on. A done cell whose hash still holds is not run again; one whose training still holds is only picked and scored again; the
// folder of another experiment is never overwritten unless asked for. Synthetic wells are known by preset, seed and length, files
// by their content.
package ablate
