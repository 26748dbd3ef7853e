/** What an error means to the caller. */
export type ErrorKind =
  | 'failure'
  | 'usage'
  | 'partial'
  | 'connect'
  | 'check'
  | 'refused'
  | 'measurement'
  | 'interrupted'

/** The one table of exit codes; the same with and without --json. */
export const EXIT_CODES: Record<ErrorKind, number> = {
  failure: 1,
  usage: 2,
  partial: 3,
  connect: 4,
  check: 5,
  refused: 6,
  measurement: 7,
  interrupted: 130,
}

export interface QtoolErrorOptions {
  /** Machine-readable and stable, SCREAMING_SNAKE_CASE, e.g. `NO_SETTING`. */
  code: string
  kind?: ErrorKind
  /** The next action, one sentence each, e.g. `qtool up starts a local Redis and Postgres`. */
  suggestions?: string[]
  cause?: unknown
}

/**
 * The only error qtool throws on purpose. The message says what was expected and what came, without a period;
 * the next action goes into `suggestions`.
 */
export class QtoolError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly suggestions: string[]

  constructor(message: string, options: QtoolErrorOptions) {
    super(message, {cause: options.cause})
    this.name = 'QtoolError'
    this.code = options.code
    this.kind = options.kind ?? 'failure'
    this.suggestions = options.suggestions ?? []
  }
}

/** A flag, argument or file that cannot be used as given. Exit code 2. */
export function usageError(message: string, ...suggestions: string[]): QtoolError {
  return new QtoolError(message, {code: 'USAGE', kind: 'usage', suggestions})
}

/** What to do where a file cannot be created, as because it is there already. */
export const NEW_FILE = 'name a file that does not exist yet, in a folder that you may write to'

/** The message of whatever was thrown, including an AggregateError, whose own message is empty. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) {
    return error.errors.map((inner) => messageOf(inner)).join('; ')
  }
  return error instanceof Error ? error.message : String(error)
}
