// Package infer picks a well: it cuts the log into tiles, runs the network, removes duplicates, refines every curve on the image,
// and converts curves to apparent and true dip with coverage, quality and flags.
package infer
