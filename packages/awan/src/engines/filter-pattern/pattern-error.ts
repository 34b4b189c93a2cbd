/** A filter pattern that cannot be read; the service answers its own error. */
export class FilterPatternError extends Error {
  override name = "FilterPatternError";
}
