/** A number in [0, 1), handed in like the clock so that a run can be repeated. */
export type Randomness = () => number;
