/** `wildcard`: `*` stands for any number of characters, `\*` and `\\` for themselves. Matching is linear in practice. */
import { EventPatternError } from "./error.ts";

const tooComplex =
  "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character";

/** As AWS counts, so many wildcards may be followed by the same character. */
const sameFollowersMax = 3;

export function compileWildcard(pattern: unknown): (value: unknown) => boolean {
  if (typeof pattern !== "string") throw new EventPatternError("wildcard match pattern must be a string");
  const pieces = piecesOf(pattern);
  checkComplexity(pieces);
  const [first = ""] = pieces;
  if (pieces.length === 1) return (value) => value === first;
  const last = pieces.at(-1) as string;
  const middle = pieces.slice(1, -1);
  return (value) => {
    if (typeof value !== "string" || value.length < first.length + last.length) return false;
    if (!value.startsWith(first) || !value.endsWith(last)) return false;
    const end = value.length - last.length;
    let at = first.length;
    for (const piece of middle) {
      const found = value.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}

/** The literal texts between the wildcards. */
function piecesOf(pattern: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === "\\") {
      at += 1;
      const escaped = pattern.charAt(at);
      if (escaped !== "*" && escaped !== "\\")
        throw new EventPatternError(`Invalid escape character at pos ${at - 1}`);
      piece += escaped;
    } else if (character === "*") {
      if (pattern.charAt(at + 1) === "*")
        throw new EventPatternError(`Consecutive wildcard characters at pos ${at + 1}`);
      pieces.push(piece);
      piece = "";
    } else piece += character;
  }
  pieces.push(piece);
  return pieces;
}

function checkComplexity(pieces: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const piece of pieces.slice(1)) {
    const follower = piece.charAt(0);
    const count = (counts.get(follower) ?? 0) + 1;
    counts.set(follower, count);
    if (follower !== "" && count > sameFollowersMax) throw new EventPatternError(tooComplex);
  }
}
