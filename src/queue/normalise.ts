/** A quoted text; behind one of these words it is a name of the schema, else a value. */
const QUOTED =
  /(\b(?:column|constraint|domain|function|index|key|operator|relation|schema|table|trigger|type) )?"(?:[^"]|"")*"/g
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const NUMBER = /(?<![\w"])[-+]?\d+(?:[.:,-]\d+)*(?:e[-+]?\d+)?(?![\w"])/gi
const LONGEST = 300

/** Takes the values out of a message, so that the same error with other values reads the same. */
export function normalise(message: string): string {
  return message
    .slice(0, LONGEST)
    .replace(QUOTED, (text, word) => (word ? text : '"…"'))
    .replace(UUID, '…')
    .replace(NUMBER, 'N')
}
