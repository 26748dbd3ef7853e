import {createHash, randomBytes, timingSafeEqual} from 'node:crypto'
import {usageError} from '../errors.ts'

/** Short tokens can be guessed. */
const SHORTEST = 16

/** What every request must show but for the probes and the page's own files. */
export class Token {
  readonly #hash: Buffer

  constructor(text: string) {
    this.#hash = hashOf(text)
  }

  /** Whether an Authorization header shows it. Hashes have one length, so the time tells nothing. */
  isShownBy(header: string | undefined): boolean {
    const [scheme, shown] = header?.trim().split(/ +/, 2) ?? []
    if (scheme?.toLowerCase() !== 'bearer' || shown === undefined) return false
    return timingSafeEqual(hashOf(shown), this.#hash)
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

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
