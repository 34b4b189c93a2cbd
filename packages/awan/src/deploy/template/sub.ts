/** The little language inside `Fn::Sub`: `${Name}`, `${Resource.Attribute}` and the escape `${!Literal}`. */
export type SubPart = { readonly literal: string } | { readonly name: string };

export function splitSub(text: string): SubPart[] {
  const parts: SubPart[] = [];
  let at = 0;
  for (const match of text.matchAll(/\$\{([^}]*)\}/g)) {
    const inner = match[1] as string;
    if (match.index > at) parts.push({ literal: text.slice(at, match.index) });
    if (inner.startsWith("!")) parts.push({ literal: `\${${inner.slice(1)}}` });
    else parts.push({ name: inner.trim() });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ literal: text.slice(at) });
  return parts;
}
