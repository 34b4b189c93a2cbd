/** What the parts of a GraphQL API share while it is made. */
import { type Dict } from "../../template/value.ts";
import { Resource } from "../resource.ts";
import type { Sam, SamResource } from "../sam.ts";

export interface GraphQlContext {
  readonly sam: Sam;
  readonly api: SamResource;
  readonly apiId: Dict;
  /** By the author's name: what gives the data source's. */
  readonly dataSourceNames: Map<string, unknown>;
  readonly functionIds: Map<string, unknown>;
  /** The data source that does nothing, once something uses it. */
  none: Resource | undefined;
}

/** A resource with the API's attributes. */
export const make = ({ api }: GraphQlContext, id: string, type: string, properties: Dict): Resource =>
  new Resource(id, type, { dependsOn: api.dependsOn, attributes: api.attributes, properties });

export const present = (members: Dict): Dict =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
