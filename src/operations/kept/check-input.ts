import {Check, Errors} from 'typebox/schema'
import {usageError} from '../../errors.ts'
import {INPUTS, type PlannedAction} from '../plans/shape.ts'

/** Checks what decides what an operation affects. @throws QtoolError (usage) that names the field at fault */
export function checkInput(action: PlannedAction, input: object): void {
  const shape = INPUTS[action]
  if (Check(shape, input)) return
  const [, [fault]] = Errors(shape, input)
  const name = fault?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  const known = Object.keys(shape.properties).join(', ')
  if (fault?.keyword === 'boolean' || fault?.keyword === 'additionalProperties') {
    throw usageError(`the input of ${action} has a field that it does not know`, `fields: ${known}`)
  }
  const where = name === '' ? 'the input' : `${JSON.stringify(name)} of the input`
  throw usageError(
    `${where} of ${action} ${fault?.message ?? 'is not as described'}`,
    `fields: ${known}; see schemas/plan.json`,
  )
}
