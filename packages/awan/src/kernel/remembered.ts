/**
 * A function of a text whose results are kept: patterns, policies and URLs come again and again with every call. When
 * `entriesMax` texts are known all are forgotten, which costs less than remembering which was used last.
 */
export function remembered<Value>(
  make: (text: string) => Value,
  entriesMax = 1_000,
): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = make(text);
      if (known.size >= entriesMax) known.clear();
      known.set(text, value);
    }
    return value;
  };
}
