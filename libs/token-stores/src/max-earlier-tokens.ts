/** Earlier tokens kept per credential: a credential renewed every half hour leaves as many in eight hours. */
export const MAX_EARLIER_TOKENS = 16;
