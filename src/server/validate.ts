import type {FastifySchemaCompiler} from 'fastify'
import type {TSchema} from 'typebox'
import {Check, Errors} from 'typebox/schema'
import {usageError} from '../errors.ts'
import {readTexts} from './read-texts.ts'

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
    const value = isText ? readTexts(schema, data) : data
    if (Check(schema, value)) return {value}
    return {error: usageError(whatIsWrong(schema, value, PLACES[httpPart] ?? httpPart))}
  }
}

function whatIsWrong(schema: TSchema, value: unknown, place: string): string {
  const [, [fault]] = Errors(schema, value)
  if (!fault) return `${place} is not as described in /openapi.json`
  const {keyword, params, instancePath, message} = fault as Fault
  const name = instancePath.slice(1).replaceAll('/', '.')
  const what = name === '' ? place : `${name} in ${place}`
  if (keyword === 'boolean')
    return `${place} has a field ${JSON.stringify(name)}, which this route does not know`
  if (keyword === 'additionalProperties') {
    return `${what} has ${listed(params.additionalProperties)}, which this route does not know`
  }
  if (keyword === 'required') return `${what} lacks ${listed(params.requiredProperties)}`
  if (keyword === 'enum') return `${what} must be one of ${listed(params.allowedValues)}`
  return `${what} ${message}`
}

interface Fault {
  keyword: string
  params: Record<string, unknown>
  instancePath: string
  message: string
}

function listed(values: unknown): string {
  return [values]
    .flat()
    .map((one) => JSON.stringify(one))
    .join(', ')
}
