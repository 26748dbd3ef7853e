/** A value that Python has pickled. */
export type PickleValue =
  | null
  | boolean
  | string
  | Buffer
  | PickleNumber
  | PickleList
  | PickleDict
  | PickleObject

/** A number as its text, so no digit is lost. */
export interface PickleNumber {
  kind: 'number'
  /** As JSON has it; `nan`, `inf` or `-inf` for what JSON has not. */
  text: string
}

/** A list or a tuple. */
export interface PickleList {
  kind: 'list'
  values: PickleValue[]
}

export interface PickleDict {
  kind: 'dict'
  members: Map<PickleValue, PickleValue>
}

/** A class, or an object of it: it is named and never made. */
export interface PickleObject {
  kind: 'object'
  /** With its module. */
  name: string
}

export function isDict(value: PickleValue): value is PickleDict {
  return isKind(value, 'dict')
}

export function isList(value: PickleValue): value is PickleList {
  return isKind(value, 'list')
}

export function isNumber(value: PickleValue): value is PickleNumber {
  return isKind(value, 'number')
}

export function isObject(value: PickleValue): value is PickleObject {
  return isKind(value, 'object')
}

function isKind(value: PickleValue, kind: string): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind
}
