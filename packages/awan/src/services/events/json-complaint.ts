/**
 * What Jackson, the JSON parser behind EventBridge, says of a pattern that is no JSON object. The usual slips have its exact
 * words (as recorded from AWS); undefined where the pattern is an object.
 */
const at = (text: string, column: number): string =>
  `\n at [Source: (String)"${text}"; line: 1, column: ${column}]`;

const literals = ["null", "true", "false"];

export function jsonComplaint(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? undefined
      : `Filter is not an object${at(text, 2)}`;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  let expectsName = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === '"') {
      i = endOfString(text, i);
      expectsName = false;
    } else if (character === "{") expectsName = true;
    else if (/[\s[\]{},:\d.+-]/.test(character)) continue;
    else if (expectsName) {
      return `Unexpected character ('${character}' (code ${character.charCodeAt(0)})): was expecting double-quote to start field name${at(text, i + 1)}`;
    } else {
      const word = /^\w+/.exec(text.slice(i))?.[0] ?? character;
      if (!literals.includes(word)) {
        return `Unrecognized token '${word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')${at(text, i + word.length + 1)}`;
      }
      i += word.length - 1;
    }
  }
  return `Unexpected end-of-input${at(text, text.length + 1)}`;
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    if (text.charAt(i) === "\\") i += 1;
    else if (text.charAt(i) === '"') return i;
  }
  return text.length;
}
