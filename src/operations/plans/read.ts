import {readFileSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {Check, Errors} from 'typebox/schema'
import {messageOf, type QtoolError, usageError} from '../../errors.ts'
import {packageFile} from '../../package-file.ts'
import type {PlanFile} from './shape.ts'

/** The published JSON schema, which the build writes from `shape.ts`. */
const SCHEMA: {anyOf: Array<Record<string, unknown>>} = JSON.parse(
  readFileSync(packageFile('schemas', 'plan.json'), 'utf8'),
)

/** Reads a plan that `--plan FILE` has written. @throws QtoolError (usage) that says what is wrong with it */
export async function readPlan(path: string): Promise<PlanFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw usageError(
      `cannot read the plan ${path}: ${messageOf(error)}`,
      '--plan FILE of purge and of dlq purge, edit and replay writes one',
    )
  })
  const value = parse(text, path)
  if (Check(SCHEMA, value)) return value as PlanFile
  throw notAPlan(path, whyNot(value))
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notAPlan(path, `it is not JSON: ${messageOf(error)}`)
  }
}

/** The first fault of a value, in words. */
function whyNot(value: unknown): string {
  const {qtool, operation} = (value ?? {}) as Partial<PlanFile>
  if (typeof value !== 'object' || qtool === undefined) return 'it has no field "qtool"'
  if (qtool !== 1) return `it is of version ${JSON.stringify(qtool)}, and this qtool reads version 1`
  const shape = SCHEMA.anyOf.find((one) => operationOf(one) === operation)
  if (!shape) return `its operation is ${JSON.stringify(operation)}`
  const [, [fault]] = Errors(shape, value)
  if (!fault) return 'it is not of the published form'
  const {keyword, instancePath, message} = fault
  return keyword === 'boolean' ? `no plan has a field ${instancePath}` : `${instancePath || '/'} ${message}`
}

function operationOf(shape: Record<string, unknown>): unknown {
  const {operation} = shape.properties as {operation: {const: unknown}}
  return operation.const
}

function notAPlan(path: string, why: string): QtoolError {
  return usageError(
    `expected ${path} to be a plan that qtool wrote, but ${why}`,
    'make it anew with --plan FILE; schemas/plan.json describes the format',
  )
}
