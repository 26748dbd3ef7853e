import type {Pool} from 'pg'

/** Most rows of an INSERT, and how long the first of them waits for others, ms. */
const ROWS = 500
const WAIT_MS = 10

interface Waiting {
  row: unknown
  done: () => void
  failed: (error: unknown) => void
}

/** Gathers the rows of jobs that run at the same time, and writes them together. */
export class BatchedInserts {
  readonly #pool: Pool
  readonly #sql: string
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  /** @param sql takes an array of rows as JSON */
  constructor(pool: Pool, sql: string) {
    this.#pool = pool
    this.#sql = sql
  }

  /** Resolves once the row is written. */
  add(row: unknown): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({row, done, failed})
      if (this.#waiting.length >= ROWS) void this.#write()
      else this.#timer ??= setTimeout(() => void this.#write(), WAIT_MS)
    })
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const batch = this.#waiting
    this.#waiting = []
    try {
      await this.#pool.query(this.#sql, [JSON.stringify(batch.map(({row}) => row))])
      for (const {done} of batch) done()
    } catch (error) {
      for (const {failed} of batch) failed(error)
    }
  }
}
