package dlis

import "errors"

// Errors that callers branch on.
var (
	// ErrFormat says that a file is not DLIS at all. No policy lets it pass.
	ErrFormat = errors.New("not a DLIS file")
	// ErrDamaged is wrapped by every *damage.Error: the file violates the standard in a way that the policy does not let pass.
	ErrDamaged = errors.New("damaged DLIS file")
	// ErrLayout says that the samples of a frame cannot be told apart: a channel has no usable type or size, or is not described.
	ErrLayout = errors.New("unknown layout of a frame")
	// ErrValue says that an attribute has no value that can be trusted.
	ErrValue = errors.New("unreadable attribute")
)
