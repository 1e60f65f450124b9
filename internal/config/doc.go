// Package config is the typed configuration of geobfdt: defaults, file, environment and flags merged into one struct of the
// options of every package, with the origin of every value.
//
// Terms. A key is the dotted path of a value, such as train.lr. A source says where the value came from; later sources win:
//
//	default < file (--config) < environment (GEOBFDT_TRAIN_LR) < flag (--lr, --set train.lr=...)
//
// Nothing that was given is ignored: a key that does not exist, a value of the wrong type and a value out of range are all
// refused, in one error that names key, source, value given and what is allowed.
//
// This is the only package that knows viper.
package config
