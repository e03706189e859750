package reports

// howTo says how to read a chart, by its kind.
var howTo = struct {
	fan, histogram, cumulative, exceedance, stack, spread, curves, thresholds, money string
}{
	fan:        "Each vertical cut is the distribution of one year. Half of all futures lie in the darkest band, eight in ten in the middle one, nine in ten in all of it, and one in ten outside, half of these above and half below. The edges are quantiles of the trials, year by year: no single future need follow any of these lines. The thin line is the median, the dotted one the mean, which a few very high futures pull up.",
	histogram:  "Each bar is the share of futures whose value lies between its edges; all bars together are 100\u00a0%, less what lies beyond the edges of the chart.",
	cumulative: "Choose a value below and read the share of futures that stay at or under it. Where the curve crosses 50\u00a0% is the median; the steeper it is, the more futures lie there. Of two curves, the one further right has the larger values.",
	exceedance: "Choose a value below and read the chance of more than that. The scale is logarithmic, so that one in a hundred (1\u00a0%) and one in a thousand (0.1\u00a0%) can be told apart. A curve that falls slowly has a heavy tail.",
	stack:      "The thickness of a layer is its mean over all futures, and the upper edge the mean of the sum. Means add up; quantiles would not, which is why a stack shows no spread.",
	spread:     "Lines are means over all futures; eight futures in ten lie within the band of the same colour. Where bands overlap, either may be the larger: what one gains, another mostly loses.",
	curves:     "Each line is one share of all futures, year by year.",
	thresholds: "Each line is the chance of being above one threshold in that year. That it is above in two years says nothing about whether it is in the same futures.",
	money:      "The width of a ribbon is money over the whole time, averaged over all futures, in dollars of the day, not discounted. Money comes in at the left, goes through the labs to the clouds, and on to who supplies their plant. In the strong colour is money that a cloud's owner put into a lab and may have got back as that lab's bills: the smaller of the two, for each alliance. It is a bound, since no dollar carries its origin.",
}
