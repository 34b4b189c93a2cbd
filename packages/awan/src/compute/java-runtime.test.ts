/** Java through the Runtime API: real processes, classes compiled by this machine's JDK. Skipped where there is none. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FunctionSpec } from "../host/functions.ts";
import { createBench, hasCommand } from "./testing-shell.ts";

const { code, spec: specOf, call, close } = createBench();
afterAll(close);
const compiler = "javac";

describe.skipIf(!hasCommand(compiler))("Java", () => {
  /** What aws-lambda-java-core would bring. */
  const core = {
    "com/amazonaws/services/lambda/runtime/Context.java": `package com.amazonaws.services.lambda.runtime;
public interface Context { String getAwsRequestId(); LambdaLogger getLogger(); int getRemainingTimeInMillis(); }`,
    "com/amazonaws/services/lambda/runtime/LambdaLogger.java": `package com.amazonaws.services.lambda.runtime;
public interface LambdaLogger { void log(String message); }`,
    "com/amazonaws/services/lambda/runtime/RequestHandler.java": `package com.amazonaws.services.lambda.runtime;
public interface RequestHandler<I, O> { O handleRequest(I input, Context context); }`,
    "com/amazonaws/services/lambda/runtime/RequestStreamHandler.java": `package com.amazonaws.services.lambda.runtime;
import java.io.*;
public interface RequestStreamHandler { void handleRequest(InputStream in, OutputStream out, Context context) throws IOException; }`,
  };
  const handlers = {
    "app/Orders.java": `package app;
import com.amazonaws.services.lambda.runtime.*;
import java.util.*;
public class Orders implements RequestHandler<Orders.Event, Orders.Answer> {
  public static class Item { private String name; private int count; public void setName(String n) { name = n; } public void setCount(int c) { count = c; } }
  public static class Event { private List<Item> records; private boolean fail; public void setRecords(List<Item> r) { records = r; } public void setFail(boolean f) { fail = f; } }
  public static class Answer { public int getTotal() { return total; } public String getId() { return id; } public boolean isTimely() { return true; } int total; String id; }
  public Answer handleRequest(Event event, Context context) {
    context.getLogger().log("logged");
    if (event.fail) throw new IllegalStateException("no");
    Answer answer = new Answer();
    for (Item item : event.records) answer.total += item.count;
    answer.id = context.getAwsRequestId();
    return answer;
  }
}`,
    "app/Streams.java": `package app;
import com.amazonaws.services.lambda.runtime.*;
import java.io.*;
public class Streams implements RequestStreamHandler {
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    out.write('['); int b; while ((b = in.read()) >= 0) out.write(b); out.write(']');
  }
}`,
    "app/Plain.java": `package app;
import java.util.Map;
public class Plain {
  public record Point(int x, String label) {}
  public Map<String, Object> map(Map<String, Object> event) { return Map.of("got", event); }
  public Point point(Point point) { return new Point(point.x() + 1, point.label()); }
}`,
  };
  let path = "";
  const java = (handler: string): FunctionSpec => ({
    ...specOf({}, { runtime: "java17", handler, timeoutMs: 30_000, memorySizeMb: 512 }),
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${handler}`,
    code: { kind: "directory", path },
  });
  beforeAll(() => {
    path = code({ ...core, ...handlers });
    const sources = Object.keys({ ...core, ...handlers }).map((name) => join(path, name));
    execFileSync(compiler, ["-nowarn", "-d", path, ...sources]);
  }, 60_000);

  test("RequestHandler with beans, and its errors", { timeout: 60_000 }, async () => {
    const spec = java("app.Orders::handleRequest");
    const { answer, log } = await call(spec, { Records: [{ name: "kopi", count: 2 }, { count: 3 }] });
    expect(answer).toEqual({ total: 5, id: "11111111-2222-4333-8444-555555555555", timely: true });
    expect(log).toContain("logged\n");
    expect((await call(spec, { fail: true })).answer).toMatchObject({
      errorType: "java.lang.IllegalStateException",
      errorMessage: "no",
      stackTrace: [expect.stringContaining("app.Orders.handleRequest") as unknown],
    });
  });

  test("RequestStreamHandler, methods of plain classes, records", { timeout: 60_000 }, async () => {
    expect((await call(java("app.Streams"), { a: "ä" })).answer).toEqual([{ a: "ä" }]);
    expect((await call(java("app.Plain::map"), { a: [1, 2.5, null, "x\n"] })).answer).toEqual({
      got: { a: [1, 2.5, null, "x\n"] },
    });
    expect((await call(java("app.Plain::point"), { x: 1, label: "one" })).answer).toEqual({
      x: 2,
      label: "one",
    });
    expect((await call(java("app.Missing"))).answer).toMatchObject({
      errorType: "java.lang.ClassNotFoundException",
    });
  });
});
