import type {FastifySchemaCompiler} from 'fastify'
import type {TSchema} from 'typebox'
import {Check, Errors} from 'typebox/schema'
import {Convert} from 'typebox/value'
import {usageError} from '../errors.ts'

const PLACES: Record<string, string> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
  headers: 'the headers',
}

/**
 * Checks a part of a request. The query and the path hold only text, so numbers and booleans are read from it; a body
 * is taken as it is.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({schema, httpPart = 'body'}) => {
  const isText = httpPart !== 'body'
  return (data: unknown) => {
    const value = isText ? Convert(schema, data ?? {}) : data
    if (Check(schema, value)) return {value}
    return {error: usageError(whatIsWrong(schema, value, PLACES[httpPart] ?? httpPart))}
  }
}

function whatIsWrong(schema: TSchema, value: unknown, place: string): string {
  const [, [fault]] = Errors(schema, value)
  if (!fault) return `${place} is not as described in /openapi.json`
  const name = fault.instancePath.slice(1).replaceAll('/', '.')
  if (fault.keyword === 'boolean')
    return `${place} has a field ${JSON.stringify(name)}, which this route does not know`
  if (fault.keyword === 'additionalProperties') {
    const {additionalProperties} = fault.params as {additionalProperties: string[]}
    const names = additionalProperties.map((one) => JSON.stringify(one)).join(', ')
    return `${place} has ${names}, which this route does not know`
  }
  return name === '' ? `${place} ${fault.message}` : `${name} in ${place} ${fault.message}`
}
