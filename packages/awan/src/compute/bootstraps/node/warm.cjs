/** What a spare plays before it becomes a real function: what this takes on its way is compiled afterwards. */
"use strict";

exports.handler = async () => {
  console.log("");
  return null;
};
