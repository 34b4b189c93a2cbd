/**
 * Under a virtual clock a handler's `Date` says the platform's time at the start of its event and stands still until
 * the next: the same run gives the same dates. Timers are real.
 */
"use strict";

exports.installVirtualDate = function installVirtualDate() {
  const RealDate = Date;
  let nowMs = RealDate.now();
  function VirtualDate(...args) {
    if (new.target === undefined) return new RealDate(nowMs).toString();
    return Reflect.construct(RealDate, args.length === 0 ? [nowMs] : args, new.target);
  }
  Object.setPrototypeOf(VirtualDate, RealDate);
  VirtualDate.prototype = RealDate.prototype;
  RealDate.prototype.constructor = VirtualDate;
  VirtualDate.now = () => nowMs;
  globalThis.Date = VirtualDate;
  return (timeMs) => {
    nowMs = timeMs;
  };
};
