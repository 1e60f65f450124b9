// Package las reads LAS, the Log ASCII Standard of the Canadian Well Logging Society, versions 1.2, 2.0 and 3.0, and writes 2.0
// (https://www.cwls.org/products/#products-las). It knows curves and header items, and no geology.
//
// Terms: a section starts with a line "~X..." whose first letter says what it is (Version, Well, Curve, Parameter, Other,
// ASCII data); header lines are "MNEM.UNIT value : description"; the first curve is the index, usually depth. In LAS 3.0 a file has
// several sets of data: "~Core_Definition" names the curves of "~Core_Data | Core_Definition"; the set named Log is the log, and
// Inclinometry is a deviation survey.
//
// Real files break the standard in many ways. The reader repairs what has one sensible meaning and says so in File.Warnings;
// it fails on what has none. Each Repair has a name and can be switched off.
package las
