// Package batch is picking many wells by one list: the list (manifest), the key by which a well that is done is known, the status
// line of a well, and the merging of all results into one table.
//
// A batch is run by any number of processes, on any number of machines, that share one folder. They need not know of each other: a
// well's result is one file, NAME.csv, that appears whole or not at all and carries its key in its head. A process that comes to a
// well whose file has the right key passes it by. Two that work on the same well at once do its work twice and put the same file
// there; there is no lock that a killed process could leave behind.
//
//	NAME.csv          picks of a well, with the line "# batch_key: SETTINGS-INPUT" in its head
//	NAME.failed.json  status line of the last attempt, if it failed
//
// Terms: a row is a well of the manifest; its name is that of its result, unique in the manifest; its index counts rows from 0 and is
// the task of a job array.
package batch
