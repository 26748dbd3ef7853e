import {createHash} from 'node:crypto'
import {fdatasyncSync, openSync, writeSync} from 'node:fs'

/** What a producer knows about a record; `unknown` means sent, but not answered. */
export type RecordState = 'unknown' | 'acked' | 'refused'

export interface ChaosRecord {
  id: number
  item: string
  sha: string
  /** Postgres must refuse it. */
  bad: boolean
}

/** Records `from` to `from + count - 1`; one in fifty has no parent, one in a hundred an invalid number. */
export function makeRecords(from: number, count: number): ChaosRecord[] {
  return Array.from({length: count}, (_, i) => {
    const id = from + i
    const body = `body ${id} ${'é'.repeat(id % 7)}`
    const parent = id % 50 === 7 ? 404 : 1
    const extra = id % 100 === 13 ? '"none"' : id
    const item = JSON.stringify({id, body, parent, extra: 0}).replace('"extra":0', `"extra":${extra}`)
    const sha = createHash('sha256').update(body).digest('hex')
    return {id, item, sha, bad: parent === 404 || extra !== id}
  })
}

/** The producers' book: every record is written to disk before it is sent. */
export class Ledger {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  note(records: ChaosRecord[], state: RecordState): void {
    const lines = records.map(({id, sha, bad}) => `${JSON.stringify({id, state, sha, bad})}\n`)
    writeSync(this.#file, lines.join(''))
    fdatasyncSync(this.#file)
  }
}
