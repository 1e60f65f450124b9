// Package train fits a network to tiles, from a tile store or drawn on the fly from synthetic wells.
//
// A run is a folder: config.yaml (the caller writes it), metrics.jsonl, last.safetensors (everything that a resumed run needs) and
// best.safetensors (the model). Sample number i of a run depends on the seed and i alone, so a resumed run goes on as if it had never
// stopped; with the same number of threads it ends in the same bits.
package train
