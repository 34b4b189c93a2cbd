/** A custom resource of the application's own, behind CDK's provider framework: counts words. */
interface Event {
  readonly RequestType: "Create" | "Update" | "Delete";
  readonly ResourceProperties: { readonly words: readonly string[] };
}

export async function handler({ RequestType, ResourceProperties }: Event): Promise<object> {
  if (RequestType === "Delete") return {};
  return { PhysicalResourceId: "counted", Data: { count: ResourceProperties.words.length } };
}
