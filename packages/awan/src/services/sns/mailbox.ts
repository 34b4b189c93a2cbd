/** Mails, text messages and push notifications end here, where tests and the console can read them. */
import type { Call } from "../../host/call.ts";
import { letterNumbers, letters, type LetterRow } from "./keys.ts";

/** Old letters make room. */
const lettersMax = 10_000;

export function post(call: Call, letter: LetterRow): void {
  const number = (letterNumbers.get(call.tx, []) ?? 0) + 1;
  letterNumbers.set(call.tx, [], number);
  letters.set(call.tx, [number], letter);
  letters.delete(call.tx, [number - lettersMax]);
}

/** Letters newest last; of one address if `to` is given. */
export function lettersOf(call: Call, to?: string): readonly LetterRow[] {
  const found: LetterRow[] = [];
  for (const { value } of letters.scan(call.tx, []))
    if (to === undefined || value.to === to) found.push(value);
  return found;
}
