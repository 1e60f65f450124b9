// Package card describes a trained model: what it is, what it was trained on and with what, how it scores, and where it must not be
// trusted (a model card, after Mitchell et al. 2019, "Model Cards for Model Reporting", doi 10.1145/3287560.3287596). With the run that
// trained it beside it, the card also says how training went. Everything comes from the model file and the run folder; nothing is
// computed anew, so that a card costs nothing and cannot disagree with the file.
package card
