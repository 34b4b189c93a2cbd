/** `PUT /_awan/cloudformation/response/{token}`: where custom resources and wait conditions report. */
import { Readable } from "node:stream";
import type { HttpRequest, HttpResponse } from "../../host/http.ts";
import type { Shell } from "../../host/service.ts";
import { responses, responseScopes } from "../keys.ts";
import { isDict } from "../template/value.ts";
import { responsePath } from "./custom-resource.ts";

export async function receiveResponse(shell: Shell, request: HttpRequest): Promise<HttpResponse> {
  const path = request.target.split("?")[0] ?? "";
  const token = path.startsWith(responsePath) ? path.slice(responsePath.length) : "";
  const answer: unknown = parse(await bodyText(request.body));
  if (!isDict(answer)) return { status: 400, headers: {}, body: "The body is no JSON object." };
  const scope = await shell.run({ name: "cloudformation.response", accountId: "", region: "" }, (call) => {
    return responseScopes.get(call.tx, [token]);
  });
  if (scope === undefined) return { status: 403, headers: {}, body: "Nobody waits for this answer." };
  await shell.run({ name: "cloudformation.response", ...scope }, (call) => {
    const row = responses.get(call.tx, [token]);
    if (row === undefined) return;
    const rest = row.answers.filter(
      (other) => answer["UniqueId"] === undefined || other["UniqueId"] !== answer["UniqueId"],
    );
    responses.set(call.tx, [token], { ...row, answers: [...rest, answer] });
  });
  return { status: 200, headers: {}, body: "" };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function bodyText(body: HttpRequest["body"]): Promise<string> {
  if (!(body instanceof Readable)) return new TextDecoder().decode(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString("utf8");
}
