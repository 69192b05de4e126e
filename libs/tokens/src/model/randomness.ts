/** Returns a number in [0, 1). Passed in like the clock, so that a run can be repeated. */
export type Randomness = () => number;
