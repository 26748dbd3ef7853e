/** A quoted text: after one of these words it is a name of the schema, otherwise a value. */
const QUOTED =
  /(\b(?:column|constraint|domain|encoding|enum|function|index|key|operator|relation|schema|table|trigger|type) )?"(?:[^"]|"")*(?:"|$)/g
/** What Postgres quotes at the end of a message is a value, which may hold quotes itself. */
const LAST_VALUE = /: ".*$/s
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const NUMBER = /(?<![\w".]|\w-)[-+]?\d+(?:[.:,-]\d+)*(?:e[-+]?\d+)?(?![\w"])/gi
/** The limits of a type, as in `type character varying(12)`, are never a value, though a payload may have the same digits. */
const TYPE_OR_NUMBER = new RegExp(`(\\btype [a-z][a-z ]*\\([\\d,]+\\))|${NUMBER.source}`, 'gi')
/** Characters that are read, since a message may quote a payload of a MiB, and characters that are kept. */
const MOST_READ = 64 * 1024
const LONGEST = 300

/**
 * In qtool's own messages a value of the data follows `got`, at the end; the other variable parts are offsets and
 * sizes.
 */
const OWN_VALUE = /\bgot .*$/s
const OWN_FIGURES = /(?<=\bat byte )\d+|\d+(?= bytes\b)/g
/** Positions in the lists of an item: `orders[3].lines`. In messages with other codes they may be those of a mapping. */
const POSITIONS = /(?<=\[)\d+(?=\])/g

/** qtool's own codes are words; two of them are as long as a SQLSTATE. */
const SQLSTATE = /^(?!SHAPE|DEPTH)[0-9A-Z]{5}$/

/** What distinguishes one error from another. */
export interface FailureText {
  code: string | null
  message: string
  /** Whether the payload contains a text: what a message quotes from the payload is a value. */
  holds(text: string): boolean
}

/**
 * Removes the values from the message of a dead letter, so that the same error with other values reads the same.
 * Everything else stays: the words of qtool's own messages, names of the schema, and numbers that the data does not
 * contain, such as the length of a varchar.
 */
export function normaliseFailure({code, message, holds}: FailureText): string {
  return withoutValues(message.slice(0, MOST_READ), code, holds).slice(0, LONGEST)
}

function withoutValues(text: string, code: string | null, holds: FailureText['holds']): string {
  if (code !== null && !SQLSTATE.test(code)) {
    const own = text.replace(OWN_VALUE, 'got …').replace(OWN_FIGURES, 'N')
    return code === 'SHAPE' ? own.replace(POSITIONS, 'N') : own
  }
  // Class 54 reports a limit of Postgres, and the size of what exceeded it
  const isValue = (found: string) => code?.startsWith('54') || holds(found)
  return withoutQuoted(text.replace(LAST_VALUE, ': "…"'))
    .replace(UUID, '…')
    .replace(TYPE_OR_NUMBER, (found, type) => (type === undefined && isValue(found) ? 'N' : found))
}

/** The same for the text of another producer, about which nothing is known: any number may be a value. */
export function normaliseText(text: string): string {
  return withoutQuoted(text.slice(0, MOST_READ)).replace(UUID, '…').replace(NUMBER, 'N').slice(0, LONGEST)
}

function withoutQuoted(text: string): string {
  return text.replace(QUOTED, (quoted, word) => (word ? quoted : '"…"'))
}
