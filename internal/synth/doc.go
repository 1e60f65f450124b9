// Package synth is the forward model of image logs: it imitates what a borehole imager records in a well and knows the exact
// truth, the planes that cut the hole. One generator makes whole wells (Scene.Render) and training tiles on the fly (Patch).
//
// A Scene is a borehole wall and the tool that passed it, drawn from Params, the ranges of every knob (domain randomisation):
//
//   - a stratigraphic column: conductivity steps and thin beds along a coordinate u whose level sets are the sinusoids
//     z = u + a(u) cos(phi) + b(u) sin(phi) + waviness(phi), with laminae and texture parallel to them;
//   - fractures: thin dark or bright sinusoids, whole or partial, rough, in sets;
//   - what is not a pick: drilling-induced fractures, breakouts, vugs, nodules, seams;
//   - the tool: pads and gaps that turn down the hole, gains and offsets of buttons and pads, dead buttons, pads that lost
//     contact, stick-slip, row glitches, noise, blur, and a grey scale of its own in every well;
//   - Trouble, what real logs add to all that: holes that swell, gradual and cross-bedded rock, patches, cracks and splays, tool marks,
//     pictures that were equalised or stored as JPEG. The wells of the evaluation suite are drawn without it, but for two.
//
// docs/synth.md lists every knob with its range in the training world and what it imitates.
//
// # Units and frames
//
// Depths are measured depth in metres, down positive. Angles are degrees in Params and in the truth, radians inside. Azimuth
// runs clockwise looking down the hole. Conductivity contrasts are in units of the latent image, whose standard deviation over
// a well is about 1; low (dark) is conductive.
//
// # What is labelled
//
// A label that cannot be seen in the image is noise in every recall figure, so the scene is built such that what is drawn as
// a sinusoid is visible: contrasts are raised to contrastFloor times the standard deviation of laminae, texture and noise
// together, after the loss by blur. Bed boundaries, thin beds and fractures are labelled where at least minCoverage of
// their trace is seen by the tool (and lies in the fracture's arc); a fracture that is not is drawn afresh or left out. Laminae,
// induced fractures, breakouts, vugs, cracks and splays are never labelled. What missing rows, fading, inverted polarity or a grey
// scale that saturates hides does not count as seen. A label's depth is where its midline stands on the recorded depth
// axis, after stick-slip, which moves single rows by at most Params.SpeedErrorM.
//
// # Reproducibility
//
// The same seed and parameters give the same scene, and noise and texture are functions of the seed and of the absolute row,
// so that rendering a well window by window gives the pixels of rendering it whole as long as the windows' tops are whole
// rows apart; but for pictures that were equalised or stored as JPEG, which look at the whole image. Bits are the same on every
// machine of one architecture; another architecture may fuse multiply and add, which moves the last bits of the floating-point image.
package synth
