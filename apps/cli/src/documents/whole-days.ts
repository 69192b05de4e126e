import { between, type Instant } from '#libs/tokens';

const DAY = 86_400_000;

/** How many whole days there are from one instant to another. */
export const wholeDays = (from: Instant, to: Instant): number => Math.floor(between(from, to) / DAY);
