// Package matched is the classical picker: matched filters and a Hough transform, no network. It is the floor that a network must
// beat, and a picker for images that no network was trained on.
//
//  1. Proposals: the maxima of the transform (package hough), some 200 to 300 a metre, nearly every sinusoid among them.
//  2. Strongest first, each keeps only the answers of wall that no stronger trace explains (back-mapping); who keeps too little is a ghost.
//  3. The rest is refined on the image as the network's picks are (infer.Refiner), and measured: see Candidate.
//  4. The trend of the bedding nearby is the attitude that most of the strong candidates share.
//  5. A rule of a few weights, fitted on synthetic wells (rule.json, `make matched-filter`), gives the probability that a candidate is
//     a bed, and that it is a fracture: lines that are discordant with the trend are fractures, what is concordant is bedding.
package matched
