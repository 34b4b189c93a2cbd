/** What the commands print: text with colours for people at a terminal, JSON lines for programs. */
import { styleText } from "node:util";

/** What the user can mend: printed as one line without a stack. */
export class UserError extends Error {
  override name = "UserError";
}

export type Colour = "green" | "red" | "yellow" | "cyan" | "gray" | "bold";

export function paint(colour: Colour, text: string): string {
  return process.stdout.isTTY && process.env["NO_COLOR"] === undefined ? styleText(colour, text) : text;
}

export interface Output {
  /** One event: `text` for people, `fields` for programs. */
  event(kind: string, text: string, fields?: Readonly<Record<string, unknown>>): void;
}

export function createOutput(json: boolean): Output {
  return {
    event(kind, text, fields = {}) {
      process.stdout.write(json ? `${JSON.stringify({ kind, ...fields })}\n` : `${text}\n`);
    },
  };
}
