import {randomBytes, timingSafeEqual} from 'node:crypto'
import {usageError} from '../errors.ts'

/** Short tokens can be guessed. */
const SHORTEST = 16

/** What every request must show but for the probes and the page's own files. */
export class Token {
  readonly #bytes: Buffer

  constructor(text: string) {
    this.#bytes = Buffer.from(text)
  }

  /** Whether an Authorization header shows it. The time tells nothing but its length. */
  isShownBy(header: string | undefined): boolean {
    const [, text] = /^ *bearer +(\S+) *$/i.exec(header ?? '') ?? []
    if (text === undefined) return false
    const shown = Buffer.from(text)
    return shown.length === this.#bytes.length && timingSafeEqual(shown, this.#bytes)
  }
}

/** The token of QTOOL_TOKEN; undefined if there is none. @throws QtoolError (usage) for one that is too short */
export function readToken(env: NodeJS.ProcessEnv): string | undefined {
  const text = env.QTOOL_TOKEN
  if (text === undefined) return undefined
  if (text.length >= SHORTEST && /^[\x21-\x7e]+$/.test(text)) return text
  throw usageError(
    `expected QTOOL_TOKEN to be at least ${SHORTEST} printable characters without blanks`,
    'make one: openssl rand -hex 24',
  )
}

export function makeToken(): string {
  return randomBytes(24).toString('base64url')
}
