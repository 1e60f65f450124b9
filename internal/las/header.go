package las

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	leadingPeriod = regexp.MustCompile(`^\.\s*[\w\[\]]+\s*\.`)
	// A date written straight after its unit, DATE.DD/MM/YYYY21/05/2007.
	datedUnit = regexp.MustCompile(`^([DMYdmy]{1,4}([-/.])[DMYdmy]{1,4}[-/.][DMYdmy]{1,4})(\d.*)$`)
)

// parseItem splits a header line "MNEM.UNIT value : description". ok is false for a line that is neither that nor "name : text".
func parseItem(line string) (item Item, ok bool) {
	head, description, hasColon := splitColon(line)
	item.Description = strings.TrimSpace(description)
	head = strings.TrimSpace(head)
	if leadingPeriod.MatchString(head) {
		head = head[1:]
	}
	dot := delimiter(head)
	if dot < 0 {
		item.Mnemonic = head
		return item, hasColon && head != ""
	}
	item.Mnemonic = strings.TrimSpace(head[:dot])
	rest := head[dot+1:]
	end := strings.IndexFunc(rest, unicode.IsSpace)
	if end < 0 {
		end = len(rest)
	}
	// A bracketed unit may hold blanks.
	if strings.HasPrefix(rest, "[") {
		if i := strings.IndexByte(rest, ']'); i >= 0 {
			end = i + 1
		}
	}
	item.Unit, item.Value = strings.Trim(rest[:end], "[]"), strings.TrimSpace(rest[end:])
	if strings.EqualFold(item.Unit, "0.1") || item.Unit == ".1" || item.Unit == "1000" {
		// Units that start with a number: "0.1 in", "1000 lbf".
		if unit, value, _ := strings.Cut(item.Value, " "); unit != "" && !strings.ContainsAny(unit[:1], "0123456789-+") {
			item.Unit, item.Value = item.Unit+" "+unit, strings.TrimSpace(value)
		}
	}
	if m := datedUnit.FindStringSubmatch(item.Unit); m != nil {
		item.Unit, item.Value = m[1], strings.TrimSpace(m[3]+" "+item.Value)
	}
	if item.Mnemonic == "" {
		item.Mnemonic = "UNKNOWN"
	}
	return item, true
}

// splitColon cuts a header line at the colon before the description: the first that has a blank or the line's end beside it, so
// that times (21:30) and units (hh:mm) stay whole, else the last.
func splitColon(line string) (head, description string, ok bool) {
	last := -1
	for i := range len(line) {
		if line[i] != ':' {
			continue
		}
		last = i
		if i == 0 || i+1 == len(line) || isBlank(line[i-1]) || isBlank(line[i+1]) {
			break
		}
	}
	if last < 0 {
		return line, "", false
	}
	return line[:last], line[last+1:], true
}

// delimiter returns the index of the period between mnemonic and unit, or -1. Of two periods in a row the first belongs to the
// mnemonic ("Cond..MS/M"), but to the unit in ".1IN".
func delimiter(head string) int {
	dot := strings.IndexByte(head, '.')
	double := strings.Index(head, "..")
	if double < 0 || strings.Contains(strings.TrimSpace(head[:double]), "  ") {
		return dot
	}
	if rest := strings.ToUpper(head[double+2:]); strings.HasPrefix(rest, "1IN") || strings.HasPrefix(rest, "1 IN") {
		return double
	}
	return double + 1
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// describesIndex tells the items of the well section that belong to the index from those that describe the well. LAS 1.2
// writes the value of the latter after the colon ("COMP. COMPANY: ANY OIL COMPANY").
func describesIndex(mnemonic string) bool {
	switch strings.ToUpper(mnemonic) {
	case "STRT", "STOP", "STEP", "NULL":
		return true
	}
	return false
}

// formatOf takes what LAS 3.0 writes behind a description: "{F} | RUN[1]".
func (item *Item) formatOf() {
	text := item.Description
	if i := strings.LastIndexByte(text, '|'); i >= 0 {
		item.Association, text = strings.TrimSpace(text[i+1:]), strings.TrimSpace(text[:i])
	}
	if i := strings.LastIndexByte(text, '{'); i >= 0 && strings.HasSuffix(text, "}") {
		item.Format, text = strings.TrimSpace(text[i+1:len(text)-1]), strings.TrimSpace(text[:i])
	}
	item.Description = text
}
