/** Loaded by a spare as if it were a function: what loading takes is compiled before a real one comes. */
"use strict";

exports.handler = async () => null;
