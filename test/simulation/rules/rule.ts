/** What must hold after every step; says so to the schedule where it does not. */
export interface Rule {
  check(): void;
}
