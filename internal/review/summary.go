package review

import (
	"fmt"
	"strings"
)

const reviewPrefix = "review: "

// reviewLine is what the head of a reviewed table says of the review.
func reviewLine(c Counts) string {
	return fmt.Sprintf("%s%d accepted, %d of them drawn by a person; %d rejected and left out; %d not looked at", reviewPrefix, c.Accepted, c.Added, c.Rejected, c.Open)
}

// isReviewLine tells the line of an earlier review, which another one replaces.
func isReviewLine(line string) bool { return strings.HasPrefix(line, reviewPrefix) }
