const units = [86_400, 3_600, 60, 1] as const;
const fewest = 2;
const most = 31;
const otherwise = 15;

/** Cuts a life time into notches: whole days, hours, minutes or seconds where that makes a handful, else fifteen parts. */
export function cutNotches(lifeSeconds: number): { count: number; eachSeconds: number } {
  const eachSeconds = units.find((unit) => {
    const count = lifeSeconds / unit;
    return Number.isInteger(count) && count >= fewest && count <= most;
  });
  if (eachSeconds === undefined) return { count: otherwise, eachSeconds: lifeSeconds / otherwise };
  return { count: lifeSeconds / eachSeconds, eachSeconds };
}
