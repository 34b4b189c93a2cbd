/**
 * The order in which AWS lists parameters: that of a Java hash map, as every recorded answer with more than one shows.
 * Clients compare such lists, so the order is part of the answer.
 */

/** `items` in the order of the buckets their names fall into; within a bucket as they came. */
export function inHashOrder<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  let buckets = 16;
  while (items.length > buckets * 0.75) buckets *= 2;
  return items
    .map((item) => ({ item, bucket: hash(nameOf(item)) & (buckets - 1) }))
    .toSorted((a, b) => a.bucket - b.bucket)
    .map(({ item }) => item);
}

function hash(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = (Math.imul(31, value) + text.charCodeAt(i)) | 0;
  return value ^ (value >>> 16);
}
