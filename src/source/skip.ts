import type {Batch, Source} from './source.ts'

/**
 * A source without its first records, bad ones included. Flights that are announced among them are handed on.
 * @param onSkipped told of the records of each input that were left out
 */
export async function* skipFirst(
  source: Source,
  records: number,
  onSkipped: (source: string, records: number) => void,
): Source {
  let left = records
  for await (const batch of source) {
    const here = Math.min(left, batch.count + batch.rejects.length)
    const rest = here === 0 ? batch : behind(batch, here)
    left -= here
    if (here > 0) onSkipped(batch.source, here)
    if (rest.count + rest.rejects.length + rest.flights.length > 0) yield rest
  }
}

/** What is left of a batch behind its first records. */
function behind(batch: Batch, records: number): Batch {
  const {starts, ends, lines, count, rejects, itemsBefore} = batch
  let items = 0
  let refused = 0
  for (let i = 0; i < records; i++) {
    if (refused < rejects.length && itemsBefore[refused] <= items) refused++
    else items++
  }
  return {
    ...batch,
    count: count - items,
    starts: starts.subarray(items),
    ends: ends.subarray(items),
    lines: lines.subarray(items),
    rejects: rejects.slice(refused),
    itemsBefore: itemsBefore.slice(refused).map((before) => before - items),
  }
}
