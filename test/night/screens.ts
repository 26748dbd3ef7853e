/** Figures as they stand on a screen. */
export const shown = (value: number) => value.toLocaleString('en-US')

const at = (ms: number) => `${new Date(Math.round(ms)).toISOString().slice(0, 19).replace('T', ' ')}Z`

/** A group of `dlq list`, as its line says it. */
export interface GroupLine {
  id: string
  letters: string
  records: string
  share: string
  first: string
  last: string
  /** The line below, which says what failed. */
  kind: string
}

const GROUP =
  /^ (\w{6}) +([\d,]+) +([\d,]+) +([\d.<]+%) +(?:[▁-█]+ [\d,]+|-) +(\S+ \S+Z) +(\S+ \S+Z)\n {3}(.*)$/gm

/** The groups on a screen of `dlq list`. */
export function groupLines(screen: string): GroupLine[] {
  return [...screen.matchAll(GROUP)].map(([, id, letters, records, share, first, last, kind]) => {
    return {id, letters, records, share, first, last, kind}
  })
}

/** The same line, from a count. @param all records of all groups */
export function lineOf(
  kind: string,
  {letters, records, firstMs, lastMs}: {letters: number; records: number; firstMs: number; lastMs: number},
  all: number,
): Omit<GroupLine, 'id'> {
  return {
    letters: shown(letters),
    records: shown(records),
    share: `${((records / all) * 100).toFixed(1)}%`,
    first: at(firstMs),
    last: at(lastMs),
    kind,
  }
}

const PARENTS: Record<string, string> = {
  orders_customer_fkey: 'customers',
  positions_device_fkey: 'devices',
}

/** `foreign_key 23503 null orders_customer_fkey` as `dlq list` and `dlq diagnose` write it. */
export function kindLine(name: string): string {
  const [, reason, code, column, constraint] = /^(.*?) (\w*) (\w*) (\w*)$/.exec(name) ?? []
  const parent = PARENTS[constraint]
  const place = [...(constraint || column ? [constraint || column] : []), ...(parent ? ['→', parent] : [])]
  const what = code === '' ? reason : `${reason} ${code}`
  return place.length === 0 ? what : `${what}  ${place.join(' ')}`
}

/** An obstacle of `dlq diagnose`. */
export interface ObstacleLine {
  letters: string
  alone: string
  records: string
  kind: string
  error: string
}

const OBSTACLE = /^ +([\d,]+) +([\d,]+) +([\d,]+)\n {3}(.*)\n {3}(.*)$/gm

/** The obstacles on a screen of `dlq diagnose`, by what they are. */
export function obstacleLines(screen: string): Map<string, ObstacleLine> {
  return new Map(
    [...screen.matchAll(OBSTACLE)].map(([, letters, alone, records, kind, error]) => {
      return [kind, {letters, alone, records, kind, error}]
    }),
  )
}
