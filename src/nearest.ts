/**
 * The known name with the smallest edit distance, if that is small.
 * @param most the largest distance that counts as small
 */
export function nearest(
  wanted: string,
  known: string[],
  most = Math.max(2, wanted.length / 3),
): string | undefined {
  const ranked = known.map((name) => ({name, changes: changes(wanted, name)}))
  const best = ranked.sort((a, b) => a.changes - b.changes)[0]
  return best && best.changes <= most ? best.name : undefined
}

/** What to suggest for a name that is not known: the nearest one, if there is one that is near. */
export function didYouMean(wanted: string, known: string[]): string[] {
  const near = nearest(wanted, known)
  return near === undefined || near === wanted ? [] : [`did you mean ${JSON.stringify(near)}?`]
}

/** Another case is less than another letter. */
function changes(wanted: string, name: string): number {
  return Math.min(distance(wanted, name), distance(wanted.toLowerCase(), name.toLowerCase()) + 0.5)
}

/** Number of letters that are added, left out, replaced, or swapped with the next (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({length: b.length + 1}, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? before[j - 2] + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, row[j] + 1, next[j - 1] + 1))
    }
    before = row
    row = next
  }
  return row[b.length]
}
