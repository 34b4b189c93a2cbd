#!/usr/bin/env node
// The installed command. It has a file of its own so that compiled code can be cached (Node 22) before the rest loads.
import module from "node:module";

module.enableCompileCache?.();
await import("../dist/awan.mjs");
