// Package arch holds the test that keeps the imports of this module pointing down. It has no code of its own.
package arch
