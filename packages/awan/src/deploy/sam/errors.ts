/**
 * What the transform refuses. Problems of one resource are collected and reported together, sorted, in the words of the
 * SAM translator; a problem of the document ends the transform with what it names.
 */

/** Anything a report can list. */
export abstract class Problem extends Error {
  /** Problems are listed in the order of this. */
  abstract readonly sortKey: string;
  abstract readonly report: string;
}

export class InvalidTemplate extends Problem {
  get sortKey(): string {
    return this.report;
  }

  get report(): string {
    return `Structure of the SAM template is invalid. ${this.message}`;
  }
}

export class InvalidResource extends Problem {
  readonly sortKey: string;

  constructor(logicalId: string, message: string) {
    super(message);
    this.sortKey = logicalId;
  }

  get report(): string {
    return `Resource with id [${this.sortKey}] is invalid. ${this.message}`;
  }
}

/** An event of a function or state machine that cannot be; usually becomes an invalid resource of its owner. */
export class InvalidEvent extends Problem {
  readonly sortKey: string;

  constructor(eventId: string, message: string) {
    super(message);
    this.sortKey = eventId;
  }

  get report(): string {
    return `Event with id [${this.sortKey}] is invalid. ${this.message}`;
  }
}

export class DuplicateLogicalId extends Problem {
  readonly sortKey: string;
  readonly report: string;

  constructor({ logicalId, duplicate, type }: { logicalId: string; duplicate: string; type: string }) {
    super();
    this.sortKey = logicalId;
    this.report = `Transforming resource with id [${logicalId}] attempts to create a new resource with id [${duplicate}] and type "${type}". A resource with that id already exists within this template. Please use a different id for that resource.`;
  }
}

export class InvalidGlobals extends Problem {
  readonly sortKey = "Globals";

  get report(): string {
    return `'Globals' section is invalid. ${this.message}`;
  }
}

/** Ends the transform: the whole document is refused for these reasons. */
export class InvalidDocument extends Error {
  readonly causes: readonly Problem[];

  constructor(causes: readonly Problem[]) {
    super();
    this.causes = [...new Map(causes.map((cause) => [cause.report, cause])).values()];
  }

  get report(): string {
    const sorted = this.causes.toSorted((a, b) =>
      a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0,
    );
    const count = this.causes.length;
    return [
      `Invalid Serverless Application Specification document. Number of errors found: ${count}.`,
      ...sorted.map((cause) => cause.report),
    ].join(" ");
  }
}

export const invalidDocument = (message: string): InvalidDocument =>
  new InvalidDocument([new InvalidTemplate(message)]);

/** A missing map inside a document, named by its path. */
export class NotAMap extends Error {
  constructor(path: string) {
    super(path === "" ? "It should be a map" : `The value of '${path}' should be a map`);
  }
}
