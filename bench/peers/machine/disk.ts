import { closeSync, fdatasyncSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { median } from "../statistics.ts";

export interface Disk {
  /** Such as `ext4`. */
  fileSystem: string;
  /** What is mounted, such as `/dev/vda`. */
  device: string;
  fdatasyncMicroseconds: number;
}

interface Mount {
  point: string;
  fileSystem: string;
  device: string;
  options: string;
}

const memoryFileSystems = new Set(["tmpfs", "ramfs", "devtmpfs", "hugetlbfs", "rootfs"]);
const memoryDevices = /^\/dev\/(?:z?ram|pmem)\d/;

/**
 * Says what the databases lie on.
 *
 * @throws when it is memory: there a commit waits for nothing, and who does not wait for the disk would win nothing
 */
export function inspectDisk(folder: string): Disk {
  mkdirSync(folder, { recursive: true });
  const mounts = readMounts();
  const mount = mountOf(realpathSync(folder), mounts);
  // A container's layers lie on a file system of their own, which its upper layer names.
  const upper = mount.fileSystem === "overlay" ? /(?:^|,)upperdir=([^,]+)/.exec(mount.options)?.[1] : undefined;
  for (const { fileSystem, device } of upper === undefined ? [mount] : [mount, mountOf(upper, mounts)]) {
    if (memoryFileSystems.has(fileSystem) || memoryDevices.test(device)) {
      throw new Error(`${folder} lies in memory (${fileSystem}). Name a folder on a disk with --data`);
    }
  }
  const { fileSystem, device } = mount;
  return { fileSystem, device, fdatasyncMicroseconds: timeOfSync(folder) };
}

/** See proc_pid_mountinfo(5): the fields before the dash are of the mount, those behind it of the file system. */
function readMounts(): Mount[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  return lines.map((line) => {
    const [before = "", behind = ""] = line.split(" - ");
    const [fileSystem = "", device = "", options = ""] = behind.split(" ");
    return { point: (before.split(" ")[4] ?? "").replaceAll("\\040", " "), fileSystem, device, options };
  });
}

function mountOf(path: string, mounts: readonly Mount[]): Mount {
  const above = mounts.filter(({ point }) => point === "/" || path === point || path.startsWith(`${point}/`));
  // Of several on one point the last hides the others.
  const found = above.reduce<Mount | undefined>((best, one) => {
    return best && best.point.length > one.point.length ? best : one;
  }, undefined);
  if (!found) throw new Error(`Nothing is mounted where ${path} lies`);
  return found;
}

const syncs = 101;

/** The median time of an fdatasync after 4 KiB, as a commit writes them. */
function timeOfSync(folder: string): number {
  const file = join(folder, "fdatasync-probe");
  const descriptor = openSync(file, "w");
  const page = Buffer.alloc(4096, 1);
  const times = Array.from({ length: syncs }, () => {
    writeSync(descriptor, page);
    const begin = performance.now();
    fdatasyncSync(descriptor);
    return (performance.now() - begin) * 1000;
  });
  closeSync(descriptor);
  rmSync(file);
  return median(times);
}
