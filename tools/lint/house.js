// Rules no published plugin has. Time, chance and timers come from the Call or the Clock, or a run cannot be replayed.
const banned = new Map([
  ["Date.now", "call.nowMs or clock.nowMs()"],
  ["Math.random", "call.random"],
  ["performance.now", "clock.nowMs()"],
  ["crypto.randomUUID", "call.random.uuid()"],
  ["randomUUID", "call.random.uuid()"],
  ["randomBytes", "kernel/system-secrets.ts"],
  ["setTimeout", "clock.at()"],
  ["setInterval", "a duty"],
]);

const nameOf = (node) => {
  if (node.type === "Identifier") return node.name;
  const isPlainMember =
    node.type === "MemberExpression" && !node.computed && node.object.type === "Identifier";
  return isPlainMember ? `${node.object.name}.${node.property.name}` : undefined;
};

const noAmbientAuthority = {
  create(context) {
    return {
      CallExpression(node) {
        const name = nameOf(node.callee);
        if (banned.has(name)) {
          context.report({ node, message: `${name}() cannot be replayed: use ${banned.get(name)}.` });
        }
      },
      NewExpression(node) {
        if (nameOf(node.callee) === "Date" && node.arguments.length === 0) {
          context.report({ node, message: "new Date() cannot be replayed: use call.nowMs." });
        }
      },
    };
  },
};

export default { meta: { name: "house" }, rules: { "no-ambient-authority": noAmbientAuthority } };
