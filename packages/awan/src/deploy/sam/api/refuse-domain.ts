/** Custom domains are not transformed yet: an API that has one is refused, because nothing may be left out silently. */
import type { Dict } from "../../template/value.ts";
import { InvalidResource } from "../errors.ts";

export function refuseDomain(id: string, properties: Dict): void {
  if (properties["Domain"] === undefined || properties["Domain"] === null) return;
  throw new InvalidResource(
    id,
    "Awan does not implement the property 'Domain' yet: remove it, and call the API by its own URL.",
  );
}
