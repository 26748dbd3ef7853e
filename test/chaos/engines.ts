import type {ChaosRecord} from './record.ts'

/** What the items of a queue are kept in. */
export interface Engine {
  /** Flags of `qtool enqueue` and `qtool work` for a queue that is not there yet. */
  flags: {enqueue: string[]; work: string[]}
  /** The commands by which a producer in another language adds records, and which of them each adds. */
  adding(key: string, records: ChaosRecord[]): Array<{command: string[]; records: ChaosRecord[]}>
}

export const ENGINES: Record<string, Engine> = {
  zset: {
    flags: {enqueue: [], work: []},
    adding: (key, records) => [
      {command: ['ZADD', key, ...records.flatMap(({id, item}) => [String(id), item])], records},
    ],
  },
  list: {
    flags: {enqueue: ['--engine', 'list', '--list-pops', 'right'], work: ['--list-pops', 'right']},
    adding: (key, records) => [{command: ['LPUSH', key, ...records.map(({item}) => item)], records}],
  },
  stream: {
    flags: {enqueue: ['--engine', 'stream'], work: []},
    adding: (key, records) =>
      // Entries of others name their field as they like
      records.map((record) => ({command: ['XADD', key, '*', 'data', record.item], records: [record]})),
  },
}
