/** The shell for a request that continues a story: whatever it runs belongs to that story. */
import type { TraceContext } from "./call.ts";
import type { Shell } from "./service.ts";

interface TracingShell extends Shell {
  continueTrace(header: string | undefined): TraceContext | undefined;
}

/** `shell`, or one whose calls continue the trace an `X-Amzn-Trace-Id` header names. */
export function shellContinuing(shell: TracingShell, header: string | undefined): Shell {
  if (header === undefined) return shell;
  const traced = <Request extends object>(request: Request): Request => {
    const trace = shell.continueTrace(header);
    return trace === undefined ? request : { trace, ...request };
  };
  return {
    clock: shell.clock,
    blobs: shell.blobs,
    endpoint: shell.endpoint,
    dataDir: shell.dataDir,
    ...(shell.journal === undefined ? {} : { journal: shell.journal }),
    interventions: shell.interventions,
    lineage: shell.lineage ?? "",
    ...(shell.activity === undefined ? {} : { activity: shell.activity }),
    scratchDir: () => shell.scratchDir(),
    load: (service) => shell.load(service),
    run: (request, body) => shell.run(traced(request), body),
    invoke: (service, operation, input, request) =>
      shell.invoke(service, operation, input, traced(request ?? {})),
    perform: (effect, request, trace) => shell.perform(effect, request, trace ?? shell.continueTrace(header)),
  };
}
