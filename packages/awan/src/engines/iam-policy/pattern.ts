/** Wildcards of policies: `*` for any text, `?` for one character; in linear time but for the last star. */
export function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const character = pattern[inPattern];
    if (character === "*") {
      starAt = inPattern;
      resumeAt = at;
      inPattern += 1;
    } else if (character === text[at] || (character === "?" && inPattern < pattern.length)) {
      inPattern += 1;
      at += 1;
    } else if (starAt !== -1) {
      resumeAt += 1;
      at = resumeAt;
      inPattern = starAt + 1;
    } else return false;
  }
  while (pattern[inPattern] === "*") inPattern += 1;
  return inPattern === pattern.length;
}

/** ARNs match part by part: no wildcard before the sixth part reaches over a colon. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const wanted = pattern.split(":");
  const given = arn.split(":");
  if (wanted.length < 6 || given.length < 6) return matchesPattern(pattern, arn);
  for (let part = 0; part < 5; part += 1) {
    if (!matchesPattern(wanted[part] as string, given[part] as string)) return false;
  }
  return matchesPattern(wanted.slice(5).join(":"), given.slice(5).join(":"));
}

export type Context = Readonly<Record<string, string | readonly string[]>>;

/** Stands for a character that a variable put into a pattern: never a wildcard. */
const literalStar = "\u{F0000}";
const literalQuestion = "\u{F0001}";

/** Marks wildcards in a value of the request, so that it can be compared with a pattern that had such a value put in. */
export const protect = (text: string): string =>
  text.replaceAll("*", literalStar).replaceAll("?", literalQuestion);

/** The value as it was before `protect`. */
export const unprotect = (text: string): string =>
  text.replaceAll(literalStar, "*").replaceAll(literalQuestion, "?");

/**
 * The pattern with `${key}` and `${key, 'default'}` replaced by values of the request, `${*}`, `${?}`, `${$}` by the
 * characters themselves. Undefined when a value is missing or there are several: the element then matches nothing.
 */
export function withVariables(pattern: string, context: Context): string | undefined {
  let isMissing = false;
  const replaced = pattern.replaceAll(/\$\{([^}]*)\}/g, (_, inner: string) => {
    if (inner === "*") return literalStar;
    if (inner === "?") return literalQuestion;
    if (inner === "$") return "$";
    const [, key = "", fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inner) ?? [];
    const value = context[key.toLowerCase()];
    const text = typeof value === "string" ? value : value?.length === 1 ? value[0] : fallback;
    if (text === undefined) isMissing = true;
    return protect(text ?? "");
  });
  return isMissing ? undefined : replaced;
}
