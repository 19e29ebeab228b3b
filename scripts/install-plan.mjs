/**
 * What has to be installed. `packages` is "lean" (the `dependencies` of every workspace: what runs and builds), "whole"
 * (`devDependencies`, too) or undefined when the right ones are there. The stamp is what the last install left: the lockfile,
 * the Node that the native part was found to fit, and which of the two it was. Where the tools of the tests are there, they
 * stay: who tests and starts in turn would otherwise install at each step.
 */
export function planInstall({ whole, lock, abi, stamp, hasTestTools }) {
  const [oldLock, oldAbi, oldKind] = stamp.split(" ");
  const kind = whole || hasTestTools ? "whole" : "lean";
  const fits = oldLock === lock && (oldKind === "whole" || oldKind === kind);
  return {
    packages: fits ? undefined : kind,
    driver: !fits || oldAbi !== abi,
    stamp: [lock, abi, fits ? oldKind : kind].join(" "),
  };
}
