import type {FastifyInstance} from 'fastify'
import {messageOf, usageError} from '../errors.ts'

/** Reads JSON bodies; an empty one is null, which routes without a body ignore. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', {parseAs: 'string'}, async (_: unknown, text: string) =>
    text.trim() === '' ? null : parse(text),
  )
}

function parse(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw usageError(`the body is not JSON: ${messageOf(error)}`)
  }
  assertPlain(value)
  return value
}

/** A surrogate that is not one half of a pair. */
const HALF_PAIR = /\p{Surrogate}/u

/**
 * Half a surrogate pair could not be written as UTF-8 and would become another character; a key __proto__ is nothing
 * that a route knows. Not recursive: a body of a MiB may be nested a million times.
 * @throws QtoolError (usage)
 */
function assertPlain(whole: unknown): void {
  const open = [whole]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string' && HALF_PAIR.test(value)) {
      throw usageError('the body has half a surrogate pair in a string, which is no character')
    }
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      if (name === '__proto__') throw usageError('the body has a key "__proto__", which no route knows')
      open.push(name, inner)
    }
  }
}
