/** `awan deploy` and `awan delete`: applications on an Awan that runs elsewhere. */
import { resolve } from "node:path";
import { deleteStack, deployStack } from "../deploy/deploy-stack.ts";
import { parametersOf, printEvent, printResult, stackNameOf } from "./dev.ts";
import { createOutput, paint, UserError } from "./output.ts";
import { connect, pause, type Remote } from "./remote.ts";

interface DeployOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly json: boolean;
  readonly stackName?: string;
  readonly parameter?: readonly string[];
}

const pollMs = 100;

const clientOf = (remote: Remote) => ({
  invoke: (service: string, operation: string, input: object) => remote.invoke(service, operation, input),
  wait: () => pause(pollMs),
});

export async function deploy(template: string, options: DeployOptions): Promise<void> {
  const output = createOutput(options.json);
  const request = {
    template: resolve(template),
    stackName: options.stackName ?? stackNameOf(template),
    parameters: parametersOf(options.parameter),
    buildDirectory: resolve(".awan", "build"),
  };
  try {
    printResult(
      output,
      await deployStack(clientOf(connect(options)), request, (event) => printEvent(output, event)),
    );
  } catch (error) {
    throw error instanceof UserError ? error : new UserError((error as Error).message);
  }
}

export async function remove(stackName: string, options: DeployOptions): Promise<void> {
  const output = createOutput(options.json);
  const client = clientOf(connect(options));
  try {
    await deleteStack(client, stackName, (event) => printEvent(output, event));
  } catch (error) {
    throw error instanceof UserError ? error : new UserError((error as Error).message);
  }
  output.event("deleted", `${paint("green", "✔")} ${stackName} is deleted`, { stackName });
}
