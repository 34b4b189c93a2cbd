/** Refusals of the SAM transform: collected per resource, reported together in the specification's words. */
export class InvalidResource extends Error {
  readonly logicalId: string;

  constructor(logicalId: string, message: string) {
    super(message);
    this.logicalId = logicalId;
  }

  get report(): string {
    return `Resource with id [${this.logicalId}] is invalid. ${this.message}`;
  }
}

/** An event of a function or state machine that cannot be; becomes an invalid resource of its owner. */
export class InvalidEvent extends Error {
  constructor(eventId: string, message: string) {
    super(`Event with id [${eventId}] is invalid. ${message}`);
  }
}

/** Something wrong with the document as a whole. */
export class InvalidDocument extends Error {}
