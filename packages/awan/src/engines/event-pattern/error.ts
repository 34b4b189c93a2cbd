/** A pattern AWS would refuse. Services wrap `reason` in their own error and words. */
export class EventPatternError extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`);
    this.name = "EventPatternError";
    this.reason = reason;
  }
}
