/** A record that a filter judges. It is asked only for what the filter needs. */
export interface Subject {
  /** The texts of a field; none where it has none, several where it is shown otherwise than it is written. */
  texts(field: string): readonly string[]
  /** The number of a field; NaN where it has none. A time is in ms since 1970. */
  figure(field: string): number
  /** JSON objects in which a path of the payload is looked up: the whole payload, then each record of an envelope. */
  objects(): readonly Buffer[]
  /** Texts that are searched, as they are written. */
  searched(): readonly string[]
  /** False only where no value of the payload and no text can hold this; must be quick. */
  mayHold(text: string): boolean
}

/** A text that most producers write into JSON as it is, so that its bytes are looked for before anything is parsed. */
const PLAIN = /^[^"\\/{}[\],\u0000-\u001f]+$/

/** Whether a text that has not these bytes cannot hold `text` either. */
export function isPlain(text: string): boolean {
  return text !== 'null' && PLAIN.test(text)
}
